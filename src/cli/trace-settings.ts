import type { Surroundings } from './client.ts'
import type { Endpoint } from './endpoint.ts'
import { type Session, setting } from './session.ts'

/** Say in the trace what a call was set up with, and where each of it came from. */
export function traceSettings(
  { globals, session, trace, io }: Surroundings,
  service: string,
  operation: string,
  region: string | undefined,
  endpoint: Endpoint,
  maxAttempts: number,
  retryMode: string,
): void {
  trace?.line(`operation: ${service} ${operation}`)
  trace?.line(`profile: ${session.profile ?? 'default'} (${originOfProfile(session)})`)
  trace?.line(
    `region: ${region ?? '(none)'} (${originOfRegion(session, globals.region)}), signed for ${endpoint.signingRegion}`,
  )
  trace?.line(`endpoint: ${endpoint.text} (${originOfEndpoint(session, globals.endpointUrl, endpoint)})`)
  trace?.line(`retries: ${retryMode} mode, ${maxAttempts} attempts in all`)
  trace?.line(
    `timeouts: connect ${globals.connectTimeout} s, read ${globals.readTimeout} s; clock: ${io.now().toISOString()}`,
  )
}

function originOfProfile({ env, profile, profileIsExplicit }: Session): string {
  if (profileIsExplicit) return '--profile'
  if (profile === undefined) return 'no profile was named'
  return env['AWS_PROFILE'] === undefined ? 'AWS_DEFAULT_PROFILE' : 'AWS_PROFILE'
}

function originOfRegion(session: Session, option: string | undefined): string {
  if (option !== undefined) return '--region'
  const variable = ['AWS_REGION', 'AWS_DEFAULT_REGION'].find(name => session.env[name] !== undefined)
  if (variable !== undefined) return variable
  return setting(session, [], 'region') === undefined ? 'EC2 instance metadata, or none' : 'the profile'
}

function originOfEndpoint(session: Session, option: string | undefined, { text, isCustom }: Endpoint): string {
  if (option !== undefined) return '--endpoint-url'
  if (!isCustom) return "AWS's own for the region"
  const names = Object.keys(session.env).filter(name => /^AWS_ENDPOINT_URL(?:_|$)/.test(name) && session.env[name])
  const matching = names.filter(name => text.startsWith(session.env[name]!.replace(/\/$/, '')))
  // The variable of the service comes before the one for all.
  return matching.sort((a, b) => b.length - a.length)[0] ?? 'the profile'
}
