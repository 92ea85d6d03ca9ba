/** Keeps what was asked for last and forgets the rest. A promise that is rejected is not kept. */
export class LeastRecentlyUsed<T> {
  readonly #capacity: number
  readonly #entries = new Map<string, T>()

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  get(key: string, make: () => T): T {
    const value = this.#entries.get(key) ?? make()
    this.set(key, value)
    return value
  }

  peek(key: string): T | undefined {
    return this.#entries.get(key)
  }

  set(key: string, value: T): void {
    this.#entries.delete(key)
    this.#entries.set(key, value)
    if (value instanceof Promise) value.catch(() => this.#entries.get(key) === value && this.#entries.delete(key))
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= this.#capacity) break
      this.#entries.delete(oldest)
    }
  }
}
