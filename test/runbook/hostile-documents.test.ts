import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type Bellhop, call, send, startBellhop, temporaryFolder } from '../kit/bellhop.ts'
import { makeUser } from '../kit/identity.ts'
import { type Actors, type Case, type Provisioned, provision, runCase } from './runner.ts'

/** Documents that are out for harm: each is refused with a clear text or ends as one, and the server goes on. */

const mostBytes = 65_536
const head = `schemaVersion: '0.3'\n`
const pause = 'mainSteps:\n- {name: a, action: aws:pause}\n'
const script = (text: string, more = '') => `- name: a
  action: aws:executeScript
  inputs:
    Runtime: python3.11
    Handler: h
    Script: |
      ${text}
${more}`

const refused: readonly [name: string, content: string, error: RegExp][] = [
  [
    'a bomb of aliases',
    `${head}x: &a [x,x,x,x,x,x,x,x,x]\n${[...'bcdefgh'].map((name, i) => `${name}: &${name} [${`*${'abcdefgh'[i]},`.repeat(9)}]`).join('\n')}`,
    /InvalidDocumentContent: YAML not well-formed\. Excessive alias count/,
  ],
  [
    'aliases by the thousand',
    `${head}description: &a x\n${Array.from({ length: 3000 }, (_, i) => `k${i}: *a`).join('\n')}`,
    /InvalidDocumentContent: YAML not well-formed\. Excessive alias count/,
  ],
  [
    'a tag that would make an object',
    `${head}description: !!js/function 'x'\n${pause}`,
    /InvalidDocumentContent: YAML not well-formed/,
  ],
  ['a million brackets', '['.repeat(mostBytes - 10), /InvalidDocumentContent: The document is nested too deep/],
  ['nothing but errors', 'a: }\n'.repeat(10_000), /InvalidDocumentContent: YAML not well-formed\. At Line: 1/],
  [
    'a script of a megabyte',
    `${head}mainSteps:\n${script('x'.repeat(1_000_000))}`,
    /MaxDocumentSizeExceeded: The size of a document must not exceed 65536 bytes/,
  ],
  [
    'a step that is there twice',
    `${head}mainSteps:\n- {name: a, action: aws:pause}\n- {name: a, action: aws:pause}\n`,
    /Step "a" is there twice/,
  ],
  [
    'a step inside a loop with the name of one outside',
    `${head}mainSteps:\n- name: a\n  action: aws:loop\n  inputs: {Iterators: [x], Steps: [{name: b, action: aws:pause}]}\n- {name: b, action: aws:pause}\n`,
    /Step "b" is there twice/,
  ],
  [
    'jumps in a circle',
    `${head}mainSteps:\n- {name: a, action: aws:pause}\n- {name: b, action: aws:pause, nextStep: a}\n`,
    /Step "a": the steps form an infinite loop: a -> b -> a/,
  ],
  [
    'a selector that computes',
    `${head}mainSteps:\n${script('def h(e, c): pass', "  outputs:\n  - {Name: x, Selector: '$..[?(process.exit())]', Type: String}\n")}`,
    /Selector .* is not a JSONPath that is understood/,
  ],
  [
    'names that are prototypes',
    `${head}mainSteps:\n- {name: a, action: constructor}\n`,
    /unknown action, or one that is not supported yet: constructor/,
  ],
]

