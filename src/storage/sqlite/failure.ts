import { StorageFailure, type StorageReason } from '../failure.ts'

/** SQLite's primary result codes (sqlite.org/rescode.html) that are nobody's fault but the disk's. */
const reasons: ReadonlyMap<number, StorageReason> = new Map([
  [8, 'readonly'],
  [10, 'unreadable'],
  [11, 'damaged'],
  [13, 'full'],
  [14, 'unreadable'],
  [26, 'damaged'],
])

/** What SQLite threw, as a StorageFailure where it is one. */
export function failureOf(error: unknown): unknown {
  const { code, errcode } = error as { code?: string; errcode?: number }
  if (code !== 'ERR_SQLITE_ERROR' || errcode === undefined) return error
  // The extended codes have the primary one in their lowest byte.
  const reason = reasons.get(errcode & 0xff)
  return reason ? new StorageFailure(reason, error) : error
}
