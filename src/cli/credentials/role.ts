import { operationSlice } from '../../model/slices.ts'
import {
  type CredentialSources,
  type FoundCredentials,
  partialCredentials,
  profileConfig,
  textOf,
} from '../credentials.ts'
import { CliError } from '../errors.ts'
import { parseInteger, pythonRepr, type ValueMap } from '../values.ts'
import { cached, cacheKey } from './cache.ts'
import { askSts, defaultSessionName } from './sts.ts'

/** Where a role's own credentials come from. */
export interface RoleSources {
  /** By the providers that look at one profile. */
  readonly ofProfile: (profile: string) => Promise<FoundCredentials | undefined>
  /** By the name that `credential_source` gives. */
  readonly ofSource: (source: string) => Promise<FoundCredentials | undefined> | undefined
  readonly knowsSource: (source: string) => boolean
}

/**
 * The credentials of a profile with `role_arn`: those of its source, which may be a role in turn, are used to ask STS for
 * the role's own, unless the cache has them. Throws a CliError with the AWS CLI's text. Source: botocore,
 * AssumeRoleProvider.
 */
export function assumeRoleOfProfile(
  sources: CredentialSources,
  profile: string,
  { ofProfile, ofSource, knowsSource }: RoleSources,
): Promise<FoundCredentials> {
  const { profiles } = sources.session.configuration
  const visited = [profile]
  return assume(profile)

  async function assume(name: string): Promise<FoundCredentials> {
    const config = profileConfig(sources, name)
    const source = textOf(config, 'source_profile')
    const credentialSource = textOf(config, 'credential_source')
    checkSource(name, source, credentialSource)
    const args = roleArguments(sources, name)
    // The cache is asked first, so that no one-time code is asked for in vain. Whose key it is does not matter to it.
    return cached(sources, 'assume-role', args.key, async () => {
      const own =
        credentialSource === undefined
          ? await ofSourceProfile(source!)
          : await ofCredentialSource(name, credentialSource)
      const input: ValueMap = new Map(args.input)
      const serial = input.get('SerialNumber')
      if (serial !== undefined) {
        if (sources.readSecret === undefined) throw new CliError('EOF when reading a line')
        const code = await sources.readSecret(`Enter MFA code for ${serial}: `)
        sources.trace?.hide(code)
        input.set('TokenCode', code)
      }
      const { model, operation } = operationSlice('sts', 'AssumeRole')
      sources.trace?.line(`credentials: profile ${name} assumes ${input.get('RoleArn')} with those of ${own.provider}`)
      return askSts(sources, { model, operation }, own, input)
    })
  }

  function checkSource(name: string, source: string | undefined, credentialSource: string | undefined): void {
    if (credentialSource !== undefined && source !== undefined) {
      throw new CliError(`The profile "${name}" contains both source_profile and credential_source.`)
    }
    if (credentialSource !== undefined) {
      if (knowsSource(credentialSource)) return
      throw new CliError(`The credential source "${credentialSource}" referenced in profile "${name}" is not valid.`)
    }
    if (source === undefined) throw partialCredentials('assume-role', 'source_profile or credential_source')
    const section = profiles.get(source)
    if (section === undefined) {
      throw new CliError(`The source_profile "${source}" referenced in the profile "${name}" does not exist.`)
    }
    if (!visited.includes(source)) return
    // A profile may name itself: it then holds the keys, too.
    if (source === name && hasKeys(source)) return
    throw new CliError(
      'Infinite loop in credential configuration detected. Attempting to load from profile ' +
        `${source} which has already been visited. Visited profiles: ${pythonRepr(visited)}`,
    )
  }

  async function ofSourceProfile(source: string): Promise<FoundCredentials> {
    visited.push(source)
    const config = profileConfig(sources, source)
    if (!hasKeys(source) && config.has('role_arn') && !config.has('web_identity_token_file')) return assume(source)
    const found = await ofProfile(source)
    if (found === undefined) throw new CliError(`The source profile "${source}" must have credentials.`)
    return found
  }

  async function ofCredentialSource(name: string, source: string): Promise<FoundCredentials> {
    const found = await ofSource(source)
    if (found !== undefined) return found
    throw new CliError(
      `Error when retrieving credentials from ${source}: No credentials found in credential_source referenced in ` +
        `profile ${name}`,
    )
  }

  function hasKeys(name: string): boolean {
    const config = profileConfig(sources, name)
    return config.has('aws_access_key_id') || config.has('aws_secret_access_key')
  }
}

/** AssumeRole's input by the profile, and the key of the cache, which leaves out a session name that was made up. */
function roleArguments(sources: CredentialSources, profile: string): { input: ValueMap; key: string } {
  const config = profileConfig(sources, profile)
  const given = new Map<string, string | number>([['RoleArn', textOf(config, 'role_arn') ?? '']])
  for (const [member, option] of [
    ['RoleSessionName', 'role_session_name'],
    ['ExternalId', 'external_id'],
    ['SerialNumber', 'mfa_serial'],
  ] as const) {
    const value = textOf(config, option)
    if (value !== undefined && (value !== '' || member !== 'RoleSessionName')) given.set(member, value)
  }
  // A duration that is no number is passed over, as in the AWS CLI.
  const duration = parseInteger(textOf(config, 'duration_seconds') ?? '')
  if (duration !== undefined) given.set('DurationSeconds', Number(duration))
  const key = cacheKey(Object.fromEntries(given), 'wide')
  const input: ValueMap = new Map(given)
  if (!given.has('RoleSessionName')) input.set('RoleSessionName', defaultSessionName(sources.now()))
  return { input, key }
}
