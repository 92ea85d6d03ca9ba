import { BEYOND } from '../commands.ts'
import { ParamError } from '../errors.ts'
import type { Environment } from '../session.ts'

/** `on`: always ask. `on-partial`: ask when the command as given does not parse or lacks something. */
export type PromptMode = 'on' | 'on-partial' | 'off'

/**
 * Whether the AWS CLI would ask for the command: the options win over AWS_CLI_AUTO_PROMPT, and that over the profile's
 * `cli_auto_prompt`. Help and version are never asked for, and neither is a command of ours for start-up files and pipes.
 * Throws a ParamError when both options are given.
 */
export function promptMode(
  argv: readonly string[],
  env: Environment,
  profileSetting: () => string | undefined,
): PromptMode {
  if (bothPromptOptions(argv)) {
    throw new ParamError('Both --cli-auto-prompt and --no-cli-auto-prompt cannot be specified at the same time.')
  }
  if ([OFF, 'help', '--version'].some(word => argv.includes(word))) return 'off'
  if ([...BEYOND, 'completion'].includes(argv[0] ?? '')) return 'off'
  if (argv.includes(ON)) return 'on'
  const mode = (env['AWS_CLI_AUTO_PROMPT'] ?? profileSetting())?.toLowerCase()
  return mode === 'on' || mode === 'on-partial' ? mode : 'off'
}

const ON = '--cli-auto-prompt'
const OFF = '--no-cli-auto-prompt'

export function bothPromptOptions(argv: readonly string[]): boolean {
  return argv.includes(ON) && argv.includes(OFF)
}
