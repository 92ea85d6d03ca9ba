import type { Storage } from '../../storage/storage.ts'
import type { Notification } from '../../storage/verbs/notifications.ts'
import type { Clock } from '../../worker/clock.ts'

export interface NotifierOptions {
  readonly storage: Storage
  readonly clock: Clock
  /**
   * Delivers one message. Answers false when nobody is configured to be told of its topic; throws when it did not arrive.
   */
  readonly deliver: (notification: Notification) => Promise<boolean>
  readonly warn: (message: string, fields?: Readonly<Record<string, unknown>>) => void
}

/** How often storage is asked for what is due, in milliseconds. */
const pollInterval = 1_000

/** Milliseconds that a message may be on its way; then it is anybody's again. */
const longestDelivery = 60_000

/** How many are on their way at once. */
const most = 20

/** After this many tries a message is given up: with the waits below that is after nine and a half hours. */
const maxAttempts = 16

/** Milliseconds to the next try: 5 seconds, then thrice as long each time, at most an hour. */
export function retryDelay(attempts: number): number {
  return Math.min(5_000 * 3 ** (attempts - 1), 3_600_000)
}

/**
 * Delivers what records' changes have left in storage. A message is deleted after it was delivered, so one that was under
 * way when the process died is sent again: at least once, told apart by its id.
 */
export class Notifier {
  readonly #options: NotifierOptions
  #callOff: () => void = () => {}
  #running: Promise<void> = Promise.resolve()
  #stopped = false

  constructor(options: NotifierOptions) {
    this.#options = options
  }

  start(): void {
    this.#running = this.#round()
  }

  /** Resolves when nothing is on its way any more; what is left is sent at the next start. */
  async stop(): Promise<void> {
    this.#stopped = true
    this.#callOff()
    await this.#running
  }

  async #round(): Promise<void> {
    const { storage, clock, warn } = this.#options
    try {
      const now = clock.now()
      // Looked at first: taking is a write, and mostly there is nothing.
      const some = await storage.notifications.due(now, 1)
      const until = new Date(now.getTime() + longestDelivery)
      const due = some.length > 0 ? await storage.notifications.take(now, until, most) : []
      await Promise.all(due.map(({ notification, attempts }) => this.#send(notification, attempts + 1)))
    } catch (error) {
      warn('Notifications could not be read or written.', { cause: String(error) })
    }
    if (this.#stopped) return
    this.#callOff = clock.at(clock.now().getTime() + pollInterval, () => {
      this.#running = this.#round()
    })
  }

  async #send(notification: Notification, attempts: number): Promise<void> {
    const { storage, clock, deliver, warn } = this.#options
    const { id, topicArn } = notification
    try {
      if (!(await deliver(notification))) warn('No target is configured for a topic.', { topicArn })
    } catch (error) {
      const cause = (error as Error).message
      if (attempts < maxAttempts) {
        const runAt = new Date(clock.now().getTime() + retryDelay(attempts))
        return storage.notifications.retry(id, attempts, runAt)
      }
      warn('A notification was given up.', { id, topicArn, attempts, cause })
    }
    await storage.notifications.delete(id)
  }
}
