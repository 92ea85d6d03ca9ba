import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export const programFile = join(import.meta.dirname, 'fixtures/engine.mjs')

export interface Performed {
  readonly result: any
  /** Why it failed; absent: it ended well. */
  readonly failure?: string
}

export interface Performing {
  readonly ended: Promise<Performed>
  stop(): void
}

/** Runs the suite's program for one request, as engines behind HTTP or a queue do it. */
export function perform(directory: string, operation: string, request: object): Performing {
  const state = join(directory, 'state')
  mkdirSync(state, { recursive: true })
  const job = mkdtempSync(join(directory, 'job-'))
  const file = join(job, 'request.json')
  writeFileSync(file, JSON.stringify({ 'x-bellhop': {}, ...request }))
  const child: ChildProcess = spawn(process.execPath, [programFile, operation], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ENGINE_REQUEST: file, ENGINE_JOB_DIR: job, ENGINE_STATE_DIR: state },
  })
  const ended = new Promise<Performed>(resolve => {
    child.once('exit', code => {
      const outputs = join(job, 'outputs.json')
      const result = existsSync(outputs) ? JSON.parse(readFileSync(outputs, 'utf8')) : {}
      resolve(code === 0 ? { result } : { result, failure: result.error?.message ?? `ended with ${code}` })
    })
  })
  return { ended, stop: () => child.kill('SIGKILL') }
}
