import { db, first, read, run, write } from '../verb.ts'

/** One artifact of the store. */
export interface StoredArtifact {
  /** Lower-case hexadecimal SHA-256 of the content: its name, so that the same content is there once. */
  readonly digest: string
  /** Bytes. */
  readonly size: number
  readonly createdAt: Date
  /** Who put it there first. */
  readonly accountId: string
  readonly putBy: string
  /** Absent when it lies in the configured bucket. */
  readonly content?: Uint8Array
}

export const storedArtifacts = {
  get: read(function* (digest: string) {
    const row = yield* first(db.selectFrom('stored_artifacts').selectAll().where('digest', '=', digest))
    if (!row) return undefined
    const { size, created_at, account_id, put_by, content } = row
    const artifact: StoredArtifact = {
      digest,
      size,
      createdAt: new Date(created_at),
      accountId: account_id,
      putBy: put_by,
      ...(content !== null && { content: Buffer.from(content, 'base64') }),
    }
    return artifact
  }),

  /** Whether it is there, without its content. */
  has: read(function* (digest: string) {
    return (yield* first(db.selectFrom('stored_artifacts').select('size').where('digest', '=', digest))) !== undefined
  }),

  /** Bytes of what an account was the first to put. */
  sizeOf: read(usedBy),

  /**
   * Writes it, also over one of the same name whose content was damaged. Who was the first stays. False: nothing is written,
   * since its account would have more than so many bytes.
   */
  put: write(function* (artifact: StoredArtifact, mostOfAccount: number) {
    const { digest, size, createdAt, accountId, putBy, content } = artifact
    const known = yield* first(db.selectFrom('stored_artifacts').select('size').where('digest', '=', digest))
    if (!known && (yield* usedBy(accountId)) + size > mostOfAccount) return false
    // Base64, because the databases have no column of bytes in common.
    const text = content ? Buffer.from(content).toString('base64') : null
    const values = {
      digest,
      size,
      created_at: createdAt.getTime(),
      account_id: accountId,
      put_by: putBy,
      content: text,
    }
    yield* run(
      db
        .insertInto('stored_artifacts')
        .values(values)
        .onConflict(conflict => conflict.column('digest').doUpdateSet({ size, content: text })),
    )
    return true
  }),
}

function* usedBy(accountId: string) {
  const sizes = db.selectFrom('stored_artifacts').where('account_id', '=', accountId)
  const row = yield* first(sizes.select(({ fn }) => fn.sum<number | string | null>('size').as('sum')))
  // PostgreSQL answers a sum as text.
  return Number(row?.sum ?? 0)
}
