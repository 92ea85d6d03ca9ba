import type { Credentials } from '../sigv4/types.ts'
import type { CallContext } from './call.ts'
import type { IniSection } from './config.ts'
import { CliError } from './errors.ts'
import type { Session } from './session.ts'

/** Credentials, and how they were come by. */
export interface FoundCredentials extends Credentials {
  /** The provider's name in the AWS CLI, e.g. `assume-role`. */
  readonly provider: string
  readonly expiration?: Date | undefined
}

/** What looking for credentials needs from outside. */
export interface CredentialSources extends CallContext {
  readonly session: Session
  /** Where STS is asked. */
  readonly region: string | undefined
  /** Ask on the terminal for a text that is not shown while it is typed; absent where there is nobody to ask. */
  readonly readSecret?: ((prompt: string) => Promise<string>) | undefined
}

/** Answers credentials, nothing (the next one is asked), or throws a CliError when it is half configured. */
type Provider = (
  sources: CredentialSources,
  profile: string,
  /** Whether variables that describe a profile's settings count: not where a profile was named. */
  useEnvironment: boolean,
) => FoundCredentials | undefined | Promise<FoundCredentials | undefined>

/** The providers that look at one profile. */
const OF_PROFILE: readonly Provider[] = [
  fromWebIdentity,
  fromSso,
  fromCredentialsFile,
  fromLogin,
  fromProcess,
  fromConfigFile,
]

/** All of them, in the AWS CLI's order. */
const PROVIDERS: readonly Provider[] = [fromEnvironment, fromRole, ...OF_PROFILE, fromContainer, fromMetadata]

/** Where `credential_source` of a profile may point. */
const SOURCES: ReadonlyMap<string, Provider> = new Map<string, Provider>([
  ['Environment', readEnvironment],
  ['Ec2InstanceMetadata', fromMetadata],
  ['EcsContainer', fromContainer],
])

/** Find credentials. Throws a CliError with code NoCredentials when no provider has any. */
export async function findCredentials(sources: CredentialSources): Promise<FoundCredentials> {
  const { session, trace } = sources
  const found = await firstOf(PROVIDERS, sources, session.profile ?? 'default', !session.profileIsExplicit)
  if (found === undefined) {
    throw new CliError('Unable to locate credentials. You can configure credentials by running "aws login".', {
      code: 'NoCredentials',
    })
  }
  if (found.expiration !== undefined && found.expiration <= sources.now()) {
    throw new CliError('Credentials were refreshed, but the refreshed credentials are still expired.')
  }
  if (trace) await traceFound(sources, found)
  return found
}

async function firstOf(
  providers: readonly Provider[],
  sources: CredentialSources,
  profile: string,
  useEnvironment: boolean,
): Promise<FoundCredentials | undefined> {
  for (const provide of providers) {
    const found = await provide(sources, profile, useEnvironment)
    if (found === undefined) continue
    sources.trace?.hide(found.secretAccessKey)
    sources.trace?.hide(found.sessionToken)
    return found
  }
  return undefined
}

async function traceFound({ trace }: CredentialSources, found: FoundCredentials): Promise<void> {
  const { partly } = await import('./trace.ts')
  const end = found.expiration === undefined ? '' : `, until ${found.expiration.toISOString()}`
  const kind = found.sessionToken ? ' with a session token' : ''
  trace?.line(`credentials: ${partly(found.accessKeyId)}${kind} from ${found.provider}${end}`)
}

function fromEnvironment(sources: CredentialSources, _profile: string, useEnvironment: boolean) {
  return useEnvironment ? readEnvironment(sources) : undefined
}

function readEnvironment({ session: { env } }: CredentialSources): FoundCredentials | undefined {
  const accessKeyId = env['AWS_ACCESS_KEY_ID']
  if (!accessKeyId) return undefined
  const secretAccessKey = env['AWS_SECRET_ACCESS_KEY']
  if (!secretAccessKey) throw partialCredentials('env', 'AWS_SECRET_ACCESS_KEY')
  const end = env['AWS_CREDENTIAL_EXPIRATION']
  return {
    provider: 'env',
    accessKeyId,
    secretAccessKey,
    sessionToken: env['AWS_SECURITY_TOKEN'] || env['AWS_SESSION_TOKEN'],
    expiration: end ? new Date(end) : undefined,
  }
}

