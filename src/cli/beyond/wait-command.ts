import { operationSlice } from '../../model/slices.ts'
import { type ArgumentValue, parseKnownArguments } from '../arguments.ts'
import type { Surroundings } from '../client.ts'
import { ParamError, UnknownOptionsError } from '../errors.ts'
import { printAnswer } from '../operation.ts'
import { WAITERS, waiterOptions } from './options.ts'
import { DEFAULT_TIMEOUT, type Waited, type WaitOptions, waitForProduct, waitForRecord } from './wait.ts'

/** `bellhop servicecatalog wait WAITER`: what can be waited for, and how it is named. */
const CHOICES = [...WAITERS, 'help'] as const

const USAGE = `NAME
    wait

WAITERS
    record-succeeded --id RECORD
        until the record has ended
    provisioned-product-available --id PRODUCT | --name NAME
        until the provisioned product is AVAILABLE

OPTIONS
    --timeout SECONDS    give up after so long (${DEFAULT_TIMEOUT})
    --interval SECONDS   look so often (0.5 at first, up to 5)

EXIT CODES
    0 reached, 5 ended otherwise, 3 time is up, and those of a call (252, 253, 254, 255, 130)
`

/** Run a waiter: progress on stderr, what was seen last on stdout. Throws a WaitFailure when it ended otherwise. */
export async function runWait(words: readonly string[], surroundings: Surroundings): Promise<void> {
  const { values: named, rest } = parseKnownArguments(words, [], [{ name: 'waiter', required: true, choices: CHOICES }])
  const waiter = named.get('waiter') as (typeof CHOICES)[number]
  if (waiter === 'help') {
    surroundings.io.stdout.write(USAGE)
    return
  }
  const isRecord = waiter === 'record-succeeded'
  const parsed = parseKnownArguments(rest, waiterOptions(waiter), [])
  if (parsed.rest.length > 0) throw new UnknownOptionsError(parsed.rest)
  const times = waitOptions(parsed.values, '')
  const id = parsed.values.get('id') as string | undefined
  const name = parsed.values.get('name') as string | undefined
  if (isRecord) return finish(surroundings, 'DescribeRecord', await waitForRecord(surroundings, id!, times))
  if ((id === undefined) === (name === undefined)) {
    throw new ParamError('Either --id or --name names the provisioned product, and not both.')
  }
  const by = id === undefined ? (['Name', name!] as const) : (['Id', id] as const)
  return finish(surroundings, 'DescribeProvisionedProduct', await waitForProduct(surroundings, by, times))
}

async function finish(surroundings: Surroundings, operation: string, { answer, failure }: Waited): Promise<void> {
  await printAnswer({ ...surroundings, ...operationSlice('servicecatalog', operation) }, answer)
  if (failure !== undefined) throw failure
}

/** The time options of a waiter or, after `wait-`, of an operation. Throws a ParamError for a negative one. */
export function waitOptions(values: ReadonlyMap<string, ArgumentValue>, prefix: '' | 'wait-'): WaitOptions {
  const seconds = (name: string) => {
    const value = values.get(prefix + name) as number | undefined
    if (value !== undefined && !(value >= 0 && value < 1e7)) {
      throw new ParamError(`Bad value for --${prefix}${name} ${value}: it must be a number of seconds.`)
    }
    return value
  }
  return { timeout: seconds('timeout') ?? DEFAULT_TIMEOUT, interval: seconds('interval') }
}
