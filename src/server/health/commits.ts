/** How many of the last writes are looked at. */
const most = 256

/** How long the last writes took, from their call to their synced commit. */
export class Commits {
  readonly #last: number[] = []
  #next = 0

  add(seconds: number): void {
    this.#last[this.#next] = seconds * 1000
    this.#next = (this.#next + 1) % most
  }

  /** In milliseconds; undefined before the first. */
  report(): { readonly median: number; readonly p99: number } | undefined {
    if (this.#last.length === 0) return undefined
    const sorted = this.#last.toSorted((a, b) => a - b)
    const at = (share: number) => rounded(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!)
    return { median: at(0.5), p99: at(0.99) }
  }
}

function rounded(milliseconds: number): number {
  return Math.round(milliseconds * 100) / 100
}
