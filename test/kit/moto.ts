import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import type { TestContext } from 'node:test'
import { type AwsApi, createAws } from '../../src/aws/index.ts'
import { requireTool } from './tools.ts'

/**
 * moto, which stands for AWS: one process for the whole run of the tests, started by the first who asks, ended with the run.
 *
 *     const moto = await requireMoto(t)        // undefined: the test was skipped
 *     if (!moto) return
 *     const { api, env } = await moto.account()
 *     await api.call('ec2', 'RunInstances', { ImageId: 'ami-12345678', MinCount: 1, MaxCount: 1 })
 *     startBellhop({ dataDirectory, env })     // whose calls of AWS arrive in the same account
 *
 * State is kept by account, and every call of `account()` gives a new, empty one: ask for one per file or test and nobody
 * disturbs anybody. There is no reset. Names of S3 buckets are global: put the account's id into them.
 * Roles need not exist: any `arn:aws:iam::ACCOUNT:role/NAME` can be assumed, and its calls arrive in ACCOUNT.
 */
export interface Moto {
  readonly url: string
  /** Leads to moto's own account, 123456789012, which all share: for tests that only read. */
  readonly env: Readonly<Record<string, string>>
  account(): Promise<MotoAccount>
}

export interface MotoAccount {
  readonly id: string
  readonly region: string
  /** What leads AWS tools, Bellhop among them, to this account. */
  readonly env: Readonly<Record<string, string>>
  /** For setting things up and reading them back. */
  readonly api: AwsApi
}

const region = 'us-east-1'

/** Ends with its standard input, so that it does not outlive the tests, however they end. */
const program = `
import os, sys, threading
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
from moto.server import main
main(['-H', '127.0.0.1', '-p', '0'])
`

let running: Promise<string> | undefined
let accounts = 0

/** moto, or undefined after the test was skipped because it is not installed. */
export async function requireMoto(t: Pick<TestContext, 'skip'>): Promise<Moto | undefined> {
  const python = await requireTool(t, 'moto')
  if (python === undefined) return undefined
  running ??= start(python)
  const url = await running
  return { url, env: ownEnv(url), account: () => newAccount(url) }
}

function start(python: string): Promise<string> {
  const child = spawn(python, ['-c', program], {
    stdio: ['pipe', 'ignore', 'pipe'],
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'] },
  })
  return new Promise((resolve, reject) => {
    let log = ''
    child.once('error', reject)
    child.once('exit', code => reject(new Error(`moto ended with ${code}: ${log}`)))
    child.stderr.setEncoding('utf8').on('data', text => {
      log = (log + text).slice(-10_000)
      const url = /Running on (http:\/\/127\.0\.0\.1:\d+)/.exec(log)?.[1]
      if (url === undefined) return
      // From here on it must not keep the tests from ending.
      child.unref()
      for (const pipe of [child.stdin, child.stderr]) (pipe as unknown as { unref(): void }).unref()
      resolve(url)
    })
  })
}

function ownEnv(url: string) {
  return { AWS_ENDPOINT_URL: url, AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_REGION: region }
}

async function newAccount(url: string): Promise<MotoAccount> {
  accounts += 1
  const id = String(300_000_000_000 + accounts)
  const env = ownEnv(url)
  const aws = createAws({ env, now: Date.now })
  const api = aws.as({ accountId: id, region, sessionName: 'tests', roleArn: `arn:aws:iam::${id}:role/Tests` })
  const { accessKeyId, secretAccessKey, sessionToken } = await api.credentials()
  assert.ok(sessionToken)
  const own = {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  }
  return { id, region, api, env: { ...env, ...own } }
}
