/**
 * A queue of jobs that many processes share. One job means "advance this execution"; it is put into the queue by storage, in
 * the transaction that gives the execution something to do (storage/verb.ts, Wake).
 */
export interface Jobs {
  /** At most `most` jobs that are due, none of an execution that another job has in hand anywhere. */
  fetch(most: number): Promise<readonly Job[]>
  /** Done: the job goes. */
  complete(job: Job): Promise<void>
  /** Given back: whoever fetches next has it. */
  giveBack(job: Job): Promise<void>
  /**
   * Still in hand. A job that is not touched for longer than its heartbeat is somebody else's; answers the ids of those that
   * are not.
   */
  touch(jobs: readonly Job[]): Promise<ReadonlySet<string>>
  /** A job for later. `at`: milliseconds since 1970. */
  sendAt(executionId: string, at: number): Promise<void>
  /** A job for each execution that should have had one since `before` (milliseconds since 1970) and has none. */
  sweep(before: number): Promise<void>
  /** Calls back when an execution was woken, anywhere, and with undefined when notices may have been missed. */
  listen(notice: (executionId: string | undefined) => void): Promise<void>
  close(): Promise<void>
}

export interface Job {
  readonly id: string
  readonly executionId: string
  /** Which attempt at the job this is: an earlier one can no longer end it. */
  readonly attempt: number
}
