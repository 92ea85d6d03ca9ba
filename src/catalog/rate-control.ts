import type { Target, TargetLocation } from '../model/generated/ssm.ts'
import { isEnded, type StepStatus } from './execution.ts'
import type { Scope } from './scope.ts'

/**
 * Running one document for many targets: how many at once, and after how many failures no more are begun. Members have
 * StartAutomationExecution's names. Pure.
 */
export interface RateControl {
  readonly targetParameterName?: string
  readonly targets?: readonly Target[]
  readonly targetMaps?: readonly Readonly<Record<string, readonly string[]>>[]
  readonly targetLocations?: readonly TargetLocation[]
  /** A number, or a percentage of the targets. */
  readonly maxConcurrency: string
  readonly maxErrors: string
}

/** One run of the document. */
export interface ResolvedTarget {
  /** What the run is called: the target's value, or account/region. */
  readonly name: string
  /** What it sets of the document's parameters. */
  readonly parameters: Readonly<Record<string, readonly string[]>>
  /** Where it runs, when that is another place than its parent's. */
  readonly location?: { readonly scope: Scope; readonly roleArn?: string; readonly rateControl?: RateControl }
}

/** What is wrong with a combination of members, in words for whoever gave them; undefined: nothing. */
export function rateControlProblem(rateControl: RateControl): string | undefined {
  const { targetParameterName, targets, targetMaps, targetLocations = [] } = rateControl
  if (targets && targetMaps) return 'Targets and TargetMaps cannot be given together.'
  if (targets && targetParameterName === undefined)
    return 'Targets need TargetParameterName, the parameter they are for.'
  if (targetParameterName !== undefined && !targets && !targetLocations.some(location => location.Targets)) {
    return 'TargetParameterName needs Targets.'
  }
  for (const target of [...(targets ?? []), ...targetLocations.flatMap(location => location.Targets ?? [])]) {
    if (!target.Key || !target.Values?.length) return 'Each of Targets needs a Key and Values.'
    if (targetKind(target) === undefined) {
      return `The target key ${target.Key} is not known: it must be ParameterValues, tag:NAME, tag-key or ResourceGroup.`
    }
  }
  return undefined
}

/** How a target says what it means. */
export function targetKind({ Key = '' }: Target): 'values' | 'tag' | 'tag-key' | 'group' | undefined {
  if (Key === 'ParameterValues') return 'values'
  if (Key === 'ResourceGroup' || Key === 'resource-groups:Name') return 'group'
  if (Key === 'tag-key') return 'tag-key'
  return Key.startsWith('tag:') && Key.length > 'tag:'.length ? 'tag' : undefined
}

/** The parameters of the document that each target sets. */
export function targetParameters(rateControl: RateControl | undefined): ReadonlySet<string> {
  const { targetParameterName, targetMaps = [] } = rateControl ?? {}
  const names = targetMaps.flatMap(map => Object.keys(map))
  return new Set(targetParameterName === undefined ? names : [targetParameterName, ...names])
}

/** The role that AWS runs automations with in other accounts and regions, unless ExecutionRoleName says another. */
const executionRoleName = 'AWS-SystemsManager-AutomationExecutionRole'

/** One run for each account and region. `accountsOf` tells which accounts a location means. */
export function locationTargets(
  rateControl: RateControl,
  home: Scope,
  roleArn: string | undefined,
  accountsOf: (location: TargetLocation) => readonly string[],
): ResolvedTarget[] {
  return (rateControl.targetLocations ?? []).flatMap(location =>
    accountsOf(location).flatMap(accountId =>
      (location.Regions ?? [home.region]).map((region): ResolvedTarget => {
        const named = location.ExecutionRoleName ?? (accountId === home.accountId ? undefined : executionRoleName)
        return {
          name: `${accountId}/${region}`,
          parameters: {},
          location: {
            scope: { accountId, region },
            roleArn: named === undefined ? roleArn : `arn:aws:iam::${accountId}:role/${named}`,
            rateControl: innerRateControl(rateControl, location),
          },
        }
      }),
    ),
  )
}

function innerRateControl(outer: RateControl, location: TargetLocation): RateControl | undefined {
  const { targetParameterName, targetMaps } = outer
  const targets = location.Targets ?? outer.targets
  if (!targets && !targetMaps) return undefined
  const maxConcurrency = location.TargetsMaxConcurrency ?? outer.maxConcurrency
  const maxErrors = location.TargetsMaxErrors ?? outer.maxErrors
  return { targetParameterName, targets, targetMaps, maxConcurrency, maxErrors }
}

/** The limits on an execution's own runs. Those of the first location hold for all of them. */
export function limitsOf(rateControl: RateControl): Pick<RateControl, 'maxConcurrency' | 'maxErrors'> {
  const [location] = rateControl.targetLocations ?? []
  if (!location) return rateControl
  const { TargetLocationMaxConcurrency, TargetLocationMaxErrors } = location
  return {
    maxConcurrency: TargetLocationMaxConcurrency ?? defaultLimit,
    maxErrors: TargetLocationMaxErrors ?? defaultLimit,
  }
}

/** What AWS's own examples show when nothing is said: one after the other, and one failure is let pass. */
export const defaultLimit = '1'

/** Runs that may go on at once: of a percentage at least one. */
export function mostAtOnce(maxConcurrency: string, targets: number): number {
  return Math.max(1, share(maxConcurrency, targets))
}

/** Failures that are let pass; with one more, no further run is begun. 10% of 50 targets: five. */
export function mostErrors(maxErrors: string, targets: number): number {
  return share(maxErrors, targets)
}

function share(limit: string, targets: number): number {
  return limit.endsWith('%') ? Math.floor((Number(limit.slice(0, -1)) * targets) / 100) : Number(limit)
}

/** What to do about targets whose runs so far have these statuses, in the targets' order. */
export type RateDecision =
  /** Begin runs for this many more targets (none: wait for those in hand). */
  | { readonly do: 'go on'; readonly begin: number }
  | { readonly do: 'end'; readonly status: 'Success' | 'Failed' | 'TimedOut' | 'Cancelled'; readonly message?: string }

export function nextRuns(
  { maxConcurrency, maxErrors }: Pick<RateControl, 'maxConcurrency' | 'maxErrors'>,
  targets: number,
  runs: readonly StepStatus[],
  stop: 'Cancel' | 'Complete' | undefined,
): RateDecision {
  const inHand = runs.filter(status => !isEnded(status)).length
  const errors = runs.filter(status => isEnded(status) && status !== 'Success').length
  const tooMany = errors > mostErrors(maxErrors, targets)
  const left = targets - runs.length
  if (!tooMany && stop === undefined && left > 0) {
    return { do: 'go on', begin: Math.min(left, Math.max(0, mostAtOnce(maxConcurrency, targets) - inHand)) }
  }
  if (inHand > 0) return { do: 'go on', begin: 0 }
  if (stop !== undefined) {
    const message = `The execution was stopped after ${runs.length} of ${targets} targets, as asked for (${stop}).`
    return { do: 'end', status: 'Cancelled', message }
  }
  if (!tooMany) return { do: 'end', status: 'Success' }
  const timedOut = runs.every(status => status === 'Success' || status === 'TimedOut')
  const message = `${errors} of ${runs.length} runs did not succeed, and MaxErrors is ${maxErrors}.${
    left > 0 ? ` ${left} further targets were not begun.` : ''
  }`
  return { do: 'end', status: timedOut ? 'TimedOut' : 'Failed', message }
}
