import { readUiLog } from '../terraform/ui-log.ts'

/** What a run's log says: of the workspaces' two forms, JSON lines and text for a terminal. */
export interface RunLog {
  /** What tells people how far it is. What provisioners print is left out: nobody knows what is in it. */
  readonly lines: readonly string[]
  readonly errors: readonly string[]
}

const telling =
  /^(?!.*\([\w-]+\):)(?:.+: (?:Creating|Creation|Modifying|Modifications|Destroying|Destruction|Still|Provisioning|Reading|Read) ?.*|.+ will be .+|(?:Plan:|Apply complete!|Destroy complete!|No changes\.).*)$/

export function readRunLog(log: string): RunLog {
  const plain = log
    // Frames around the log, colours, and the frames around messages.
    .replace(/[\u0002\u0003]/g, '')
    .replace(/\u001b\[[0-9;]*[A-Za-z]/g, '')
  const events = readUiLog(plain)
  if (events.lines.length > 0 || events.errors.length > 0) return { lines: events.lines, errors: events.errors }
  const lines = plain.split('\n').map(line => line.replace(/^[╷╵│]\s?/, '').trim())
  return { lines: lines.filter(line => telling.test(line)), errors: errorsIn(lines) }
}

const longestError = 1500

/** From each `Error: ` to the next one; Terraform ends with them. */
function errorsIn(lines: readonly string[]): string[] {
  const errors: string[] = []
  for (const line of lines) {
    if (line.startsWith('Error: ')) errors.push(line.slice('Error: '.length))
    else if (errors.length > 0 && line !== '') errors.push(`${errors.pop()} ${line}`)
  }
  return errors.map(error => (error.length > longestError ? `${error.slice(0, longestError)}...` : error))
}
