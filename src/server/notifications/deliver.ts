import { createHmac } from 'node:crypto'
import { signRequest } from '../../sigv4/sign.ts'
import type { Credentials } from '../../sigv4/types.ts'
import type { Notification } from '../../storage/verbs/notifications.ts'
import type { OutboundRequest } from '../outbound.ts'
import type { NotificationTarget } from './config.ts'

/** Milliseconds a receiver has to answer. */
const timeout = 10_000

export interface Signing {
  /** Signs webhooks that have no key of their own. */
  readonly serverKey: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly now: Date
}

/** A target that cannot be used as it is configured; the message holds no secret. */
export class TargetError extends Error {}

/**
 * The request that tells a target. A webhook gets what SNS posts to an HTTP endpoint (its Message is JSON text), signed by
 * HMAC-SHA256 of `TIMESTAMP.BODY`; an SNS endpoint gets a Publish, signed with the process's own AWS credentials. Throws
 * TargetError when a key or credentials are missing.
 */
export function deliveryOf(notification: Notification, target: NotificationTarget, signing: Signing): OutboundRequest {
  return 'sns' in target ? publish(notification, target.sns, signing) : webhook(notification, target, signing)
}

function webhook(
  { id, topicArn, createdAt, ...rest }: Notification,
  target: { readonly webhook: string; readonly secretEnv?: string | undefined },
  { serverKey, env, now }: Signing,
): OutboundRequest {
  const key = target.secretEnv === undefined ? serverKey : env[target.secretEnv]
  if (!key) throw new TargetError(`The environment variable ${target.secretEnv} holds no signing key.`)
  const body = JSON.stringify({
    Type: 'Notification',
    MessageId: id,
    TopicArn: topicArn,
    Subject: subject(rest),
    Message: message(rest),
    Timestamp: createdAt.toISOString(),
  })
  const timestamp = String(Math.floor(now.getTime() / 1000))
  const signature = createHmac('sha256', key).update(`${timestamp}.${body}`).digest('hex')
  return {
    url: target.webhook,
    timeout,
    body: Buffer.from(body),
    headers: [
      ['Host', new URL(target.webhook).host],
      ['Content-Type', 'application/json; charset=utf-8'],
      ['X-Amz-Sns-Message-Type', 'Notification'],
      ['X-Amz-Sns-Message-Id', id],
      ['X-Amz-Sns-Topic-Arn', topicArn],
      ['X-Bellhop-Timestamp', timestamp],
      ['X-Bellhop-Signature', `v1=${signature}`],
    ],
  }
}

function publish({ topicArn, ...rest }: Notification, endpoint: string, { env, now }: Signing): OutboundRequest {
  const credentials = credentialsOf(env)
  const form = new URLSearchParams({
    Action: 'Publish',
    Version: '2010-03-31',
    TopicArn: topicArn,
    Subject: subject(rest),
    Message: message(rest),
  })
  const body = Buffer.from(form.toString())
  const { host, pathname, search } = new URL(endpoint)
  const headers: [string, string][] = [
    ['Host', host],
    ['Content-Type', 'application/x-www-form-urlencoded; charset=utf-8'],
  ]
  const scope = { region: topicArn.split(':')[3] || 'us-east-1', service: 'sns' }
  const request = { method: 'POST', path: pathname, query: search.slice(1), headers, body }
  return {
    url: endpoint,
    timeout,
    body,
    headers: [...headers, ...signRequest(request, credentials, scope, now)],
  }
}

function credentialsOf(env: Signing['env']): Credentials {
  const {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  } = env
  if (!accessKeyId || !secretAccessKey) {
    throw new TargetError('AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are needed to publish to an SNS endpoint.')
  }
  return { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) }
}

/** At most 100 characters, as SNS wants it. */
function subject({ record, notice }: Pick<Notification, 'record' | 'notice'>): string {
  if (!record) return (notice?.subject ?? '').slice(0, 100)
  return `Service Catalog record ${record.RecordId}: ${record.Status}`
}

function message({ record, notice, scope }: Pick<Notification, 'record' | 'notice' | 'scope'>): string {
  if (!record) return JSON.stringify({ AccountId: scope.accountId, Region: scope.region, ...notice?.message })
  return JSON.stringify({ AccountId: scope.accountId, Region: scope.region, RecordDetail: record })
}
