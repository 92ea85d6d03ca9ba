import { printJson } from '../json.ts'
import { printYaml } from '../yaml.ts'
import { buffered, type Formatter, isEmptyAnswer } from './formatter.ts'

/** YAML with sorted keys; a scalar result of --query is printed as JSON. */
export const formatYaml: Formatter = buffered((value, output) => {
  if (isEmptyAnswer(value)) return
  output.write(Array.isArray(value) || value instanceof Map ? printYaml(value) : `${printJson(value)}\n`)
})

/** One list item per page, printed as it comes; --query sees one page at a time. */
export const formatYamlStream: Formatter = async (_operation, answer, output, { query }) => {
  if (answer instanceof Map) {
    const shown = query ? query.search(answer) : answer
    if (!isEmptyAnswer(shown)) output.write(printYaml([shown]))
    return
  }
  for await (const page of answer) output.write(printYaml([query ? query.search(page) : page]))
}
