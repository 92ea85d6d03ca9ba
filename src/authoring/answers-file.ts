import { parse } from 'yaml'
import * as z from 'zod'
import { UsageFailure } from './failure.ts'

/** The file that `bellhop document test` takes: what steps answer, and what is expected of the run. docs/documents.md. */

const record = z.record(z.string(), z.unknown())
const oneOrMore = z.union([z.string(), z.array(z.string()).nonempty()])

const answer = z
  .strictObject({
    /** What the API or the engine answers; the document's selectors look into it. */
    response: record.optional(),
    /** Of aws:executeScript: what the handler returns. */
    payload: z.unknown().optional(),
    /** The step's outputs as they are; no selector is tried. */
    outputs: record.optional(),
    /** The step fails, for this reason. */
    fails: z.string().optional(),
    timesOut: z.literal(true).optional(),
    /** Who approves, one after the other (aws:approve). */
    approve: oneOrMore.optional(),
    reject: z.string().optional(),
    /** Somebody sends Resume (aws:pause). */
    resume: z.literal(true).optional(),
    /** Somebody cancels the execution while the step is in hand. */
    cancel: z.literal(true).optional(),
  })
  .refine(({ approve, reject, ...rest }) => {
    const outcomes = Object.values(rest).filter(value => value !== undefined).length
    return outcomes + (approve !== undefined || reject !== undefined ? 1 : 0) === 1
  }, 'an answer has exactly one of response, payload, outputs, fails, timesOut, approve and reject, resume, cancel')

const expectation = z.strictObject({
  status: z.enum(['Success', 'Failed', 'TimedOut', 'Cancelled']).optional(),
  /** A part of it, or a pattern as {$matches: ...}. */
  failureMessage: z.unknown().optional(),
  /** All steps that ran, in order: `name` for success, or `name: Status`. */
  trace: z.array(z.union([z.string(), z.record(z.string(), z.string())])).optional(),
  outputs: record.optional(),
  /** By step: inputs of its last run. */
  inputs: z.record(z.string(), record).optional(),
  /** By step: how often it was tried in its last run. */
  attempts: z.record(z.string(), z.number()).optional(),
  notRun: z.array(z.string()).optional(),
})

const test = z.strictObject({
  name: z.string().optional(),
  parameters: record.optional(),
  execution: z
    .strictObject({
      id: z.string().optional(),
      accountId: z.string().optional(),
      region: z.string().optional(),
      executedBy: z.string().optional(),
      /** When the execution starts, for time variables and aws:sleep. */
      time: z.union([z.iso.datetime({ offset: true }), z.date()]).optional(),
    })
    .optional(),
  answers: z.record(z.string(), z.union([answer, z.array(answer).nonempty()])).optional(),
  expect: expectation.optional(),
})

const file = z.union([
  z.strictObject({
    document: z.string().optional(),
    /** Hold for every test that does not have its own. */
    parameters: record.optional(),
    execution: test.shape.execution,
    answers: test.shape.answers,
    tests: z.array(test).nonempty(),
  }),
  test.extend({ document: z.string().optional() }),
])

export type StepAnswer = z.infer<typeof answer>
export type DocumentTest = z.infer<typeof test> & {
  /** The steps that it answers itself, not the file for all of its tests: each of them has to run. */
  readonly answered: readonly string[]
}
export type Expectation = z.infer<typeof expectation>

export interface AnswersFile {
  /** The document's file, relative to this one. */
  readonly document?: string
  readonly tests: readonly DocumentTest[]
}

/** Throws UsageFailure, which says what is wrong where. */
export function parseAnswers(name: string, content: string): AnswersFile {
  let source: unknown
  try {
    source = parse(content)
  } catch (error) {
    throw new UsageFailure(`${name} is not well-formed: ${(error as Error).message}`, { cause: error })
  }
  const hasTests = typeof source === 'object' && source !== null && 'tests' in source
  const parsed = file.options[hasTests ? 0 : 1].safeParse(source)
  if (!parsed.success) {
    const problems = parsed.error.issues.map(issue => `  ${problemText(issue)}`)
    throw new UsageFailure(`${name} is not as it should be:\n${problems.join('\n')}`)
  }
  const { data } = parsed
  if (!('tests' in data)) {
    const { document, ...test } = data
    return {
      ...(document !== undefined && { document }),
      tests: [{ ...test, answered: Object.keys(test.answers ?? {}) }],
    }
  }
  const tests = data.tests.map(test => ({
    ...test,
    parameters: { ...data.parameters, ...test.parameters },
    execution: { ...data.execution, ...test.execution },
    answers: { ...data.answers, ...test.answers },
    answered: Object.keys(test.answers ?? {}),
  }))
  return { ...(data.document !== undefined && { document: data.document }), tests }
}

/** Of a value that may have several forms: what keeps it from the first, which is the usual one. */
function problemText(issue: z.core.$ZodIssue, at: readonly PropertyKey[] = []): string {
  const path = [...at, ...issue.path]
  const [first] = issue.code === 'invalid_union' ? (issue.errors[0] ?? []) : []
  return first ? problemText(first, path) : `${path.map(String).join('.') || 'the file'}: ${issue.message}`
}
