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

function originOfEndpoint(session: Session, option: string | undefined, { text }: Endpoint): string {
  if (option !== undefined) return '--endpoint-url'
  const variables = Object.keys(session.env).filter(name => /^AWS_ENDPOINT_URL(?:_|$)/.test(name))
  const matching = variables.filter(name => text.startsWith(session.env[name]!.replace(/\/$/, '')) && session.env[name])
  if (matching.length > 0) return matching.sort((a, b) => b.length - a.length)[0]!
  return new URL(text).hostname.includes('amazonaws.') || text.includes('.api.')
    ? "AWS's own for the region"
    : 'the profile'
}
