import { dirname, relative, resolve } from 'node:path'
import { allSteps } from '../runbook/document.ts'
import { parseDocument } from '../runbook/parse.ts'
import { type DocumentTest, parseAnswers } from './answers-file.ts'
import { outputFormat, parseWords, type Surroundings } from './command-line.ts'
import { differences } from './compare.ts'
import { exitCodes, UsageFailure } from './failure.ts'
import { readText } from './files.ts'
import { findingsOf } from './findings.ts'
import { runTest, type TestRun } from './run-test.ts'
import { openScripts } from './scripts.ts'
import { clock, stepLabel, traceLines } from './trace.ts'

export const testUsage = `bellhop document test [FILE] --answers ANSWERS [--name TEXT] [--run-scripts] [--quiet]
        [--output text|json]
    Runs a document with steps answered from a file, prints what ran, and fails on a difference from what
    the file expects. Nothing is called and no time passes. FILE may be named in the answers.
    --name TEXT   only tests whose name holds the text
    --run-scripts scripts without an answer are run, without credentials
    --quiet       print the steps of failed tests only`

interface Tested {
  readonly name: string
  readonly run: TestRun
  readonly problems: readonly string[]
}

/** Answers the exit code: 1 when a test fails, or the document has an error. */
export async function runTests(words: readonly string[], surroundings: Surroundings): Promise<number> {
  const { values, positionals } = parseWords(words, {
    answers: { type: 'string' },
    name: { type: 'string' },
    quiet: { type: 'boolean' },
    'run-scripts': { type: 'boolean' },
    output: { type: 'string' },
  })
  const { cwd, stdout, stderr } = surroundings
  const format = outputFormat(values['output'])
  const answersName = values['answers']
  if (typeof answersName !== 'string') throw new UsageFailure('test needs --answers, the name of a file.')
  if (positionals.length > 1) throw new UsageFailure(`test takes one document, not ${positionals.length}.`)
  const answers = parseAnswers(answersName, readText(cwd, answersName))
  const file = positionals[0] ?? documentBeside(cwd, answersName, answers.document)
  const content = readText(cwd, file)
  const [error] = (await findingsOf(content)).filter(({ level }) => level === 'error')
  if (error) {
    stderr.write(`${file}: error: ${error.message}\n`)
    return exitCodes.failed
  }
  const document = parseDocument(content)
  const wanted = String(values['name'] ?? '')
  const tests = answers.tests
    .map((test, index) => ({ test, name: nameOf(test, index) }))
    .filter(({ name }) => name.includes(wanted))
  if (tests.length === 0) throw new UsageFailure(`${answersName} has no test of the name ${wanted}.`)
  const tested: Tested[] = []
  const scripts = values['run-scripts'] === true ? openScripts(text => stderr.write(`${text}\n`)) : undefined
  try {
    for (const { test, name } of tests) {
      const run = await runTest(document, test, scripts?.run)
      tested.push({ name, run, problems: problemsOf(test, run) })
    }
  } finally {
    await scripts?.close()
  }
  const ran = new Set(tested.flatMap(({ run }) => run.history.map(step => step.name)))
  const notRun = allSteps(document)
    .map(step => step.name)
    .filter(name => !ran.has(name))
  const failed = tested.filter(({ problems }) => problems.length > 0).length
  if (format === 'json') stdout.write(`${JSON.stringify(asJson(file, tested, notRun), undefined, 4)}\n`)
  else {
    for (const each of tested) stdout.write(asText(each, values['quiet'] === true))
    if (notRun.length > 0) stdout.write(`Not run by any test: ${notRun.join(', ')}\n`)
    stdout.write(`${file}: ${tested.length - failed} passed, ${failed} failed\n`)
  }
  return failed > 0 ? exitCodes.failed : 0
}

function documentBeside(cwd: string, answersName: string, document: string | undefined): string {
  if (document === undefined)
    throw new UsageFailure('test needs the name of a document: as an argument, or as `document` in the answers.')
  return relative(cwd, resolve(cwd, dirname(answersName), document))
}

function nameOf(test: DocumentTest, index: number): string {
  return test.name ?? `test ${index + 1}`
}

function problemsOf(test: DocumentTest, run: TestRun): string[] {
  if (run.state === 'stopped') {
    // A test may expect that its parameters are refused.
    const { status, failureMessage } = test.expect ?? {}
    const isExpected = run.history.length === 0 && status === undefined && typeof failureMessage === 'string'
    return isExpected && run.message.includes(failureMessage) ? [] : [run.message]
  }
  const unused = run.unused.map(name => `the answer for ${name} was not asked for: no such step ran`)
  return [...differences(test.expect ?? { status: 'Success' }, run), ...unused]
}

function asText({ name, run, problems }: Tested, isQuiet: boolean): string {
  const isGood = problems.length === 0
  const lines = [`${isGood ? 'ok' : 'not ok'}  ${name}${run.state === 'ran' ? `: ${summary(run)}` : ''}`]
  if (!isGood || !isQuiet) lines.push(...traceLines(run.history).map(line => `    ${line}`))
  lines.push(
    ...problems.flatMap(problem => `  - ${problem}`.split('\n').map((line, i) => (i === 0 ? line : `    ${line}`))),
  )
  return `${lines.join('\n')}\n`
}

function summary({ end, history }: Extract<TestRun, { state: 'ran' }>): string {
  const first = history[0]?.startedAt.getTime() ?? 0
  const last = Math.max(first, ...history.map(row => row.endedAt?.getTime() ?? 0))
  return `${end.status} after ${clock(last - first)}, ${history.length} ${history.length === 1 ? 'step' : 'steps'}`
}

function asJson(document: string, tested: readonly Tested[], notRun: readonly string[]) {
  return {
    document,
    tests: tested.map(({ name, run, problems }) => ({
      name,
      passed: problems.length === 0,
      problems,
      ...(run.state === 'ran' && {
        status: run.end.status,
        failureMessage: run.end.failureMessage,
        outputs: run.end.outputs,
      }),
      steps: run.history.map(row => ({
        step: stepLabel(row),
        action: row.action,
        status: row.status,
        attempt: row.attempt,
        startedAt: row.startedAt.toISOString(),
        endedAt: row.endedAt?.toISOString(),
        inputs: row.inputs,
        outputs: row.outputs,
        failureMessage: row.failure?.message,
      })),
    })),
    notRun,
  }
}
