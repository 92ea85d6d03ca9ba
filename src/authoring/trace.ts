import type { StepExecution } from '../catalog/execution.ts'
import { causeOf } from '../runbook/texts.ts'

/** A step's name, inside a loop with the loop's and the pass: `each[2].stop`. */
export function stepLabel({ name, parent }: Pick<StepExecution, 'name' | 'parent'>): string {
  return parent ? `${parent.stepName}[${parent.iteration}].${name}` : name
}

/** The steps of a run, a line each: when, what, how it ended, with its outputs or why it failed. */
export function traceLines(history: readonly StepExecution[]): string[] {
  const start = history[0]?.startedAt.getTime() ?? 0
  const rows = history.map(row => {
    const again = row.attempt > 1 ? ` (attempt ${row.attempt})` : ''
    return [clock(row.startedAt.getTime() - start), `${stepLabel(row)}${again}`, row.action, row.status, detail(row)]
  })
  const widths = [0, 1, 2, 3].map(column => Math.max(...rows.map(row => row[column]!.length)))
  return rows.map(row =>
    row
      .map((text, column) => text.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}

/** Time since the start: 0:00:10, or with days where it takes those. */
export function clock(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000)
  const two = (number: number) => String(number % 60).padStart(2, '0')
  const days = Math.floor(seconds / 86_400)
  const hours = Math.floor((seconds % 86_400) / 3600)
  return `${days > 0 ? `${days}d ` : ''}${hours}:${two(Math.floor(seconds / 60))}:${two(seconds)}`
}

const longest = 100

function detail(row: StepExecution): string {
  if (row.failure) return short(causeOf(row.failure.message))
  const outputs = Object.entries(row.outputs).filter(([name]) => name !== 'OutputPayload' && name !== 'Isolation')
  const parts = outputs.map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
  return short([...(row.chosenStep === undefined ? [] : [`-> ${row.chosenStep}`]), ...parts].join(' '))
}

function short(text: string): string {
  const line = text.replaceAll('\n', ' ')
  return line.length > longest ? `${line.slice(0, longest - 3)}...` : line
}
