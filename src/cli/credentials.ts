import type { Credentials } from '../sigv4/types.ts'
import type { IniSection } from './config.ts'
import { CliError } from './errors.ts'
import { parseJson } from './json.ts'
import type { Session } from './session.ts'
import { pythonString } from './values.ts'

/**
 * The providers in the AWS CLI's order. Each answers credentials, nothing (the next one is asked), or throws a CliError
 * when it is half configured. Providers that call the network (assume-role, SSO, container, instance metadata) have no
 * row yet; a profile that needs one of them is refused, so that no call is signed as somebody else.
 */
const PROVIDERS: readonly ((session: Session) => Credentials | undefined | Promise<Credentials | undefined>)[] = [
  fromEnvironment,
  refuseRoleProfiles,
  fromCredentialsFile,
  fromProcess,
  fromConfigFile,
  refuseContainer,
]

/** Find credentials. Throws a CliError with code NoCredentials when no provider has any. */
export async function findCredentials(session: Session): Promise<Credentials> {
  for (const provide of PROVIDERS) {
    const credentials = await provide(session)
    if (credentials !== undefined) return credentials
  }
  throw new CliError('Unable to locate credentials. You can configure credentials by running "aws login".', {
    code: 'NoCredentials',
  })
}

function fromEnvironment({ env, profileIsExplicit }: Session): Credentials | undefined {
  const accessKeyId = env['AWS_ACCESS_KEY_ID']
  if (!accessKeyId || profileIsExplicit) return undefined
  const secretAccessKey = env['AWS_SECRET_ACCESS_KEY']
  if (!secretAccessKey) throw partial('env', 'AWS_SECRET_ACCESS_KEY')
  return { accessKeyId, secretAccessKey, sessionToken: env['AWS_SESSION_TOKEN'] || env['AWS_SECURITY_TOKEN'] }
}

function refuseRoleProfiles({ configuration, profile, profileConfig }: Session): undefined {
  const name = profile ?? 'default'
  if (profileConfig.has('role_arn')) {
    if (!profileConfig.has('web_identity_token_file')) {
      const source = profileConfig.get('source_profile')
      if (source === undefined && !profileConfig.has('credential_source')) {
        throw partial('assume-role', 'source_profile or credential_source')
      }
      if (typeof source === 'string' && !configuration.profiles.has(source)) {
        throw new CliError(`The source_profile "${source}" referenced in the profile "${name}" does not exist.`)
      }
    }
    throw new CliError(`The profile (${name}) assumes a role, which this version does not support yet.`)
  }
  if (profileConfig.has('sso_session') || profileConfig.has('sso_account_id')) {
    throw new CliError(`The profile (${name}) signs in with SSO, which this version does not support yet.`)
  }
  return undefined
}

function fromCredentialsFile({ configuration, profile }: Session): Credentials | undefined {
  return fromSection(configuration.credentials.get(profile ?? 'default'), 'shared-credentials-file')
}

function fromConfigFile({ configuration, profile }: Session): Credentials | undefined {
  return fromSection(configuration.configured.get(profile ?? 'default'), 'config-file')
}

function fromSection(section: IniSection | undefined, provider: string): Credentials | undefined {
  const text = (name: string) => {
    const value = section?.get(name)
    return typeof value === 'string' ? value : undefined
  }
  const accessKeyId = text('aws_access_key_id')
  if (accessKeyId === undefined) return undefined
  const secretAccessKey = text('aws_secret_access_key')
  if (secretAccessKey === undefined) throw partial(provider, 'aws_secret_access_key')
  return { accessKeyId, secretAccessKey, sessionToken: text('aws_session_token') ?? text('aws_security_token') }
}

/** `credential_process`: a command, without a shell, that prints credentials as JSON. */
async function fromProcess({ profileConfig, env, cwd }: Session): Promise<Credentials | undefined> {
  const command = profileConfig.get('credential_process')
  if (typeof command !== 'string') return undefined
  const { spawnSync } = await import('node:child_process')
  const { splitWords } = await import('./words.ts')
  const [file = '', ...args] = splitWords(command)
  const { error, status, stdout, stderr } = spawnSync(file, args, { env: { ...env }, cwd, encoding: 'utf8' })
  if (error) throw new CliError(`Error when retrieving credentials from custom-process: ${error.message}`)
  if (status !== 0) throw new CliError(`Error when retrieving credentials from custom-process: ${stderr}`)
  return fromProcessOutput(stdout)
}

function fromProcessOutput(stdout: string): Credentials {
  const answer = parseJson(stdout)
  const member = (name: string) => (answer instanceof Map ? (answer.get(name) ?? null) : null)
  if (member('Version') !== 1) {
    const version = member('Version') === null ? '<Version key not provided>' : pythonString(member('Version'))
    throw new CliError(
      `Error when retrieving credentials from custom-process: Version '${version}' not supported for credential ` +
        'provider process output, supported versions: 1.',
    )
  }
  for (const name of ['AccessKeyId', 'SecretAccessKey']) {
    if (typeof member(name) !== 'string') {
      throw new CliError(
        `Error when retrieving credentials from custom-process: Missing required key in response: '${name}'`,
      )
    }
  }
  const token = member('SessionToken')
  return {
    accessKeyId: member('AccessKeyId') as string,
    secretAccessKey: member('SecretAccessKey') as string,
    sessionToken: typeof token === 'string' ? token : undefined,
  }
}

function refuseContainer({ env }: Session): undefined {
  if (env['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI'] || env['AWS_CONTAINER_CREDENTIALS_FULL_URI']) {
    throw new CliError('Credentials from a container endpoint are not supported yet by this version.')
  }
  return undefined
}

function partial(provider: string, missing: string): CliError {
  return new CliError(`Partial credentials found in ${provider}, missing: ${missing}`)
}
