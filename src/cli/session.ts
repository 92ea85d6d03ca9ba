import { type Configuration, type IniSection, loadConfiguration } from './config.ts'
import { CliError } from './errors.ts'
import { integerOrRefuse } from './shorthand.ts'

/** See encoding.ts, which is loaded only where a variable names an encoding. */
export type FileEncoding = () => { decode(bytes: Uint8Array): string }

export type Environment = Readonly<Record<string, string | undefined>>

/** Everything the CLI looks up in options, environment and files, each by its own precedence. */
export interface Session {
  readonly env: Environment
  readonly cwd: string
  readonly configuration: Configuration
  /** Undefined: the default profile, which may be missing. */
  readonly profile: string | undefined
  /** Given with --profile, which beats keys in the environment. */
  readonly profileIsExplicit: boolean
  readonly profileConfig: IniSection
  /** AWS_CLI_FILE_ENCODING, where that is not UTF-8. Throws a CliError for an unknown one. */
  readonly fileEncoding?: FileEncoding | undefined
}

/** Open a session. Throws a CliError when the named profile is nowhere. */
export function openSession(env: Environment, cwd: string, profileOption: string | undefined): Session {
  const configuration = loadConfiguration(env, cwd)
  const profile = profileOption ?? env['AWS_PROFILE'] ?? env['AWS_DEFAULT_PROFILE']
  const section = configuration.profiles.get(profile ?? 'default')
  if (section === undefined && profile !== undefined) {
    throw new CliError(`The config profile (${profile}) could not be found`)
  }
  return {
    env,
    cwd,
    configuration,
    profile,
    profileIsExplicit: profileOption !== undefined,
    profileConfig: section ?? new Map(),
  }
}

/** The first of the environment variables that is set (an empty one is), else the profile's option. */
export function setting(session: Session, variables: readonly string[], option: string): string | undefined {
  for (const variable of variables) {
    const value = session.env[variable]
    if (value !== undefined) return value
  }
  const value = session.profileConfig.get(option)
  return typeof value === 'string' ? value : undefined
}

/** An empty text is a region, too: it is signed as it stands. */
export function regionOf(session: Session, option: string | undefined): string | undefined {
  return option ?? setting(session, ['AWS_REGION', 'AWS_DEFAULT_REGION'], 'region')
}

/** Whether a setting says true; what is neither true nor false counts as false. */
export function flagSetting(session: Session, variables: readonly string[], option: string): boolean {
  return setting(session, variables, option)?.toLowerCase() === 'true'
}

const RETRY_MODES = ['standard', 'adaptive'] as const

export interface RetrySettings {
  /** How often one call is tried in all. */
  readonly maxAttempts: number
  readonly mode: (typeof RETRY_MODES)[number]
}

/** How often one call is tried, and by which rule. Throws a CliError with the AWS CLI's text. */
export function retrySettings(session: Session): RetrySettings {
  const attempts = setting(session, ['AWS_MAX_ATTEMPTS'], 'max_attempts')
  const maxAttempts = attempts === undefined ? 3 : Number(integerOrRefuse(attempts))
  if (maxAttempts < 1) {
    throw new CliError(
      `Value provided to "max_attempts": ${maxAttempts} must be an integer greater than or equal to 1.`,
    )
  }
  const wanted = setting(session, ['AWS_RETRY_MODE'], 'retry_mode') ?? 'standard'
  const mode = RETRY_MODES.find(known => known === wanted)
  if (mode === undefined) {
    const known = RETRY_MODES.map(name => `"${name}"`).join(' or ')
    throw new CliError(`Invalid value provided to "mode": "${wanted}" must be one of: ${known}`)
  }
  return { maxAttempts, mode }
}