async function fromRole(sources: CredentialSources, profile: string): Promise<FoundCredentials | undefined> {
  const config = profileConfig(sources, profile)
  if (!config.has('role_arn') || config.has('web_identity_token_file')) return undefined
  const { assumeRoleOfProfile } = await import('./credentials/role.ts')
  return assumeRoleOfProfile(sources, profile, {
    ofProfile: name => firstOf(OF_PROFILE, sources, name, false),
    ofSource: name => {
      const provide = SOURCES.get(name)
      return provide && firstOf([provide], sources, profile, true)
    },
    knowsSource: name => SOURCES.has(name),
  })
}

async function fromWebIdentity(sources: CredentialSources, profile: string, useEnvironment: boolean) {
  const file = useEnvironment ? sources.session.env['AWS_WEB_IDENTITY_TOKEN_FILE'] : undefined
  if (!(file ?? textOf(profileConfig(sources, profile), 'web_identity_token_file'))) return undefined
  const { assumeRoleWithWebIdentity } = await import('./credentials/web-identity.ts')
  return assumeRoleWithWebIdentity(sources, profile, useEnvironment)
}

async function fromSso(sources: CredentialSources, profile: string): Promise<FoundCredentials | undefined> {
  const config = profileConfig(sources, profile)
  if (!config.has('sso_role_name') && !config.has('sso_account_id')) return undefined
  const { ssoCredentials } = await import('./credentials/sso.ts')
  return ssoCredentials(sources, profile)
}

function fromCredentialsFile({ session }: CredentialSources, profile: string): FoundCredentials | undefined {
  return fromSection(session.configuration.credentials.get(profile), 'shared-credentials-file')
}

async function fromLogin(sources: CredentialSources, profile: string): Promise<FoundCredentials | undefined> {
  const login = textOf(profileConfig(sources, profile), 'login_session')
  if (login === undefined) return undefined
  const { loginCredentials } = await import('./credentials/login.ts')
  return loginCredentials(sources, login)
}

async function fromProcess(sources: CredentialSources, profile: string): Promise<FoundCredentials | undefined> {
  const command = textOf(profileConfig(sources, profile), 'credential_process')
  if (command === undefined) return undefined
  const { processCredentials } = await import('./credentials/process.ts')
  return processCredentials(sources, command)
}

function fromConfigFile({ session }: CredentialSources, profile: string): FoundCredentials | undefined {
  return fromSection(session.configuration.configured.get(profile), 'config-file')
}

async function fromContainer(sources: CredentialSources): Promise<FoundCredentials | undefined> {
  const { env } = sources.session
  const names = ['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI', 'AWS_CONTAINER_CREDENTIALS_FULL_URI']
  if (names.every(name => env[name] === undefined)) return undefined
  const { containerCredentials } = await import('./credentials/container.ts')
  return containerCredentials(sources)
}

async function fromMetadata(sources: CredentialSources): Promise<FoundCredentials | undefined> {
  if (sources.session.env['AWS_EC2_METADATA_DISABLED']?.toLowerCase() === 'true') return undefined
  const { metadataCredentials } = await import('./credentials/metadata.ts')
  return metadataCredentials(sources)
}

function fromSection(section: IniSection | undefined, provider: string): FoundCredentials | undefined {
  if (section === undefined) return undefined
  const accessKeyId = textOf(section, 'aws_access_key_id')
  if (accessKeyId === undefined) return undefined
  const secretAccessKey = textOf(section, 'aws_secret_access_key')
  if (secretAccessKey === undefined) throw partialCredentials(provider, 'aws_secret_access_key')
  const sessionToken = textOf(section, 'aws_session_token') ?? textOf(section, 'aws_security_token')
  return { provider, accessKeyId, secretAccessKey, sessionToken }
}

/** A profile's options; empty when there is none of that name. */
export function profileConfig({ session }: Pick<CredentialSources, 'session'>, profile: string): IniSection {
  return session.configuration.profiles.get(profile) ?? new Map()
}

export function textOf(section: IniSection, name: string): string | undefined {
  const value = section.get(name)
  return typeof value === 'string' ? value : undefined
}

export function partialCredentials(provider: string, missing: string): CliError {
  return new CliError(`Partial credentials found in ${provider}, missing: ${missing}`)
}
