/** One line of JSON to stderr: time, level, message and what belongs to it. Never a secret: callers hand in no bodies. */
export interface Log {
  info(message: string, fields?: Readonly<Record<string, unknown>>): void
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void
  error(message: string, error: unknown, fields?: Readonly<Record<string, unknown>>): void
}

const levels = ['info', 'warn', 'error'] as const
export type LogLevel = (typeof levels)[number]

/** BELLHOP_LOG: the least that is written; info, a line for each request and step, unless it says otherwise. */
export function logLevel(text: string | undefined): LogLevel {
  return levels.find(level => level === text) ?? 'info'
}

export function jsonLog(write: (line: string) => void, now: () => Date, least: LogLevel = 'info'): Log {
  const line = (level: LogLevel, message: string, fields: Readonly<Record<string, unknown>> = {}) => {
    write(`${JSON.stringify({ time: now().toISOString(), level, message, ...fields })}\n`)
  }
  const off = () => {}
  const isOn = (level: LogLevel) => levels.indexOf(level) >= levels.indexOf(least)
  return {
    info: isOn('info') ? (message, fields) => line('info', message, fields) : off,
    warn: isOn('warn') ? (message, fields) => line('warn', message, fields) : off,
    error: (message, error, fields) => line('error', message, { ...fields, error: describe(error) }),
  }
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const cause = error.cause === undefined ? '' : `\ncaused by ${describe(error.cause)}`
  return `${error.stack ?? error.message}${cause}`
}
