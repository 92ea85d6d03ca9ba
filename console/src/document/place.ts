/** The line that an error of the server's is about, where it says one or names a step, a parameter or a variable. */
export function placeOf(text: string, message: string): number | undefined {
  const stated = /At Line: (\d+)/.exec(message)?.[1]
  if (stated) return Number(stated)
  const [, what, name] = /^(Step|Parameter|Variable) "([^"]+)"/.exec(message) ?? []
  if (name === undefined) return undefined
  const lines = text.split('\n')
  const at = lines.findIndex(line =>
    what === 'Step'
      ? /\bname["']?\s*:\s*["']?([\w.-]+)/.exec(line)?.[1] === name
      : /^\s*["']?([\w.-]+)["']?\s*:/.exec(line)?.[1] === name,
  )
  return at < 0 ? undefined : at + 1
}
