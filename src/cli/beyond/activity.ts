import { operationSlice } from '../../model/slices.ts'
import { parseKnownArguments } from '../arguments.ts'
import type { Surroundings } from '../client.ts'
import { UnknownOptionsError } from '../errors.ts'
import { printAnswer } from '../operation.ts'
import type { Value, ValueMap } from '../values.ts'
import { ACTIVITY_OPTIONS } from './options.ts'
import { ask, maps, textOf } from './shared.ts'

const USAGE = `NAME
    activity

    Says who did what, the newest first: records with who asked for them, and who approved, rejected, resumed or stopped
    what ran. Bellhop's own: AWS's records do not tell who asked.

SYNOPSIS
    activity [--mine] [--principal ARN] [--type TYPE] [--status STATUS] [--provisioned-product-id ID]
             [--product-id ID] [--from TIME] [--to TIME] [--limit NUMBER]

OPTIONS
    --mine                   what is one's own; otherwise all that one may see
    --principal ARN          what this user or session did; with a role's ARN, all of its sessions
    --type TYPE              PROVISION_PRODUCT, UPDATE_PROVISIONED_PRODUCT, TERMINATE_PROVISIONED_PRODUCT,
                             EXECUTE_PROVISIONED_PRODUCT_SERVICE_ACTION, APPROVE, REJECT, RESUME, START_STEP,
                             STOP_STEP, CANCEL or COMPLETE
    --status STATUS          records that are CREATED, IN_PROGRESS, IN_PROGRESS_IN_ERROR, SUCCEEDED or FAILED
    --from TIME, --to TIME   from then on, and before then: 2026-01-31, 2026-01-31T08:00:00Z
    --limit NUMBER           at most so many (20)
    Global options: with --output or --query the answer of ListActivity is printed.

    Whoever may call servicecatalog:ListRecordHistory may ask, and is told as much as that tells them.
`

const usual = 20
const largestPage = 100

const members: readonly (readonly [option: string, member: string])[] = [
  ['principal', 'Principal'],
  ['type', 'Type'],
  ['status', 'Status'],
  ['provisioned-product-id', 'ProvisionedProductId'],
  ['product-id', 'ProductId'],
  ['from', 'From'],
  ['to', 'To'],
]

/** `bellhop activity`: ListActivity, for people unless a format was asked for. */
export async function runActivity(words: readonly string[], surroundings: Surroundings): Promise<void> {
  const { globals, io } = surroundings
  if (words[0] === 'help') {
    io.stdout.write(USAGE)
    return
  }
  const { values, rest } = parseKnownArguments(words, ACTIVITY_OPTIONS, [])
  if (rest.length > 0) throw new UnknownOptionsError(rest)
  const most = (values.get('limit') as number | undefined) ?? usual
  const key = values.get('mine') === true ? 'User' : 'Account'
  const input: ValueMap = new Map<string, Value>([
    [
      'AccessLevelFilter',
      new Map<string, Value>([
        ['Key', key],
        ['Value', 'self'],
      ]),
    ],
  ])
  for (const [option, member] of members) {
    const given = values.get(option)
    if (given !== undefined) input.set(member, given as string)
  }
  // A page may be short although there is more: only so much is looked through at a time.
  const found: ValueMap[] = []
  let answer: ValueMap
  do {
    input.set('PageSize', Math.max(1, Math.min(largestPage, most - found.length)))
    answer = await ask(surroundings, 'bellhop', 'ListActivity', input)
    found.push(...maps(answer.get('Activities')))
    const token = answer.get('NextPageToken')
    if (token === undefined) break
    input.set('PageToken', token)
  } while (found.length < most)
  if (globals.output !== undefined || globals.query !== undefined) {
    answer.set('Activities', found)
    return printAnswer({ ...surroundings, ...operationSlice('bellhop', 'ListActivity') }, answer)
  }
  if (found.length === 0) io.stdout.write('There is none.\n')
  for (const each of found) io.stdout.write(`${line(each)}\n`)
  if (answer.get('NextPageToken') !== undefined) io.stdout.write('There may be more: give --limit.\n')
}

function line(activity: ValueMap): string {
  const text = (member: string) => textOf(activity.get(member))
  const what = text('DocumentName') === '' ? text('Type') : `${text('Type')} ${text('DocumentName')}`
  const step = text('StepName')
  const comment = text('Comment')
  return [
    text('Time'),
    text('Principal'),
    step === '' ? what : `${what}, step ${step}`,
    text('ProvisionedProductName'),
    text('Status'),
    text('RecordId') || text('AutomationExecutionId'),
    comment === '' ? '' : JSON.stringify(comment),
    text('ErrorMessage') === '' ? '' : JSON.stringify(text('ErrorMessage')),
  ]
    .filter(each => each !== '')
    .join('  ')
}
