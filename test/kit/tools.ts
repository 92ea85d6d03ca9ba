import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { delimiter, isAbsolute, join } from 'node:path'
import type { TestContext } from 'node:test'
import { promisify } from 'node:util'
import { postgresPrograms } from './postgres.ts'

export interface Finished {
  /** null: killed, for instance at its time limit. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** No client takes longer for one command, not even on a busy machine. */
const mostMilliseconds = 90_000

/** Runs a program to its end, whatever its exit code. Its environment is the one given and nothing else. */
export function runTool(command: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const options = { env, timeout: mostMilliseconds, maxBuffer: 16 * 1024 * 1024 }
    const child = execFile(command, args, options, (error, stdout, stderr) => {
      if (error && typeof error.code === 'string') reject(error)
      else resolve({ code: child.exitCode, stdout, stderr })
    })
    child.stdin?.end()
  })
}

interface Tool {
  /** What has to be there, in words. */
  readonly what: string
  /** Where it may lie, best first. */
  readonly candidates: () => readonly string[]
  readonly args: readonly string[]
  /** What it prints when it is the right one. */
  readonly answers: RegExp
  /** Used where it is there, never insisted on. */
  readonly optional?: boolean
}

const onPath = (name: string): string[] =>
  (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter(isAbsolute)
    .map(directory => join(directory, name))

/** Whether boto3 can play an engine that pulls: the Notify operations, and queues in JSON, as they are spoken today. */
const pullCheck = `
import boto3
client = lambda service: boto3.client(service, region_name='us-east-1', aws_access_key_id='x', aws_secret_access_key='x')
assert hasattr(client('servicecatalog'), 'notify_provision_product_engine_workflow_result')
assert client('sqs').meta.service_model.metadata['protocol'] == 'json'
print('boto3', boto3.__version__)
`

const pythons = () => [process.env['BELLHOP_TEST_PYTHON'] ?? [], onPath('python3'), '/usr/bin/python3'].flat()

const tools = {
  // Debian's is version 2; what lies first on the PATH may be the older one that pip installs.
  aws: {
    what: 'AWS CLI version 2 (aws)',
    candidates: () => ['/usr/bin/aws', '/usr/local/bin/aws', ...onPath('aws')],
    args: ['--version'],
    answers: /^aws-cli\/2\./,
  },
  boto3: {
    what: 'python3 with boto3 (on the PATH, or named by BELLHOP_TEST_PYTHON)',
    candidates: pythons,
    args: ['-c', "import boto3; print('boto3', boto3.__version__)"],
    answers: /^boto3 /,
  },
  postgres: {
    what: 'PostgreSQL server programs (initdb, postgres)',
    candidates: () => [postgresPrograms() ?? []].flat().map(folder => join(folder, 'postgres')),
    args: ['--version'],
    answers: /^postgres \(PostgreSQL\) (1[5-9]|[2-9]\d)/,
  },
  ansible: {
    what: 'ansible-playbook',
    candidates: () => onPath('ansible-playbook'),
    args: ['--version'],
    answers: /^ansible-playbook \[core /,
  },
  moto: {
    what: "python3 with moto's server (pip install 'moto[server]'; on the PATH, or named by BELLHOP_TEST_PYTHON)",
    candidates: pythons,
    args: ['-c', "import moto, moto.server; print('moto', moto.__version__)"],
    answers: /^moto 5\./,
  },
  // Debian 12's is older, so CI, which installs from there, cannot insist on it.
  'boto3 that pulls': {
    what: 'python3 with a boto3 of 2024 or later (on the PATH, or named by BELLHOP_TEST_PYTHON)',
    candidates: pythons,
    args: ['-c', pullCheck],
    answers: /^boto3 /,
    optional: true,
  },
  terraform: {
    what: 'Terraform (terraform on the PATH)',
    candidates: () => [...onPath('terraform'), '/usr/local/bin/terraform'],
    args: ['version'],
    answers: /^Terraform v1\./,
  },
} satisfies Record<string, Tool>

export type ToolName = keyof typeof tools

const found = new Map<ToolName, Promise<string | undefined>>()

/**
 * The command of a tool that a test needs, or undefined after the test was skipped, saying what it lacks. With
 * BELLHOP_REQUIRE_ALL=1, as CI sets it, a tool that is missing is a failure, unless it is optional.
 */
export async function requireTool(t: Pick<TestContext, 'skip'>, name: ToolName): Promise<string | undefined> {
  const { what, optional }: Tool = tools[name]
  if (!found.has(name)) found.set(name, find(tools[name]))
  const command = await found.get(name)
  if (command !== undefined) return command
  if (!optional) assert.notEqual(process.env['BELLHOP_REQUIRE_ALL'], '1', `Not found: ${what}`)
  t.skip(`not found: ${what}`)
  return undefined
}

async function find({ candidates, args, answers }: Tool): Promise<string | undefined> {
  for (const command of new Set(candidates())) {
    const env = { PATH: process.env['PATH'], HOME: process.env['HOME'] }
    const answer = await promisify(execFile)(command, args, { env, timeout: mostMilliseconds }).catch(() => undefined)
    if (answer && answers.test(answer.stdout)) return command
  }
  return undefined
}
