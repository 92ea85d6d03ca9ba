import type { GlobalOptions } from '../globals.ts'
import type { Io } from '../io.ts'
import { openSession, type Session } from '../session.ts'

const PLAIN_WIDTH = 80
const NARROWEST = 40
const WIDEST = 100

/** The width of a help page: the terminal's, within reason, or 80. */
export function pageWidth({ stdout }: Io): number {
  const columns = stdout.isTTY ? (stdout.columns ?? PLAIN_WIDTH) : PLAIN_WIDTH
  return Math.max(NARROWEST, Math.min(columns, WIDEST))
}

/**
 * Print a help page, through the pager when stdout is a terminal. Throws a CliError with code Pager when the pager cannot
 * be started.
 */
export async function showPage(page: string, io: Io, globals: GlobalOptions): Promise<void> {
  if (io.stdout.isTTY && globals.pager) {
    const { openPager, pagerCommand } = await import('../pager.ts')
    const session = sessionForHelp(io, globals.profile)
    const command = pagerCommand(session)
    if (command !== undefined) {
      const output = await openPager(command, session, io.stdout)
      output.write(page)
      return output.close()
    }
  }
  io.stdout.write(page)
}

/** Help is there for those, too, whose profile or configuration file is wrong: it is then read as if there were none. */
function sessionForHelp({ env, cwd }: Io, profile: string | undefined): Session {
  try {
    return openSession(env, cwd, profile)
  } catch {
    const none = { AWS_PROFILE: undefined, AWS_DEFAULT_PROFILE: undefined, AWS_CONFIG_FILE: '/dev/null' }
    return openSession({ ...env, ...none, AWS_SHARED_CREDENTIALS_FILE: '/dev/null' }, cwd, undefined)
  }
}
