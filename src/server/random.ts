import { randomBytes, randomFillSync } from 'node:crypto'

/** Bytes that are asked of the system at once. */
const poolSize = 4096

/** No more than so many are taken from the pool. */
const most = 64

/**
 * Random bytes as `randomBytes` gives them, asked of the system some thousand at a time: it takes as long for sixteen of
 * them as for all, and a request needs several ids. What was given out is not kept.
 */
export function createRandomBytes(): (size: number) => Uint8Array {
  const pool = new Uint8Array(poolSize)
  let used = poolSize
  return size => {
    if (size > most) return randomBytes(size)
    if (used + size > poolSize) {
      randomFillSync(pool)
      used = 0
    }
    const bytes = pool.slice(used, used + size)
    pool.fill(0, used, used + size)
    used += size
    return bytes
  }
}
