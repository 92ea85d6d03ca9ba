import { operationSlice } from '../../model/slices.ts'
import { parseKnownArguments } from '../arguments.ts'
import type { Surroundings } from '../client.ts'
import { UnknownOptionsError } from '../errors.ts'
import { printAnswer } from '../operation.ts'
import type { Value, ValueMap } from '../values.ts'
import { ask, maps, textOf } from './shared.ts'

const USAGE = `NAME
    health

    Says how the server is: its nodes, its engines, its database and what waits. Bellhop's own.

SYNOPSIS
    health

    Global options: with --output or --query the answer of DescribeHealth is printed.
    It needs bellhop:DescribeHealth, in the server's own account.
`

/** `bellhop health`: DescribeHealth, for people unless a format was asked for. */
export async function runHealth(words: readonly string[], surroundings: Surroundings): Promise<void> {
  const { globals, io } = surroundings
  if (words[0] === 'help') {
    io.stdout.write(USAGE)
    return
  }
  const { rest } = parseKnownArguments(words, [], [])
  if (rest.length > 0) throw new UnknownOptionsError(rest)
  const answer = await ask(surroundings, 'bellhop', 'DescribeHealth', new Map())
  if (globals.output !== undefined || globals.query !== undefined) {
    return printAnswer({ ...surroundings, ...operationSlice('bellhop', 'DescribeHealth') }, answer)
  }
  io.stdout.write(forPeople(answer))
}

function forPeople(answer: ValueMap): string {
  const database = mapOf(answer.get('Database'))
  const backlog = mapOf(answer.get('Backlog'))
  const oldest = backlog.get('OldestDueSeconds')
  const lines = [
    `database  ${textOf(database.get('Kind'))}${known(database.get('Bytes'), value => `  ${Math.round(Number(value) / 2 ** 20)} MiB`)}${commits(database)}`,
    `backlog   ${textOf(backlog.get('Unfinished'))} not ended, ${textOf(backlog.get('Due'))} with something to do${known(oldest, value => `, the oldest for ${value} s`)}`,
    '',
  ]
  for (const node of maps(answer.get('Nodes'))) {
    const text = (member: string) => textOf(node.get(member))
    const inHand = known(node.get('ExecutionsInHand'), value => `  ${value} in hand`)
    const seen = text('Status') === 'GONE' ? `  last seen ${text('LastSeenTime')}` : ''
    lines.push(
      `node    ${text('Status').padEnd(5)} ${text('NodeId')}  ${text('Role')}  ${text('Version')}  ${text('Address')}  since ${text('StartedTime')}${inHand}${commits(node)}${seen}`,
    )
  }
  for (const engine of maps(answer.get('Engines'))) {
    const text = (member: string) => textOf(engine.get(member))
    const parts = [
      `engine  ${text('ProductType')} ${text('Name')}`,
      [text('Transport'), text('BackEnd')].filter(part => part !== '').join(' '),
      `${text('UnderWay')} under way${known(engine.get('OldestSeconds'), value => ` for ${value} s`)}`,
      known(engine.get('LastSuccessTime'), value => `last success ${value}`),
      known(engine.get('LastFailureTime'), value => `last failure ${value}: ${JSON.stringify(text('LastError'))}`),
    ]
    lines.push(parts.filter(part => part !== '').join('  '))
  }
  return `${lines.join('\n')}\n`
}

function commits(of: ValueMap): string {
  const [median, p99] = [of.get('CommitMilliseconds'), of.get('CommitP99Milliseconds')]
  return median === undefined ? '' : `  commits ${textOf(median)} ms (p99 ${textOf(p99)})`
}

function known(value: Value | undefined, say: (text: string) => string): string {
  return value === undefined || value === null ? '' : say(String(value))
}

function mapOf(value: Value | undefined): ValueMap {
  return value instanceof Map ? value : new Map()
}
