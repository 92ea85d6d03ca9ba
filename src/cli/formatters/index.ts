import type { Formatter } from './formatter.ts'

/** The output formats by name, each loaded when it is asked for. */
export const FORMATTERS: ReadonlyMap<string, () => Promise<Formatter>> = new Map([
  ['json', async () => (await import('./json.ts')).formatJson],
  ['text', async () => (await import('./text.ts')).formatText],
  ['table', async () => (await import('./table.ts')).formatTable],
  ['yaml', async () => (await import('./yaml.ts')).formatYaml],
  ['yaml-stream', async () => (await import('./yaml.ts')).formatYamlStream],
  ['off', async () => (await import('./off.ts')).formatOff],
])
