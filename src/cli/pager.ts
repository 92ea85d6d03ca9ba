import { spawn } from 'node:child_process'
import { CliError } from './errors.ts'
import type { Output } from './formatters/formatter.ts'
import { holdInterrupts } from './interrupt.ts'
import type { Stream } from './io.ts'
import { type Session, setting } from './session.ts'
import { splitWords } from './words.ts'

/** The pager's command: AWS_PAGER, `cli_pager`, PAGER, less; an empty one is none. */
export function pagerCommand(session: Session): string | undefined {
  return (setting(session, ['AWS_PAGER'], 'cli_pager') ?? session.env['PAGER'] ?? 'less') || undefined
}

export interface PagerOutput extends Output {
  /** Let the reader finish; settles when the pager has ended. */
  close(): Promise<void>
}

/** Start a pager on the terminal. Throws a CliError with code Pager when it cannot be started. */
export function openPager(command: string, session: Session, terminal: Stream): Promise<PagerOutput> {
  const [file = '', ...args] = splitWords(command)
  const env = { ...session.env, LESS: session.env['LESS'] ?? 'FRX' }
  const release = holdInterrupts()
  const pager = spawn(file, args, { env, cwd: session.cwd, stdio: ['pipe', terminal.fd ?? 'pipe', 'inherit'] })
  // A stream without a descriptor cannot be handed on: what the pager writes is carried over.
  pager.stdout?.setEncoding('utf8').on('data', (text: string) => terminal.write(text))
  // A reader who leaves early closes the pipe; that is no failure.
  pager.stdin!.on('error', () => {})
  const ended = new Promise<void>(resolve => {
    pager.once('close', () => {
      release()
      resolve()
    })
  })
  return new Promise((resolve, reject) => {
    pager.once('error', error => {
      release()
      const reason =
        (error as NodeJS.ErrnoException).code === 'ENOENT'
          ? `[Errno 2] No such file or directory: '${file}'`
          : error.message
      reject(
        new CliError(
          `Unable to redirect output to pager. Received the following error when opening pager:\n${reason}\n\n` +
            'Learn more about configuring the output pager by running "aws help config-vars".',
          { cause: error, code: 'Pager' },
        ),
      )
    })
    pager.once('spawn', () =>
      resolve({
        write: text => {
          pager.stdin!.write(text)
        },
        close: () => {
          pager.stdin!.end()
          return ended
        },
      }),
    )
  })
}
