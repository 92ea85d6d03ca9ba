import { writeSync } from 'node:fs'
import { ExitCode } from './errors.ts'

/**
 * Ctrl-C: the process ends at once with 130, whatever it waits for, and stdout gets the newline that the AWS CLI writes
 * there. While a pager has the terminal, the keys are the pager's.
 */
let held = 0

/** Listen for Ctrl-C from now on. */
export function endOnInterrupt(): void {
  process.on('SIGINT', () => {
    if (held === 0) interrupt()
  })
}

/** End the process as Ctrl-C does: a terminal in raw mode sends no signal. */
export function interrupt(): never {
  try {
    writeSync(1, '\n')
  } catch {
    // Nobody reads any more.
  }
  process.exit(ExitCode.interrupted)
}

/** Let Ctrl-C be another program's affair until the answered function is called. */
export function holdInterrupts(): () => void {
  held += 1
  let released = false
  return () => {
    if (!released) held -= 1
    released = true
  }
}
