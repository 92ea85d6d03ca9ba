import * as z from 'zod'

const url = z.url({ protocol: /^https?$/ })

/** What a topic stands for: a webhook that is signed (a URL alone means one), or an endpoint that speaks SNS. */
const targetSchema = z.union([
  url.transform(webhook => ({ webhook })),
  z.strictObject({
    webhook: url,
    /** The environment variable that holds the signing key; without one, the server's own key signs. */
    secretEnv: z.string().min(1).optional(),
  }),
  z.strictObject({ sns: url }),
])

/** Targets by topic ARN, in which `*` stands for any characters. */
export const notificationsSchema = z.record(z.string(), targetSchema)

export type NotificationTarget = z.infer<typeof targetSchema>

/** The target of a topic: the one that is named exactly, else the first whose pattern fits; undefined: none. */
export function targetOf(
  targets: Readonly<Record<string, NotificationTarget>>,
  topicArn: string,
): NotificationTarget | undefined {
  const entries = Object.entries(targets)
  const exact = entries.find(([name]) => name === topicArn)
  return (exact ?? entries.find(([pattern]) => expression(pattern).test(topicArn)))?.[1]
}

function expression(pattern: string): RegExp {
  const parts = pattern.split('*').map(part => part.replace(/[^\w:-]/g, '\\$&'))
  return new RegExp(`^${parts.join('.*')}$`, 's')
}
