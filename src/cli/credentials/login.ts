import { createHash } from 'node:crypto'
import type { CredentialSources, FoundCredentials } from '../credentials.ts'
import { CliError } from '../errors.ts'
import { expandPath } from '../paramfile.ts'
import { awsFolder, readCacheFile } from './cache.ts'
import { parseMoment } from './moment.ts'

/**
 * What `aws login` left for a profile with `login_session`, as long as it lasts. Renewing it takes a key bound to the
 * sign-in, which is the AWS CLI's affair: an expired one is a CliError that names `aws login`.
 */
export function loginCredentials({ session, now }: CredentialSources, login: string): FoundCredentials {
  const own = session.env['AWS_LOGIN_CACHE_DIRECTORY']
  const folder = own === undefined ? awsFolder(session.env, 'login', 'cache') : expandPath(own, session.env)
  const content = readCacheFile(folder, createHash('sha256').update(login).digest('hex'))
  const token = (content as { accessToken?: Record<string, unknown> } | undefined)?.accessToken
  if (token === undefined) {
    throw new CliError(
      `Error loading login session token: Unable to load a existing login session for session ${login}. Please ` +
        "reauthenticate with 'aws login'.",
    )
  }
  const members = ['accessKeyId', 'secretAccessKey', 'sessionToken', 'expiresAt'].map(name => token[name])
  if (members.some(member => typeof member !== 'string')) {
    throw new CliError(
      "Error loading login session token: The cached token is incomplete. Please run 'aws login' again.",
    )
  }
  const [accessKeyId, secretAccessKey, sessionToken, end] = members as [string, string, string, string]
  const expiration = parseMoment(end)
  if (expiration <= now()) {
    throw new CliError("Your session has expired. Please reauthenticate with 'aws login'.")
  }
  return { provider: 'login', accessKeyId, secretAccessKey, sessionToken, expiration }
}
