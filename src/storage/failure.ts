/**
 * Storage cannot do its work now, through no fault of what was asked: the disk is full or read-only, the file is damaged,
 * the database is away. Nothing of the verb happened, unless `unknown` says that nobody can tell.
 */
export class StorageFailure extends Error {
  readonly reason: StorageReason

  constructor(reason: StorageReason, cause: unknown) {
    super(texts[reason], { cause })
    this.name = 'StorageFailure'
    this.reason = reason
  }
}

export type StorageReason = 'full' | 'readonly' | 'damaged' | 'unreadable' | 'away' | 'busy' | 'unknown'

/** For the caller: what is the matter, and nothing of where things lie. */
const texts: Record<StorageReason, string> = {
  full: 'Nothing can be written: the disk that holds the data is full.',
  readonly: 'Nothing can be written: the data are on a disk, or in a file, that is read-only.',
  damaged: 'The database is damaged. It must be restored from a backup.',
  unreadable: 'The disk that holds the data cannot be read or written.',
  away: 'The database cannot be reached.',
  busy: 'Too many changes at once were in each other’s way. Nothing was changed; try again.',
  unknown:
    'The connection to the database was lost while the change was being committed: it may have been made or not.',
}
