import type { UpdateProvisioningPreferences } from '../model/generated/servicecatalog.ts'

/** Where a STACKSET constraint allows a product's stacks to be. */
export interface StackSetLimits {
  readonly accounts: readonly string[]
  readonly regions: readonly string[]
}

/** Preferences that a STACKSET constraint does not allow, or that contradict themselves; the message is for the caller. */
export class PreferencesError extends Error {}

/**
 * Where and how the stacks of a CFN_STACKSET product are made: what is asked for, and for what is not, all that the
 * constraint allows, one account at a time, and no failure tolerated (ProvisioningPreferences, API reference). Pure. Throws
 * PreferencesError.
 */
export function stackSetPreferences(
  { accounts, regions }: StackSetLimits,
  asked: UpdateProvisioningPreferences = {},
): UpdateProvisioningPreferences {
  const { StackSetAccounts, StackSetRegions, StackSetOperationType, ...pace } = asked
  return {
    StackSetAccounts: within('StackSetAccounts', StackSetAccounts, accounts),
    StackSetRegions: within('StackSetRegions', StackSetRegions, regions),
    ...paceOf(pace),
    ...(StackSetOperationType && { StackSetOperationType }),
  }
}

function within(name: string, asked: readonly string[] = [], allowed: readonly string[]): readonly string[] {
  if (asked.length === 0) return allowed
  const foreign = asked.filter(each => !allowed.includes(each))
  if (foreign.length > 0) {
    throw new PreferencesError(
      `${name} [${foreign.join(', ')}] are not in the STACKSET constraint, which allows [${allowed.join(', ')}].`,
    )
  }
  return [...new Set(asked)]
}

type Pace = Omit<UpdateProvisioningPreferences, 'StackSetAccounts' | 'StackSetRegions' | 'StackSetOperationType'>

function paceOf({
  StackSetFailureToleranceCount: tolerated,
  StackSetFailureTolerancePercentage: toleratedShare,
  StackSetMaxConcurrencyCount: concurrent,
  StackSetMaxConcurrencyPercentage: concurrentShare,
}: Pace): Pace {
  if (tolerated !== undefined && toleratedShare !== undefined) {
    throw new PreferencesError(
      'Specify either StackSetFailureToleranceCount or StackSetFailureTolerancePercentage, but not both.',
    )
  }
  if (concurrent !== undefined && concurrentShare !== undefined) {
    throw new PreferencesError(
      'Specify either StackSetMaxConcurrencyCount or StackSetMaxConcurrencyPercentage, but not both.',
    )
  }
  const tolerance =
    toleratedShare === undefined
      ? { StackSetFailureToleranceCount: tolerated ?? 0 }
      : { StackSetFailureTolerancePercentage: toleratedShare }
  const most = tolerance.StackSetFailureToleranceCount
  if (concurrent !== undefined && most !== undefined && concurrent > most + 1) {
    throw new PreferencesError(
      `StackSetMaxConcurrencyCount is at most one more than StackSetFailureToleranceCount, which is ${most}.`,
    )
  }
  const concurrency =
    concurrentShare === undefined
      ? { StackSetMaxConcurrencyCount: concurrent ?? 1 }
      : { StackSetMaxConcurrencyPercentage: concurrentShare }
  return { ...tolerance, ...concurrency }
}
