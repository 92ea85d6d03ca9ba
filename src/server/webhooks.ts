import * as z from 'zod'
import type { WebhookRequest, WebhookResult } from '../runbook/action.ts'
import { OutboundRefused, postAndRead } from './outbound.ts'

/** What aws:invokeWebhook may post to, by name. AWS keeps such integrations in its parameter store. */
export const webhooksSchema = z.record(
  z.string().regex(/^[\w.-]{1,128}$/, 'must be a name of letters, digits, dots, dashes and underscores'),
  z.strictObject({
    url: z.url({ protocol: /^https?$/ }),
    headers: z.record(z.string(), z.string()).default({}),
    /** Headers whose values are secret: by name, the environment variable that holds the value. */
    headersFromEnv: z.record(z.string(), z.string().min(1)).default({}),
    /** The accounts whose documents may use it; absent: all. */
    accounts: z.array(z.string().regex(/^[0-9]{12}$/, 'must be an account id of 12 digits')).optional(),
  }),
)

export interface WebhooksOptions {
  readonly webhooks: z.infer<typeof webhooksSchema>
  readonly allowedHosts: ReadonlySet<string>
  readonly env: Readonly<Record<string, string | undefined>>
}

/** Milliseconds that a receiver has to answer. */
const timeout = 30_000

/** As much of an answer as an output may hold. */
const mostBytes = 100_000

/** Posts for the steps of one account. What keeps a post from being answered is said without the URL, which may hold a key. */
export async function postToWebhook(
  { webhooks, allowedHosts, env }: WebhooksOptions,
  accountId: string,
  { integration, body, token, abort }: WebhookRequest,
): Promise<WebhookResult> {
  const webhook = Object.hasOwn(webhooks, integration) ? webhooks[integration] : undefined
  if (!webhook || (webhook.accounts && !webhook.accounts.includes(accountId))) {
    return { problem: `There is no integration ${integration} in this server's configuration` }
  }
  const headers = new Map([
    ['host', new URL(webhook.url).host],
    ['content-type', 'application/json'],
    ['user-agent', 'bellhop'],
    ['idempotency-key', token],
  ])
  for (const [name, value] of Object.entries(webhook.headers)) headers.set(name.toLowerCase(), value)
  for (const [name, variable] of Object.entries(webhook.headersFromEnv)) {
    const value = env[variable]
    if (!value) return { problem: `The environment variable ${variable} of the integration ${integration} is not set` }
    headers.set(name.toLowerCase(), value)
  }
  try {
    const request = { url: webhook.url, headers: [...headers], body: Buffer.from(body ?? ''), timeout, abort }
    const { status, body: answer } = await postAndRead(request, allowedHosts, mostBytes)
    return { status, text: Buffer.from(answer).toString('utf8') }
  } catch (error) {
    const why =
      error instanceof OutboundRefused ? error.message : ((error as { code?: string }).code ?? (error as Error).name)
    return { problem: `The integration ${integration} could not be reached: ${why}` }
  }
}