const ending: readonly [
  name: string,
  content: string,
  parameters: Record<string, string[]>,
  status: string,
  message: RegExp,
][] = [
  [
    'an output of another type than declared',
    `${head}mainSteps:\n${script("def h(e, c): return {'n': [1]}", '  outputs:\n  - {Name: n, Selector: $.Payload.n, Type: StringMap}\n')}`,
    {},
    'Failed',
    /^Step a failed\. Output n of step a is declared as StringMap, but its selector \$\.Payload\.n found a list: \[1\]\./,
  ],
  [
    'a selector that finds too much',
    `${head}mainSteps:\n${script('def h(e, c): return {str(i): {str(j): 1 for j in range(80)} for i in range(100)}', "  outputs:\n  - {Name: n, Selector: '$..*..*', Type: StringList}\n")}`,
    {},
    'Failed',
    /^Step a failed\. Output n of step a: The (selector finds|value holds) more than/,
  ],
  [
    'a condition over what is no number',
    `${head}mainSteps:\n- name: a\n  action: aws:branch\n  inputs: {Choices: [{Variable: '{{ nothing.here }}', NumericGreater: 1, NextStep: b}]}\n- {name: b, action: aws:pause}\n`,
    {},
    'Failed',
    /^Step a failed\. The step has a numeric condition over "\{\{ nothing\.here \}\}", which is not a number/,
  ],
  [
    'iterators that are text',
    `${head}parameters: {P: {type: String}}\nmainSteps:\n- name: a\n  action: aws:loop\n  inputs: {Iterators: '{{ P }}', Steps: [{name: b, action: aws:pause}]}\n`,
    { P: ['{{ global:REGION }}'] },
    'Failed',
    /^Step a failed\. Iterators is not a list: "\{\{ global:REGION \}\}"/,
  ],
  [
    'a time limit that is no number',
    `${head}parameters: {P: {type: String}}\nmainSteps:\n- {name: a, action: aws:pause, timeoutSeconds: '{{ P }}'}\n`,
    { P: ['1e9'] },
    'Failed',
    /^Step a failed\. timeoutSeconds of step a is "1e9", not a whole number/,
  ],
]

describe('hostile documents', () => {
  const cleanups: (() => void)[] = []
  let server: Bellhop
  let actors: Actors
  let product: Provisioned
  before(async () => {
    const temporary = temporaryFolder({ after: clean => cleanups.push(clean) })
    server = await startBellhop({ dataDirectory: `${temporary}/data` })
    actors = { server, approver: await makeUser(server, 'alice', { Effect: 'Allow', Action: 'ssm:*', Resource: '*' }) }
    product = await provision(server)
  })
  after(async () => {
    assert.equal(await server.stop(), 0)
    for (const clean of cleanups) clean()
  })

  for (const [name, content, error] of refused) {
    test(`${name}: refused`, async () => {
      const input = { Name: 'Hostile', Content: content, DocumentType: 'Automation', DocumentFormat: 'YAML' }
      const { status, json } = await send(server, 'ssm', 'CreateDocument', input)
      assert.equal(status, 400)
      const text = `${json.__type}: ${json.message ?? json.Message}`
      assert.match(text, error)
      assert.ok(text.length < 2000, 'the answer repeats the document')
    })
  }

  for (const [name, content, parameters, status, message] of ending) {
    test(`${name}: ends as ${status}`, async () => {
      const hostile = { id: 'hostile', documentName: 'Hostile', parameters, signals: [] } as unknown as Case
      const outcome = await runCase(actors, product, hostile, content)
      assert.ok('status' in outcome, JSON.stringify(outcome))
      assert.equal(outcome.status, status)
      assert.match(outcome.failureMessage!, message)
      assert.equal(outcome.record.RecordDetail.Status, 'FAILED')
    })
  }

  test('a value made for a pattern that backtracks is refused at once', async () => {
    const content = `${head}parameters: {P: {type: String, allowedPattern: '^(([a-z])+.)+[A-Z]([a-z])+$'}}\n${pause}`
    const parameters = { P: ['a'.repeat(500)] }
    const hostile = { id: 'hostile', documentName: 'Hostile', parameters, signals: [] } as unknown as Case
    const outcome = await runCase(actors, product, hostile, content)
    assert.ok('refusedAt' in outcome)
    assert.match(outcome.message, /does not match the allowed pattern/)
  })

  test('leave the server at work and the product AVAILABLE', async () => {
    const { ProvisionedProductDetail } = await call(server, 'servicecatalog', 'DescribeProvisionedProduct', {
      Id: product.provisionedProductId,
    })
    assert.equal(ProvisionedProductDetail.Status, 'AVAILABLE')
    assert.doesNotMatch(server.log(), /Internal|unhandled/i)
  })
})
