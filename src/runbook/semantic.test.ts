import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { Signal } from '../catalog/execution.ts'
import { childUser } from '../processes/user.ts'
import type { AutomationRun, ScriptRequest, Tools } from './action.ts'
import { DocumentError, ParameterError } from './document.ts'
import { checkParameters, createScriptRunner, parseDocument, type ScriptRunner } from './index.ts'
import { noTools, run } from './testing.ts'

const folder = new URL('../../test/cases/runbook/semantic/', import.meta.url)

/** These call AWS, so they are run against moto, by test/runbook/cases.test.ts. */
const callsAws = new Set([
  's15-ssm-default',
  's17-wait-times-out',
  's18-timeout-continue',
  's33-assert-boolean-capital',
  's36-response-metadata',
])

interface Case {
  readonly id: string
  readonly document: string
  readonly extraDocuments?: readonly { readonly name: string; readonly document: string }[]
  readonly parameters: Record<string, string[]>
  readonly signals: { readonly type: 'Approve' | 'Reject' | 'Resume' | 'Cancel'; readonly step: string }[]
  readonly expect: {
    readonly status: string
    readonly trace: [name: string, status: string][]
    readonly outputs: Record<string, unknown>
  }
}

const cases = readdirSync(folder)
  .filter(name => name.endsWith('.json'))
  .sort()
  .map(name => JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Case)

function refusal(content: string, parameters: Case['parameters']): string | undefined {
  try {
    checkParameters(parseDocument(content), parameters)
    return undefined
  } catch (error) {
    if (error instanceof DocumentError || error instanceof ParameterError) return error.message
    throw error
  }
}

const sender = 'arn:aws:iam::123456789012:user/alice'
const toSignal = (sent: Case['signals'][number]): Pick<Signal, 'type' | 'payload' | 'sentBy'> | 'Cancel' =>
  sent.type === 'Cancel'
    ? 'Cancel'
    : { type: sent.type, payload: sent.type === 'Resume' ? { StepName: [sent.step] } : {}, sentBy: sender }

/** Runs other documents of a case, each to its end at once. */
function nested(others: Case['extraDocuments'] = [], tools: Tools): Tools['automations'] {
  const runs = new Map<string, AutomationRun>()
  return {
    start: async ({ documentName, parameters }, executionId) => {
      const { document } = others.find(({ name }) => name === documentName)!
      const { end } = await run(parseDocument(readFileSync(new URL(document, folder), 'utf8')), {
        execution: { parameters },
        tools,
      })
      runs.set(executionId, end)
      return { executionId }
    },
    look: async executionId => runs.get(executionId),
    cancel: async () => {},
  }
}

describe('semantic cases', () => {
  let directory: string
  let scripts: ScriptRunner
  let queue: string
  before(() => {
    directory = mkdtempSync(join(tmpdir(), 'semantic-'))
    chmodSync(directory, 0o711)
    const writable = join(directory, 'writable')
    mkdirSync(writable)
    queue = join(writable, 'queue')
    const env = { PATH: process.env['PATH'], BELLHOP_SCRIPT_WRITABLE: writable }
    scripts = createScriptRunner({ directory, user: childUser(), env, warn: () => {} })
  })
  after(() => rmSync(directory, { recursive: true, force: true }))

  /** In place of SQS, which one case counts its attempts with: a file that takes the messages. */
  const withQueue = (request: ScriptRequest): ScriptRequest => {
    if (!request.script.includes('boto3')) return request
    const script = `import sys, types
class Queue:
    def send_message(self, QueueUrl, MessageBody): open(QueueUrl, 'a').write(MessageBody)
    def get_queue_attributes(self, QueueUrl, AttributeNames):
        return {'Attributes': {'ApproximateNumberOfMessages': str(len(open(QueueUrl).read()))}}
sys.modules['boto3'] = types.SimpleNamespace(client=lambda service: Queue())
${request.script}`
    return { ...request, script, events: { ...request.events, u: queue } }
  }

  test('are all there', () => assert.equal(cases.length, 36))

  for (const { id, document, extraDocuments, parameters, signals, expect } of cases) {
    test(id, async t => {
      if (callsAws.has(id)) return t.skip('calls AWS: test/runbook/cases.test.ts runs it against moto')
      const content = readFileSync(new URL(document, folder), 'utf8')
      const refused = refusal(content, parameters)
      if (expect.status === 'StartError') return assert.ok(refused, 'it was not refused')
      assert.equal(refused, undefined)
      const tools: Tools = { ...noTools, runScript: (request, abort) => scripts.run(withQueue(request), abort) }
      const { end, history } = await run(parseDocument(content), {
        execution: { parameters },
        tools: { ...tools, automations: nested(extraDocuments, tools) },
        signals: signals.map(toSignal),
      })
      assert.equal(end.status, expect.status, end.failureMessage)
      // The API shows one step for all attempts: the last.
      const shown = history.filter(({ name, attempt, parent }, index) => {
        if (parent !== undefined) return false
        const following = history[index + 1]
        return !(following?.name === name && following.attempt === attempt + 1)
      })
      assert.deepEqual(
        shown.map(({ name, status }) => [name, status]),
        expect.trace,
      )
      if (id === 's16-max-attempts-all-fail') assert.equal(readFileSync(queue, 'utf8'), 'xxx')
      for (const [name, value] of Object.entries(expect.outputs)) {
        const texts = [value].flat().map(item => (typeof item === 'string' ? item : JSON.stringify(item)))
        assert.deepEqual(end.outputs[name], texts, name)
      }
    })
  }
})
