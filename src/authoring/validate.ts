import { outputFormat, parseWords, type Surroundings } from './command-line.ts'
import { exitCodes, UsageFailure } from './failure.ts'
import { readText } from './files.ts'
import { type Finding, findingsOf } from './findings.ts'

export const validateUsage = `bellhop document validate FILE... [--strict] [--output text|json]
    Checks documents without sending them anywhere: errors as CreateDocument gives them, and warnings of
    what AWS takes but probably does not do what it seems to.
    --strict    a warning fails, too`

interface Validated {
  readonly file: string
  readonly findings: readonly Finding[]
}

/** Answers the exit code: 1 when a document has an error, or with --strict a warning. */
export async function runValidate(words: readonly string[], { cwd, stdout }: Surroundings): Promise<number> {
  const { values, positionals: files } = parseWords(words, { strict: { type: 'boolean' }, output: { type: 'string' } })
  if (files.length === 0) throw new UsageFailure('validate needs the name of a file.')
  const format = outputFormat(values['output'])
  const validated: Validated[] = []
  for (const file of files) validated.push({ file, findings: await findingsOf(readText(cwd, file)) })
  stdout.write(format === 'json' ? `${JSON.stringify({ documents: validated }, undefined, 4)}\n` : asText(validated))
  const all = validated.flatMap(({ findings }) => findings)
  const isBad = all.some(({ level }) => level === 'error' || values['strict'] === true)
  return isBad ? exitCodes.failed : 0
}

/** One line a finding, in the form that editors and CI systems turn into links. */
function asText(validated: readonly Validated[]): string {
  const lines = validated.flatMap(({ file, findings }) =>
    findings.length === 0
      ? [`${file}: ok`]
      : findings.map(({ level, rule, message, line }) => {
          const place = line === undefined ? file : `${file}:${line}`
          return level === 'error' ? `${place}: error: ${message}` : `${place}: warning: ${message} [${rule}]`
        }),
  )
  return `${lines.join('\n')}\n`
}
