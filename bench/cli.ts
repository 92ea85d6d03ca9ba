/**
 * What one signed call costs: bellhop against the AWS CLI v2 and against a Node that does nothing, in turns, against the
 * same stub. The ratios are the result: milliseconds are the machine's.
 */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseJson } from '../src/cli/json.ts'
import { Stub } from '../test/cli/stub.ts'
import { inTurns, type Measured, median, type Program } from './measure.ts'

const root = join(import.meta.dirname, '..')
const answer = parseJson(
  JSON.stringify({
    RecordDetail: {
      RecordId: 'rec-2qxeb5yqwmksa',
      ProvisionedProductName: 'web-1',
      Status: 'CREATED',
      CreatedTime: 1563999986.123,
      UpdatedTime: 1563999986.456,
      ProvisionedProductType: 'CFN_STACK',
      RecordType: 'EXECUTE_PROVISIONED_PRODUCT_SERVICE_ACTION',
      ProvisionedProductId: 'pp-4tyfvadv4hmlc',
      RecordErrors: [],
      RecordTags: [{ Key: 'team', Value: 'blue' }],
    },
  }),
)

/** The AWS CLI v2 as distributions install it. */
const aws = '/usr/bin/aws'

interface Row {
  readonly name: string
  readonly runs: readonly Measured[]
}

/** Measure, and answer a section in Markdown. Without the AWS CLI, or a way to measure it, the section says so. */
export async function benchCli(rounds: number): Promise<string> {
  const home = mkdtempSync(join(tmpdir(), 'bellhop-bench-'))
  const stub = new Stub([{ body: answer }])
  try {
    const endpoint = `http://127.0.0.1:${await stub.listen()}`
    const programs = programsAt(endpoint)
    const measured = await inTurns(programs, rounds, environment(home))
    return section(
      [...measured].map(([name, runs]) => ({ name, runs })),
      rounds,
    )
  } finally {
    await stub.close()
    rmSync(home, { recursive: true, force: true })
  }
}

function programsAt(endpoint: string): ReadonlyMap<string, Program> {
  const words = [
    ...['servicecatalog', 'execute-provisioned-product-service-action', '--endpoint-url', endpoint],
    ...['--provisioned-product-id', 'pp-4tyfvadv4hmlc', '--service-action-id', 'act-fs7abcd89wxyz'],
  ]
  const bundle = join(root, 'dist', 'bellhop.cjs')
  const programs = new Map<string, Program>([
    ['node -e 0', [process.execPath, '-e', '0']],
    ['bellhop', [process.execPath, bundle, ...words]],
  ])
  if (existsSync(aws)) programs.set('aws', [aws, ...words])
  return programs
}

function environment(home: string): Record<string, string> {
  writeFileSync(join(home, 'config'), '[default]\nregion = us-east-1\n')
  writeFileSync(
    join(home, 'credentials'),
    '[default]\naws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY\n',
  )
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: home,
    TZ: 'UTC',
    LANG: 'C.UTF-8',
    AWS_CONFIG_FILE: join(home, 'config'),
    AWS_SHARED_CREDENTIALS_FILE: join(home, 'credentials'),
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_PAGER: '',
  }
}

function section(rows: readonly Row[], rounds: number): string {
  const of = (name: string, what: keyof Measured) => {
    const runs = rows.find(row => row.name === name)?.runs
    return runs && median(runs.map(run => run[what]))
  }
  const cell = (value: number | undefined, unit: string) => (value === undefined ? '-' : `${value.toFixed(0)} ${unit}`)
  const lines = rows.map(
    ({ name }) =>
      `| \`${name}\` | ${cell(of(name, 'cpu'), 'ms')} | ${cell(of(name, 'wall'), 'ms')} | ${cell(of(name, 'memory'), 'MiB')} |`,
  )
  const ratio = (what: keyof Measured, name: string, to: string) => {
    const [a, b] = [of(name, what), of(to, what)]
    return a === undefined || b === undefined ? 'not measured' : (a / b).toFixed(2)
  }
  const comparison = existsSync(aws)
    ? [
        `| aws / bellhop | **${ratio('cpu', 'aws', 'bellhop')}** | **${ratio('wall', 'aws', 'bellhop')}** | **${ratio('memory', 'aws', 'bellhop')}** |`,
      ]
    : []
  return [
    '## One signed call of the CLI',
    '',
    '`execute-provisioned-product-service-action` with credentials from a file, answered at once by a stub on the loopback',
    `interface and printed as JSON. Medians of ${rounds} rounds; in each round every program runs once, in random order.`,
    '',
    '| | CPU | wall | memory (peak RSS) |',
    '| --- | --- | --- | --- |',
    ...lines,
    '',
    '| ratio | CPU | wall | memory |',
    '| --- | --- | --- | --- |',
    ...comparison,
    `| bellhop / node -e 0 | **${ratio('cpu', 'bellhop', 'node -e 0')}** | **${ratio('wall', 'bellhop', 'node -e 0')}** | **${ratio('memory', 'bellhop', 'node -e 0')}** |`,
    '',
    ...(existsSync(aws) ? [] : ['The AWS CLI was not compared: it is not installed on this machine.', '']),
  ].join('\n')
}
