import type { Scope } from '../../catalog/scope.ts'

/** Lets a ReceiveMessage wait until something may have arrived in its queue. */
export interface MessageWaiter {
  /** The server is about to stop: nobody waits any more. */
  readonly closed: boolean
  /**
   * Begins to listen to a queue. Called before the queue is read, so that nothing that is sent between reading and
   * waiting is missed.
   */
  listen(scope: Scope, queue: string): Listener
  /** Something was sent to a queue, or given back to it. */
  sent(scope: Scope, queue: string): void
  /** Ends every wait, now and from now on. */
  close(): void
}

export interface Listener {
  /** Resolves when something was sent since `listen` or the last `wait`, and after so many milliseconds at the latest. */
  wait(milliseconds: number): Promise<void>
  close(): void
}

/**
 * A waiter for one process. `after` calls back once, later, and answers how to prevent that; tests hand in their own. No wait
 * is longer than `longest` milliseconds: where other processes send, too, it is worth looking now and then.
 */
export function createMessageWaiter(
  after: (milliseconds: number, callback: () => void) => () => void,
  longest = Number.POSITIVE_INFINITY,
): MessageWaiter {
  const listeners = new Map<string, Set<() => void>>()
  const key = (scope: Scope, queue: string) => `${scope.accountId}/${scope.region}/${queue}`
  let closed = false
  return {
    get closed() {
      return closed
    },
    listen(scope, queue) {
      const name = key(scope, queue)
      let told = false
      let wake: (() => void) | undefined
      const tell = () => {
        told = true
        wake?.()
      }
      const set = listeners.get(name) ?? new Set()
      listeners.set(name, set.add(tell))
      return {
        wait: async milliseconds => {
          if (!told && !closed) {
            await new Promise<void>(resolve => {
              const cancel = after(Math.min(milliseconds, longest), resolve)
              wake = () => {
                cancel()
                resolve()
              }
            })
          }
          wake = undefined
          told = false
        },
        close() {
          set.delete(tell)
          if (set.size === 0 && listeners.get(name) === set) listeners.delete(name)
        },
      }
    },
    sent(scope, queue) {
      for (const tell of [...(listeners.get(key(scope, queue)) ?? [])]) tell()
    },
    close() {
      closed = true
      for (const set of [...listeners.values()]) for (const tell of [...set]) tell()
    },
  }
}
