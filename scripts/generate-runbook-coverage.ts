/**
 * Writes docs/runbook-coverage.md: what of schemaVersion 0.3 the runbook takes, out of its own tables, with the tests behind
 * each; and of what public documents use (docs/runbook-features.json) what is taken, by parsing an example of each. With
 * --check it writes nothing and fails when the file is stale. Usage: node scripts/generate-runbook-coverage.ts [--check]
 */
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { actions } from '../src/runbook/actions/index.ts'
import { operators } from '../src/runbook/conditions.ts'
import { DocumentError } from '../src/runbook/document.ts'
import { systemVariables } from '../src/runbook/interpolate.ts'
import { outputTypes } from '../src/runbook/outputs.ts'
import { checkParameters, parameterTypes } from '../src/runbook/parameters.ts'
import { documentProperties, parseDocument } from '../src/runbook/parse.ts'
import { parameterProperties } from '../src/runbook/parsing/parameters.ts'
import { stepProperties } from '../src/runbook/parsing/steps.ts'

const root = join(import.meta.dirname, '..')
const file = join(root, 'docs/runbook-coverage.md')
const features = JSON.parse(readFileSync(join(root, 'docs/runbook-features.json'), 'utf8'))

/** What tests the runbook: its own tests, and the semantic cases with their documents. */
const tests = globSync(
  [
    'src/runbook/**/*.test.ts',
    'src/worker/*.test.ts',
    'test/runbook/*.test.ts',
    'test/aws/actions.test.ts',
    'test/cases/runbook/semantic/docs/*',
  ],
  {
    cwd: root,
  },
)
  .sort()
  .map(path => ({ name: shortName(path), text: readFileSync(join(root, path), 'utf8') }))

/** `loop.test.ts` as `loop`, a case by its number. */
function shortName(path: string): string {
  return /\/docs\//.test(path) ? basename(path).split('-')[0]! : basename(path, '.test.ts')
}

/** The first few tests that name it; none: a dash, which is worth looking into. */
function testsOf(pattern: RegExp): string {
  const names = [...new Set(tests.filter(({ text }) => pattern.test(text)).map(({ name }) => name))]
  if (names.length === 0) return '–'
  return names.length > 6 ? `${names.slice(0, 6).join(', ')} ...` : names.join(', ')
}

const word = (name: string) => new RegExp(`(?<![\\w:])${name.replaceAll('.', '\\.')}(?!\\w)`)
const code = (names: Iterable<string>) => [...names].map(name => `\`${name}\``).join(', ')
const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ')
const table = (head: readonly string[], rows: readonly (readonly string[])[]) =>
  [head, head.map(() => '---'), ...rows.map(row => row.map(cell))].map(row => `| ${row.join(' | ')} |`).join('\n')

const actionRows = [...actions.values()]
  .filter(action => !action.internal)
  .sort((a, b) => (a.name < b.name ? -1 : 1))
  .map(({ name, inputs, outputs = [] }) => [
    `\`${name}\``,
    [...inputs.required.map(input => `**${input}**`), ...inputs.optional].join(', '),
    outputs === 'response' ? 'all that it answers' : outputs.join(', '),
    testsOf(word(name)),
  ])

/** Of the actions that public documents use, those that are not there. */
const missing = Object.keys(features.actions).filter(name => !actions.has(name))

const properties = (names: readonly string[], where: string) =>
  table(
    [where, 'Tests'],
    names.map(name => [`\`${name}\``, testsOf(word(name))]),
  )

interface Feature {
  readonly feature: string
  readonly documents: number
  readonly document?: { readonly parameters?: Record<string, unknown> }
  readonly step?: { readonly inputs?: object }
}

/** An example takes an input away by null. */
const present = (inputs: object) => Object.fromEntries(Object.entries(inputs).filter(([, value]) => value !== null))

/** A document that uses the feature and little else. */
function example({ document, step }: Feature): string {
  const script = (name: string, more: { readonly inputs?: object } = {}) => ({
    name,
    action: 'aws:executeScript',
    ...more,
    inputs: present({ Runtime: 'python3.11', Handler: 'h', Script: 'def h(events, context): pass', ...more.inputs }),
  })
  return JSON.stringify({
    schemaVersion: '0.3',
    ...document,
    mainSteps: [script('other'), script('step', step), script('last')],
  })
}

