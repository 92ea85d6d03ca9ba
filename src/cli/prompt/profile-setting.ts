import { situationOf } from '../completion/situation.ts'
import type { Io } from '../io.ts'
import { openSession, type Session, setting } from '../session.ts'

/** `cli_auto_prompt` of the profile, for a command that failed perhaps before its profile was looked at. */
export function profilePromptSetting(
  words: readonly string[],
  { env, cwd, program }: Io,
  session: Session | undefined,
): string | undefined {
  try {
    const profile = situationOf(words, '', program).given.get('profile')
    return setting(session ?? openSession(env, cwd, profile || undefined), [], 'cli_auto_prompt')
  } catch {
    // A profile or file that is wrong is the command's own failure.
    return undefined
  }
}
