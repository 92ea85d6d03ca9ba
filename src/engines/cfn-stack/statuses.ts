import type { StackHandle } from './handle.ts'

/** What a stack's status means for the work that is done on it. */
export type Standing =
  | 'working'
  /** It has failed, and CloudFormation is putting everything back. */
  | 'undoing'
  | 'done'
  /** It has failed, and everything is as it was. */
  | 'undone'
  /** It has failed, and what is left does not run, or only part of it. */
  | 'broken'

/** Pure. */
export function standingOf(work: StackHandle['work'], status: string): Standing {
  if (work === 'terminate') {
    if (status === 'DELETE_FAILED') return 'broken'
    // Until CloudFormation has taken the deletion up, the status is the old one.
    return 'working'
  }
  if (status.endsWith('_IN_PROGRESS')) {
    return status.includes('ROLLBACK') || status.startsWith('DELETE') ? 'undoing' : 'working'
  }
  switch (status) {
    case 'CREATE_COMPLETE':
    case 'UPDATE_COMPLETE':
    case 'IMPORT_COMPLETE':
      return 'done'
    case 'ROLLBACK_COMPLETE':
    case 'UPDATE_ROLLBACK_COMPLETE':
      return 'undone'
    default:
      return 'broken'
  }
}

/** Whether a stack of this status never came to be: CloudFormation can only delete it. */
export function isStillborn(status: string): boolean {
  return ['CREATE_FAILED', 'ROLLBACK_COMPLETE', 'ROLLBACK_FAILED', 'REVIEW_IN_PROGRESS'].includes(status)
}

/** Whether CloudFormation is at work on a stack of this status, and takes nothing else up. */
export function isBusy(status: string): boolean {
  return status.endsWith('_IN_PROGRESS') && status !== 'REVIEW_IN_PROGRESS'
}