/** Why a document is refused: when it is made, or when it is started. */
function refusal(content: string, takesDefaults: boolean): string | undefined {
  try {
    const document = parseDocument(content)
    if (takesDefaults) checkParameters(document, {})
    return undefined
  } catch (error) {
    if (error instanceof Error && (error instanceof DocumentError || error.name === 'ParameterError'))
      return error.message
    throw error
  }
}

const featureRows = (features.features as Feature[]).map(feature => {
  const parameters = Object.values(feature.document?.parameters ?? {}) as { default?: unknown }[]
  const refused = refusal(
    example(feature),
    parameters.length > 0 && parameters.every(each => each.default !== undefined),
  )
  return { ...feature, refused }
})
const actionUse = (Object.entries(features.actions) as [string, number][]).sort((a, b) => b[1] - a[1])
const runtimeRows = (features.runtimes as { runtime: string; steps: number }[]).map(({ runtime, steps }) => {
  const refused = refusal(example({ feature: runtime, documents: 0, step: { inputs: { Runtime: runtime } } }), false)
  return [`\`${runtime}\``, String(steps), refused === undefined ? 'taken' : refused]
})

const taken = featureRows.filter(({ refused }) => refused === undefined).length
const text = `<!-- Generated by scripts/generate-runbook-coverage.ts from the runbook's tables and runbook-features.json. Do not edit. -->

# What is taken of automation documents

Out of the runbook's own tables. Tests are named by their file (\`loop\` is loop.test.ts) or, as s01, s02 and so on, by the
semantic case whose document uses it; a dash says that none names it.

## Actions

${actions.size - [...actions.values()].filter(({ internal }) => internal).length} actions${missing.length > 0 ? `; of those that public documents use, not there yet: ${code(missing)}` : ''}. Required inputs are bold. Outputs are those that a step has
without declaring them.

${table(['Action', 'Inputs', 'Outputs', 'Tests'], actionRows)}

## The document

${properties(documentProperties, 'Property')}

## Parameters and variables

Types: ${code(parameterTypes)}, AWS's own such as \`AWS::EC2::Instance::Id\`, and lists of those.

${properties(parameterProperties, 'Property')}

## Steps

${properties(stepProperties, 'Property')}

Outputs of a step have a type of ${code(outputTypes)}, or none.

## Conditions

Of aws:branch and aws:loop; \`And\`, \`Or\` and \`Not\` nest.

${table(
  ['Operator', 'Tests'],
  [...operators.keys(), 'And', 'Or', 'Not'].map(name => [`\`${name}\``, testsOf(word(name))]),
)}

## References

\`{{ parameter }}\`, \`{{ step.Output }}\`, \`{{ variable:name }}\`, and of the system ${code(systemVariables({ id: '', scope: { accountId: '', region: '' } }, 0).keys())}.
What names nothing stays as it stands, braces and all. Nothing in a script is a reference.

## What public documents use

Counted over 879 distinct public documents with 5,803 steps. An example of each is parsed when this page is made.

${taken} of ${featureRows.length} features are taken:

${table(
  ['Feature', 'Documents', 'Here'],
  featureRows.map(({ feature, documents, refused }) => [
    feature,
    String(documents),
    refused === undefined ? 'taken' : `refused: ${refused}`,
  ]),
)}

${actionUse.filter(([name]) => actions.has(name)).length} of ${actionUse.length} actions:

${table(
  ['Action', 'Documents', 'Here'],
  actionUse.map(([name, documents]) => [
    `\`${name}\``,
    String(documents),
    actions.has(name) ? 'taken' : 'refused: unknown action, or one that is not supported yet',
  ]),
)}

Runtimes of aws:executeScript:

${table(['Runtime', 'Steps', 'Here'], runtimeRows)}

Any Python 3 runs those of Python; PowerShell needs \`pwsh\` on the PATH. Private actions of AWS's own documents (5 documents) are refused as unknown.
`

/** A test that was added or renamed makes the page no less true. */
function withoutTests(page: string): string {
  const [tables = '', use] = page.split('## What public documents use')
  return tables.replace(/ [^|\n]* \|$/gm, '') + use
}
const isCheck = process.argv.includes('--check')
const found = existsSync(file) ? readFileSync(file, 'utf8') : ''
if (found === text || (isCheck && withoutTests(found) === withoutTests(text))) {
  // Up to date.
} else if (isCheck) {
  process.stderr.write(`${file} is stale: run npm run generate\n`)
  process.exitCode = 1
} else {
  writeFileSync(file, text)
  process.stdout.write(`wrote ${file}\n`)
}
