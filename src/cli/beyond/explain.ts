import { operationNames, operationSlice } from '../../model/slices.ts'
import { parseKnownArguments } from '../arguments.ts'
import type { Surroundings } from '../client.ts'
import { SERVICES } from '../commands.ts'
import { ParamError, UnknownOptionsError } from '../errors.ts'
import { kebabCase } from '../names.ts'
import { printAnswer } from '../operation.ts'
import { loadParameterFile } from '../paramfile.ts'
import type { Value, ValueMap } from '../values.ts'
import { EXPLAIN_OPTIONS } from './options.ts'
import { ask, textOf } from './shared.ts'

const USAGE = `NAME
    explain

    Says why a call was denied, or why one would be allowed or denied: which statement of which policy decided, the
    permissions boundary and the session's policies, how far the call reaches, the portfolio and the owner. Bellhop's
    own: AWS has no such operation.

SYNOPSIS
    explain --request-id ID
    explain --operation OPERATION [--input JSON|file://...] [--principal ARN]

OPTIONS
    --request-id ID         a request that was denied; the server remembers the last thousand
    --operation OPERATION   provision-product, ProvisionProduct or iam:create-user; Service Catalog's come first
    --input JSON            what it would be called with: ids and tags count
    --principal ARN         the user, role or session that would call it (you)
    Global options: with --output or --query the answer is printed as that of an operation.

    Anybody may ask about themselves. About others one needs bellhop:ExplainAccess, which AdministratorAccess and
    AWSServiceCatalogAdminFullAccess have.

EXIT CODE
    0 when it was explained, whether the call is allowed or not, and those of a call (252, 253, 254, 255)
`

/** `bellhop explain`: asks the server, and prints the answer for people unless a format was asked for. */
export async function runExplain(words: readonly string[], surroundings: Surroundings): Promise<void> {
  const { globals, session, io } = surroundings
  if (words[0] === 'help') {
    io.stdout.write(USAGE)
    return
  }
  const { values, rest } = parseKnownArguments(words, EXPLAIN_OPTIONS, [])
  if (rest.length > 0) throw new UnknownOptionsError(rest)
  const text = (name: string) => values.get(name) as string | undefined
  const [requestId, operation, principal] = [text('request-id'), text('operation'), text('principal')]
  if ((requestId === undefined) === (operation === undefined)) {
    throw new ParamError('Either --operation or --request-id says which call is to be explained, and not both.')
  }
  const given = text('input')
  const file = given === undefined ? undefined : loadParameterFile(given, session)
  const input: ValueMap = new Map()
  if (requestId !== undefined) input.set('RequestId', requestId)
  if (operation !== undefined) input.set('Operation', operationNamed(operation))
  if (given !== undefined) input.set('Input', typeof file === 'string' ? file : given)
  if (principal !== undefined) input.set('Principal', principal)
  const answer = await ask(surroundings, 'bellhop', 'ExplainAccess', input)
  if (globals.output !== undefined || globals.query !== undefined) {
    return printAnswer({ ...surroundings, ...operationSlice('bellhop', 'ExplainAccess') }, answer)
  }
  io.stdout.write(forPeople(answer))
}

/** The operation's own name for the command's: `iam:create-user` is iam:CreateUser. What is not known is left to the server. */
function operationNamed(text: string): string {
  const [service, name] = text.includes(':') ? text.split(':') : [undefined, text]
  for (const each of SERVICES as (keyof typeof operationNames)[]) {
    if (service !== undefined && each !== service) continue
    const found = operationNames[each].find(operation => operation === name || kebabCase(operation) === name)
    if (found !== undefined) return `${each}:${found}`
  }
  return text
}

const gateNames: ReadonlyMap<Value | undefined, string> = new Map([
  ['IDENTITY_POLICIES', 'identity policies'],
  ['PERMISSIONS_BOUNDARY', 'permissions boundary'],
  ['SESSION_POLICIES', 'session policies'],
  ['TRUST_POLICY', 'trust policy'],
  ['ACCESS_LEVEL', 'access level'],
  ['PASS_ROLE', 'role to be passed'],
  ['AUTOMATION', 'document'],
  ['PORTFOLIO_ACCESS', 'portfolio'],
  ['OWNER', 'owner'],
])

const outcomes: ReadonlyMap<Value | undefined, string> = new Map([
  ['ALLOWED', 'ok'],
  ['DENIED', 'DENIED'],
  ['EXPLICITLY_DENIED', 'DENIED'],
  ['UNKNOWN', '?'],
])

function forPeople(answer: ValueMap): string {
  const lines = [`${answer.get('Allowed') === true ? 'ALLOWED' : 'DENIED'}: ${textOf(answer.get('Reason'))}`, '']
  const principal = mapOf(answer.get('Principal'))
  const groups = listOf(principal.get('Groups')).map(textOf)
  lines.push(`who      ${textOf(principal.get('Arn'))}${groups.length > 0 ? `, in ${groups.join(', ')}` : ''}`)
  lines.push(`what     ${textOf(answer.get('Operation'))}`)
  const request = answer.get('Request')
  if (request instanceof Map) {
    lines.push(`request  ${textOf(request.get('RequestId'))} at ${textOf(request.get('Time'))}`)
    lines.push(`answer   ${textOf(request.get('ErrorCode'))}: ${textOf(request.get('ErrorMessage'))}`)
  }
  lines.push('')
  for (const gate of listOf(answer.get('Gates')).map(mapOf)) {
    const outcome = (outcomes.get(gate.get('Outcome')) ?? textOf(gate.get('Outcome'))).padEnd(7)
    const name = (gateNames.get(gate.get('Name')) ?? textOf(gate.get('Name'))).padEnd(20)
    lines.push(`${outcome} ${name} ${textOf(gate.get('Reason'))}`)
    for (const miss of listOf(gate.get('NearMisses')).map(mapOf)) {
      const sid = miss.get('Sid')
      const which = sid === undefined ? textOf(miss.get('Index')) : textOf(sid)
      const holder = miss.get('Holder')
      const where = `${textOf(miss.get('Policy'))}${holder === undefined ? '' : ` of ${textOf(holder)}`}`
      lines.push(`${' '.repeat(29)}near: statement ${which} of ${where}: ${textOf(miss.get('Reason'))}`)
    }
  }
  for (const note of listOf(answer.get('Notes'))) lines.push('', `Note: ${textOf(note)}`)
  return `${lines.join('\n')}\n`
}

function mapOf(value: Value | undefined): ValueMap {
  return value instanceof Map ? value : new Map()
}

function listOf(value: Value | undefined): readonly Value[] {
  return Array.isArray(value) ? value : []
}
