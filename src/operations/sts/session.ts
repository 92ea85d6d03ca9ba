import type { Federation } from '../../identity/web-identity.ts'
import type { Caller, Secrets } from '../operation.ts'

/**
 * A session of a role. All of it lies sealed in the session token, so that nothing of it is stored: whoever has the server's
 * key can open it, on any node, until it expires.
 */
export interface Session {
  readonly accountId: string
  readonly roleName: string
  /** A role that was deleted and made anew is another: its sessions ended with it. */
  readonly roleId: string
  readonly name: string
  readonly secretAccessKey: string
  /** Milliseconds since 1970. */
  readonly issuedAt: number
  readonly expiresAt: number
  /** Session policies: documents, and ARNs of managed ones. */
  readonly policy?: string
  readonly policyArns?: readonly string[]
  /** How it came about through an identity provider, if it did. */
  readonly federation?: Federation
  readonly tags: readonly { readonly Key: string; readonly Value: string }[]
}

const context = (accessKeyId: string) => `session:${accessKeyId}`

export function sealSession(secrets: Secrets, accessKeyId: string, session: Session): string {
  return secrets.seal(JSON.stringify(session), context(accessKeyId))
}

/** The session that a token holds, or undefined when the token is not ours or belongs to another access key. */
export function openSession(secrets: Secrets, accessKeyId: string, token: string): Session | undefined {
  let text: string
  try {
    text = secrets.open(token, context(accessKeyId))
  } catch {
    return undefined
  }
  return JSON.parse(text) as Session
}

/** The ARN of a session: the role's path is not part of it. */
export function sessionArn(session: Pick<Session, 'accountId' | 'roleName' | 'name'>): string {
  return `arn:aws:sts::${session.accountId}:assumed-role/${session.roleName}/${session.name}`
}

/** Whether the caller is itself a session: chained sessions are short. */
export function isSession(caller: Caller): boolean {
  return caller.roleArn !== undefined
}
