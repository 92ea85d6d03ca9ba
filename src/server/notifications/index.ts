import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Storage } from '../../storage/storage.ts'
import type { Clock } from '../../worker/clock.ts'
import type { Config } from '../config.ts'
import type { Log } from '../log.ts'
import { allowedHosts, post } from '../outbound.ts'
import { targetOf } from './config.ts'
import { deliveryOf } from './deliver.ts'
import { Notifier } from './notifier.ts'

interface Surroundings {
  readonly storage: Storage
  readonly clock: Clock
  readonly config: Config
  readonly env: Readonly<Record<string, string | undefined>>
  readonly dataDirectory: string
  readonly randomBytes: (size: number) => Uint8Array
  readonly log: Log
}

/** The notifier over the configured targets. Webhooks are signed with the key in DIR/notifications.key, made once. */
export function createNotifier(surroundings: Surroundings): Notifier {
  const { storage, clock, config, env, dataDirectory, randomBytes, log } = surroundings
  const serverKey = keyIn(join(dataDirectory, 'notifications.key'), randomBytes)
  const allowed = allowedHosts(config.outbound.allow, env)
  const unknown = new Set<unknown>()
  return new Notifier({
    storage,
    clock,
    warn(message, fields) {
      // A topic without a target is no news the second time.
      if (fields?.['topicArn'] !== undefined && fields['id'] === undefined) {
        if (unknown.has(fields['topicArn'])) return
        unknown.add(fields['topicArn'])
      }
      log.warn(message, fields)
    },
    async deliver(notification) {
      const target = targetOf(config.notifications, notification.topicArn)
      if (!target) return false
      const status = await post(deliveryOf(notification, target, { serverKey, env, now: clock.now() }), allowed)
      if (status < 200 || status > 299) throw new Error(`The target answered with status ${status}.`)
      return true
    },
  })
}

function keyIn(file: string, randomBytes: (size: number) => Uint8Array): string {
  if (!existsSync(file)) writeFileSync(file, `${Buffer.from(randomBytes(32)).toString('hex')}\n`, { mode: 0o600 })
  return readFileSync(file, 'utf8').trim()
}
