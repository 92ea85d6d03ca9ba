import { readFileSync } from 'node:fs'
import facts from '../../model/facts/sts-web-identity.json' with { type: 'json' }
import type { ServiceModel } from '../../model/service-model.ts'
import { type CredentialSources, type FoundCredentials, profileConfig, textOf } from '../credentials.ts'
import { CliError } from '../errors.ts'
import { expandPath, resolvePath, systemErrorText } from '../paramfile.ts'
import type { ValueMap } from '../values.ts'
import { cached, cacheKey } from './cache.ts'
import { askSts, defaultSessionName } from './sts.ts'

const model = facts as unknown as ServiceModel
const operation = model.operations['AssumeRoleWithWebIdentity']!

/**
 * A role that is assumed with a token from a file: AWS_WEB_IDENTITY_TOKEN_FILE, AWS_ROLE_ARN and AWS_ROLE_SESSION_NAME,
 * or the profile's options of those names. The request is not signed; the token is read anew for each.
 */
export function assumeRoleWithWebIdentity(
  sources: CredentialSources,
  profile: string,
  useEnvironment: boolean,
): Promise<FoundCredentials> {
  const { env, cwd } = sources.session
  const config = profileConfig(sources, profile)
  const look = (variable: string, option: string) =>
    (useEnvironment ? env[variable] : undefined) ?? textOf(config, option)
  const file = look('AWS_WEB_IDENTITY_TOKEN_FILE', 'web_identity_token_file')!
  const role = look('AWS_ROLE_ARN', 'role_arn')
  const sessionName = look('AWS_ROLE_SESSION_NAME', 'role_session_name')
  if (!role) {
    throw new CliError(
      'The provided profile or the current environment is configured to assume role with web identity but has no role ' +
        'ARN configured. Ensure that the profile has the role_arnconfiguration set or the AWS_ROLE_ARN env var is set.',
    )
  }
  const given = { RoleArn: role, ...(sessionName ? { RoleSessionName: sessionName } : {}) }
  return cached(sources, 'assume-role-with-web-identity', cacheKey(given, 'wide'), () => {
    const input: ValueMap = new Map(Object.entries(given))
    if (!sessionName) input.set('RoleSessionName', defaultSessionName(sources.now()))
    const token = readToken(resolvePath(expandPath(file, env), cwd))
    sources.trace?.hide(token)
    sources.trace?.line(`credentials: assuming ${role} with the web identity token in ${file}`)
    input.set('WebIdentityToken', token)
    return askSts(sources, { model, operation }, undefined, input)
  })
}

function readToken(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new CliError(systemErrorText(error, path), { cause: error })
  }
}
