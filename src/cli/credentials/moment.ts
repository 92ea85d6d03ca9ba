import { CliError } from '../errors.ts'

/**
 * A moment as services and caches write it: ISO 8601 with Z, an offset, or `UTC` (which the AWS CLI's own cache files
 * have). Throws a CliError for anything else: credentials whose end is not known are not used.
 */
export function parseMoment(text: string): Date {
  const moment = new Date(text.trim().replace(/UTC$/, 'Z'))
  if (Number.isNaN(moment.getTime())) throw new CliError(`Unknown string format: ${text}`)
  return moment
}
