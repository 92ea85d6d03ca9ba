import { runProcess } from '../../processes/run.ts'
import type { ProcessUser } from '../../processes/user.ts'
import { maxOutput, type Told } from './request.ts'

/** A command that is started for one run. */
export interface Start {
  readonly command: string
  readonly args: readonly string[]
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  readonly user?: ProcessUser
}

/** Runs a script in a process that is started for it; undefined when it was told to stop. */
export async function runCold(start: Start, request: string, abort: AbortSignal): Promise<Told | undefined> {
  const { stdout, channel, aborted } = await runProcess({
    ...start,
    stdin: request,
    abort,
    // The supervisor ends what the script has put into other sessions, which no signal to the group reaches.
    abortFirst: { signal: 'SIGTERM', milliseconds: 6_000 },
    channel: true,
    maxOutputBytes: maxOutput,
  })
  return aborted ? undefined : { channel, log: stdout }
}
