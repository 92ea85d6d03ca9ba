import { AwsApiError, type AwsCredentials, type AwsIdentity } from './api.ts'
import { LeastRecentlyUsed } from './least-recently-used.ts'

export interface CredentialsOptions {
  /** The credentials of an account before any role is assumed. */
  readonly ofAccount: (accountId: string) => Promise<AwsCredentials>
  /** STS AssumeRole with the credentials of the identity's account. */
  readonly assumeRole: (
    parameters: Readonly<Record<string, unknown>>,
    identity: AwsIdentity,
  ) => Promise<Readonly<Record<string, unknown>>>
  readonly assumesRoles: boolean
  readonly now: () => number
}

/** Milliseconds before their end at which credentials are renewed: long enough for whoever was just given them. */
const renewBefore = 5 * 60_000

/** Seconds: the most that a role assumed by a role may have. */
const sessionSeconds = 3600

/**
 * Who may sign as whom. Sessions of assumed roles are kept until shortly before they end, each for one role, account,
 * session name and region: no execution ever gets another's.
 */
export class CredentialSource {
  readonly #options: CredentialsOptions
  readonly #sessions = new LeastRecentlyUsed<Promise<AwsCredentials>>(500)

  constructor(options: CredentialsOptions) {
    this.#options = options
  }

  async of(identity: AwsIdentity): Promise<AwsCredentials> {
    const { assumesRoles, ofAccount, now } = this.#options
    if (identity.roleArn === undefined || !assumesRoles) return ofAccount(identity.accountId)
    const key = identityKey(identity)
    const kept = this.#sessions.peek(key)
    if (kept) {
      const session = await kept
      if ((session.expiration?.getTime() ?? 0) - renewBefore > now()) return session
      // Somebody may have renewed it meanwhile: one session serves all who ask.
      if (this.#sessions.peek(key) === kept) this.#sessions.set(key, this.#session(identity))
    }
    return this.#sessions.get(key, () => this.#session(identity))
  }

  async #session(identity: AwsIdentity): Promise<AwsCredentials> {
    const { Credentials } = await this.#options.assumeRole(
      {
        RoleArn: identity.roleArn,
        RoleSessionName: sessionName(identity.sessionName),
        DurationSeconds: sessionSeconds,
        // A role's trust policy can say for which account of ours it may be assumed.
        ExternalId: identity.accountId,
      },
      identity,
    )
    const given = Credentials as Readonly<Record<string, string>> | undefined
    if (!given?.['AccessKeyId'] || !given['SecretAccessKey']) {
      const where = { service: 'sts', operation: 'AssumeRole' }
      throw new AwsApiError('Unreachable', `STS gave no credentials for ${identity.roleArn}.`, where)
    }
    return {
      accessKeyId: given['AccessKeyId'],
      secretAccessKey: given['SecretAccessKey'],
      sessionToken: given['SessionToken'],
      expiration: new Date(given['Expiration'] ?? this.#options.now() + sessionSeconds * 1000),
    }
  }
}

/** Two identities with the same key may share credentials and clients; no others may. */
export function identityKey({ accountId, region, roleArn, sessionName: name }: AwsIdentity): string {
  return JSON.stringify([accountId, region, roleArn, roleArn === undefined ? undefined : name])
}

/** What STS takes: 2 to 64 of these characters. */
function sessionName(name: string): string {
  const clean = name.replace(/[^\w+=,.@-]/g, '-').slice(0, 64)
  return clean.length < 2 ? `bellhop-${clean}` : clean
}
