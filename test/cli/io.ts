import { randomUUID } from 'node:crypto'
import type { Io } from '../../src/cli/main.ts'

/** Surroundings for a run inside the test's own process: nothing of that process shows through. */
export function testIo(): Io {
  return {
    // Nobody asks the machine's metadata service for a region or a role.
    env: { AWS_EC2_METADATA_DISABLED: 'true' },
    cwd: '/',
    program: 'aws',
    version: '0.0.0',
    stdout: { write: () => {} },
    stderr: { write: () => {} },
    stdin: {},
    now: () => new Date(),
    random: () => 0,
    sleep: milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds)),
    uuid: randomUUID,
    utcOffset: () => 0,
    userAgent: 'bellhop/test',
  }
}

export interface Ran {
  readonly exit: number
  readonly stdout: string
  readonly stderr: string
}

/** What a run printed, and its exit code. */
export async function capture(run: (io: Io) => Promise<number>, extra: Partial<Io> = {}): Promise<Ran> {
  const out: string[] = []
  const err: string[] = []
  const exit = await run({
    ...testIo(),
    stdout: { write: text => void out.push(text) },
    stderr: { write: text => void err.push(text) },
    ...extra,
  })
  return { exit, stdout: out.join(''), stderr: err.join('') }
}
