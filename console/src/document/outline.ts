import { LineCounter, parseDocument } from 'yaml'

/** A document as far as it can be made out of its text while that is being written: whatever else is in it, its steps. */
export interface Outline {
  readonly description?: string
  readonly steps: readonly OutlineStep[]
  readonly problems: readonly Problem[]
}

export interface OutlineStep {
  readonly name: string
  readonly action: string
  readonly description?: string
  readonly nextStep?: string
  readonly isEnd: boolean
  /** Abort, Continue, or `step:NAME`. */
  readonly onFailure?: string
  readonly onCancel?: string
  readonly choices: readonly Choice[]
  /** aws:branch: where it goes when no choice holds. */
  readonly otherwise?: string
  /** aws:loop: the steps that are run again and again. */
  readonly inner: readonly OutlineStep[]
  /** Counted from 1. */
  readonly line?: number
}

export interface Choice {
  readonly nextStep: string
  /** What has to hold, in short. */
  readonly when: string
}

export interface Problem {
  readonly message: string
  /** Counted from 1. */
  readonly line?: number
}

/** More than anybody writes, and few enough to draw. */
const mostSteps = 1_000

/** Reads YAML or JSON, which is YAML as far as this goes. Never throws, whatever the text is. */
export function outlineOf(text: string): Outline {
  const counter = new LineCounter()
  const parsed = parseDocument(text, { lineCounter: counter, logLevel: 'silent', uniqueKeys: false })
  const problems: Problem[] = parsed.errors.slice(0, 20).map(({ message, linePos }) => ({
    message: message.split('\n')[0]!.replace(/ at line \d+, column \d+:?$/, ''),
    line: linePos?.[0].line,
  }))
  let content: unknown
  try {
    // Aliases that would become endless are refused by their number.
    content = parsed.toJS({ maxAliasCount: 100 })
  } catch (error) {
    return { steps: [], problems: [...problems, { message: (error as Error).message }] }
  }
  if (!isMap(content)) {
    if (problems.length === 0 && text.trim() !== '') problems.push({ message: 'A document is a map of its members.' })
    return { steps: [], problems }
  }
  const lineOf = (path: readonly (string | number)[]) => {
    const node = parsed.getIn(path, true) as { readonly range?: readonly number[] } | undefined
    return node?.range ? counter.linePos(node.range[0]!).line : undefined
  }
  const steps = stepsIn(content['mainSteps'], ['mainSteps'], lineOf)
  return { description: asText(content['description']), steps, problems: [...problems, ...problemsOf(steps)] }
}

function stepsIn(
  list: unknown,
  path: readonly (string | number)[],
  lineOf: (path: readonly (string | number)[]) => number | undefined,
): OutlineStep[] {
  if (!Array.isArray(list)) return []
  return list.slice(0, mostSteps).flatMap((step: unknown, at): OutlineStep[] => {
    if (!isMap(step)) return []
    const inputs = isMap(step['inputs']) ? step['inputs'] : {}
    const isBranch = step['action'] === 'aws:branch'
    return [
      {
        name: asText(step['name']) ?? '',
        action: asText(step['action']) ?? '',
        description: asText(step['description']),
        nextStep: asText(step['nextStep']),
        isEnd: step['isEnd'] === true || step['isEnd'] === 'true',
        onFailure: asText(step['onFailure']),
        onCancel: asText(step['onCancel']),
        choices: isBranch && Array.isArray(inputs['Choices']) ? inputs['Choices'].filter(isMap).map(choiceOf) : [],
        otherwise: isBranch ? asText(inputs['Default']) : undefined,
        inner: step['action'] === 'aws:loop' ? stepsIn(inputs['Steps'], [...path, at, 'inputs', 'Steps'], lineOf) : [],
        line: lineOf([...path, at]),
      },
    ]
  })
}

function choiceOf(choice: Readonly<Record<string, unknown>>): Choice {
  const { NextStep, ...condition } = choice
  return { nextStep: asText(NextStep) ?? '', when: conditionText(condition) }
}

const operators: Readonly<Record<string, string>> = {
  StringEquals: '=',
  NumericEquals: '=',
  BooleanEquals: '=',
  NumericGreater: '>',
  NumericGreaterOrEquals: '≥',
  NumericLesser: '<',
  NumericLesserOrEquals: '≤',
  EqualsIgnoreCase: '=',
  StartsWith: 'starts with',
  EndsWith: 'ends with',
  Contains: 'contains',
}

/** A condition in one line: `count > 2`, `not (a = b)`. */
export function conditionText(condition: unknown): string {
  if (!isMap(condition)) return ''
  const joined = (list: unknown, word: string) =>
    (Array.isArray(list) ? list : [list]).map(each => conditionText(each)).join(` ${word} `)
  if (condition['And'] !== undefined) return joined(condition['And'], 'and')
  if (condition['Or'] !== undefined) return joined(condition['Or'], 'or')
  if (condition['Not'] !== undefined) return `not (${conditionText(condition['Not'])})`
  const variable = (asText(condition['Variable']) ?? '').replace(/^\{\{\s*|\s*\}\}$/g, '')
  const [operator, value] = Object.entries(condition).find(([name]) => name !== 'Variable') ?? []
  if (operator === undefined) return variable
  return `${variable} ${operators[operator] ?? operator} ${asText(value) ?? JSON.stringify(value)}`
}

/** What can be told of the steps without the server: names, and where they lead. */
function problemsOf(steps: readonly OutlineStep[]): Problem[] {
  const problems: Problem[] = []
  const seen = new Set<string>()
  const names = new Set(steps.map(step => step.name))
  for (const step of steps) {
    const { line, name } = step
    if (name === '') problems.push({ line, message: 'A step has no name.' })
    else if (seen.has(name)) problems.push({ line, message: `There are two steps named ${name}.` })
    seen.add(name)
    if (step.action === '') problems.push({ line, message: `The step ${name} has no action.` })
    for (const [member, target] of leads(step)) {
      if (!names.has(target)) {
        problems.push({
          line,
          message: `${member} of the step ${name} is ${target || 'empty'}, which is no step here.`,
        })
      }
    }
    problems.push(...problemsOf(step.inner))
  }
  return problems
}

/** Every place that names the step that follows. */
export function leads(step: OutlineStep): readonly (readonly [member: string, target: string])[] {
  const stepNamed = (text: string | undefined) => /^step:(.*)$/.exec(text ?? '')?.[1]
  const found: (readonly [string, string | undefined])[] = [
    ['nextStep', step.nextStep],
    ['Default', step.otherwise],
    ['onFailure', stepNamed(step.onFailure)],
    ['onCancel', stepNamed(step.onCancel)],
    ...step.choices.map(choice => ['NextStep', choice.nextStep] as const),
  ]
  return found.flatMap(([member, target]) => (target === undefined ? [] : [[member, target] as const]))
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function asText(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined
}
