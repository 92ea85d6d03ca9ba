import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { DocumentError } from './document.ts'
import { maxDocumentSize, parseDocument } from './parse.ts'

const sleep = { name: 'wait_a', action: 'aws:sleep', inputs: { Duration: 'PT1S' } }
const json = (changes: object) => JSON.stringify({ schemaVersion: '0.3', mainSteps: [sleep], ...changes })
const steps = (...each: object[]) =>
  json({ mainSteps: each.map((step, index) => ({ ...sleep, name: `s${index + 1}`, ...step })) })

describe('parseDocument', () => {
  test('reads a document in YAML and in JSON into the same thing', () => {
    const yaml = `
schemaVersion: '0.3'
description: both
assumeRole: '{{ Role }}'
parameters:
  Role: { type: AWS::IAM::Role::Arn, default: '' }
  Count: { type: Integer, default: 3, minValue: 1 }
mainSteps:
  - name: wait_a
    action: aws:sleep
    onFailure: step:wait_b
    isCritical: false
    timeoutSeconds: 30
    maxAttempts: 2
    bellhop:repeatable: false
    inputs: { Duration: PT1S }
  - name: wait_b
    action: aws:sleep
    isEnd: true
    inputs: { Timestamp: 2026-01-31T08:00:00Z }
outputs: [wait_a.Nothing]
`
    const document = parseDocument(yaml)
    assert.equal(document.parameters.get('Count')?.minValue, 1)
    const [first, second] = document.mainSteps
    assert.deepEqual(first?.onFailure, { kind: 'step', step: 'wait_b' })
    assert.equal(first?.isCritical, false)
    assert.equal(first?.maxAttempts, 2)
    assert.equal(first?.timeoutSeconds, 30)
    assert.equal(first?.repeatable, false)
    assert.equal(second?.isCritical, undefined)
    assert.equal(second?.isEnd, true)
    assert.equal(second?.repeatable, true)
    // A bare timestamp is text, not a date object.
    assert.equal(second?.inputs['Timestamp'], '2026-01-31T08:00:00Z')
    const copy = {
      schemaVersion: '0.3',
      description: 'both',
      assumeRole: '{{ Role }}',
      parameters: {
        Role: { type: 'AWS::IAM::Role::Arn', default: '' },
        Count: { type: 'Integer', default: 3, minValue: 1 },
      },
      mainSteps: [
        {
          name: 'wait_a',
          action: 'aws:sleep',
          onFailure: 'step:wait_b',
          isCritical: 'false',
          timeoutSeconds: '30',
          maxAttempts: '2',
          'bellhop:repeatable': false,
          inputs: { Duration: 'PT1S' },
        },
        { name: 'wait_b', action: 'aws:sleep', isEnd: true, inputs: { Timestamp: '2026-01-31T08:00:00Z' } },
      ],
      outputs: ['wait_a.Nothing'],
    }
    assert.deepEqual(parseDocument(JSON.stringify(copy), 'JSON'), document)
  })

  const refused: readonly [name: string, content: string, message: RegExp][] = [
    ['broken JSON', '{"schemaVersion": ', /^JSON not well-formed\. /],
    ['broken YAML', 'schemaVersion: "0.3"\nmainSteps: [{', /^YAML not well-formed\. At Line: 2, Column: /],
    ['a tag that makes objects', 'schemaVersion: !!js/function "0.3"', /^YAML not well-formed\. .*Unresolved tag/],
    [
      'a bomb of aliases',
      `a: &a [x, x, x, x, x, x, x, x, x]\n${[...'bcdefg'].map((name, i) => `${name}: &${name} [${`*${'abcdefg'[i]},`.repeat(9)}]`).join('\n')}`,
      /alias/,
    ],
    ['text', 'hello', /not a map/],
    ['too large', json({ description: 'x'.repeat(maxDocumentSize) }), /larger than 64 KB/],
    ['too large in bytes', json({ description: '\u20ac'.repeat(maxDocumentSize / 2) }), /larger than 64 KB/],
    ['JSON nested too deep', `{"schemaVersion":"0.3","mainSteps":${'['.repeat(5000)}${']'.repeat(5000)}}`, /nested/],
    ['YAML nested too deep', `a: ${'['.repeat(30_000)}`, /nested too deep/],
    ['YAML sequences nested too deep', `${'- '.repeat(30_000)}x`, /nested too deep/],
    ['no schemaVersion', '{"mainSteps":[]}', /schemaVersion is missing/],
    ['another schemaVersion', json({ schemaVersion: '2.2' }), /schemaVersion 2\.2 is not supported/],
    ['an unknown property', json({ mainStep: [] }), /The document has an unknown property: mainStep\./],
    [
      '__proto__ as a property',
      '{"schemaVersion":"0.3","__proto__":{"x":1},"mainSteps":[]}',
      /unknown property: __proto__/,
    ],
    ['no steps', json({ mainSteps: [] }), /at least one step/],
    ['steps that are a map', json({ mainSteps: {} }), /at least one step/],
    ['a step that is text', json({ mainSteps: ['x'] }), /Step 1 of mainSteps must be a map/],
    ['a step without a name', json({ mainSteps: [{ action: 'aws:sleep' }] }), /Step 1 of mainSteps has no name/],
    ['a bad step name', steps({ name: 'a b' }), /Step "a b": the name must/],
    ['a step name twice', steps({ name: 'x' }, { name: 'x' }), /Step "x" is there twice/],
    ['an unknown action', steps({ action: 'aws:teleport' }), /Step "s1" has an unknown action.*aws:teleport/],
    ['an action called __proto__', steps({ action: '__proto__' }), /unknown action.*__proto__/],
    [
      'an internal action',
      steps({ action: 'bellhop:runEngine', inputs: { Work: 'provision' } }),
      /unknown action.*runEngine/,
    ],
    ['an unknown step property', steps({ retries: 3 }), /Step "s1" has an unknown property: retries/],
    [
      'an unknown input',
      steps({ inputs: { Duration: 'PT1S', Snooze: 1 } }),
      /Step "s1": aws:sleep has no input Snooze/,
    ],
    [
      'a missing input',
      steps({ action: 'aws:approve', inputs: {} }),
      /Step "s1": aws:approve needs the input Approvers/,
    ],
    ['inputs that are a list', steps({ inputs: [] }), /inputs must be a map/],
    ['a bad duration', steps({ inputs: { Duration: '10 minutes' } }), /Step "s1" has a Duration that is not ISO 8601/],
    ['too long a sleep', steps({ inputs: { Duration: 'P8D' } }), /more than 604799 seconds/],
    ['neither duration nor timestamp', steps({ inputs: {} }), /either Duration or Timestamp/],
    [
      'an ssm reference in an input',
      steps({ inputs: { Duration: '{{ssm:/x}}' } }),
      /only a parameter's default may do/,
    ],
    [
      'an unknown nextStep',
      steps({ nextStep: 'nowhere' }),
      /Step "s1": nextStep names step "nowhere", which does not exist/,
    ],
    ['an unknown onFailure step', steps({ onFailure: 'step:nowhere' }), /Step "s1": onFailure names step "nowhere"/],
    ['an unknown onFailure', steps({ onFailure: 'Ignore' }), /onFailure must be Abort, Continue or step:NAME/],
    ['an unknown onCancel step', steps({ onCancel: 'step:nowhere' }), /onCancel names step "nowhere"/],
    [
      'onCancel to a sleep',
      steps({ onCancel: 'step:s2' }, {}),
      /onCancel may not lead to a step with action aws:sleep/,
    ],
    ['maxAttempts 0', steps({ maxAttempts: 0 }), /maxAttempts must be from 1 to 100/],
    ['maxAttempts as words', steps({ maxAttempts: 'three' }), /maxAttempts must be a whole number/],
    ['timeoutSeconds 0', steps({ timeoutSeconds: 0 }), /timeoutSeconds must be at least 1/],
    ['isEnd as words', steps({ isEnd: 'maybe' }), /isEnd must be true or false/],
    ['an output without a selector', steps({ outputs: [{ Name: 'x' }] }), /an output must have Name and Selector/],
    [
      'an output of an unknown type',
      steps({ outputs: [{ Name: 'x', Selector: '$', Type: 'Date' }] }),
      /output x has an unknown type: Date/,
    ],
    [
      'a selector that computes',
      steps({ outputs: [{ Name: 'x', Selector: '$[(@.length-1)]' }] }),
      /not a JSONPath that is understood/,
    ],
    ['an output of an unknown step', json({ outputs: ['nowhere.X'] }), /names step "nowhere", which does not exist/],
    ['an output without a step', json({ outputs: ['X'] }), /not of the form step\.Output/],
    ['a parameter without a type', json({ parameters: { P: {} } }), /Parameter "P" has no type/],
    [
      'a parameter of an unknown type',
      json({ parameters: { P: { type: 'Float' } } }),
      /Parameter "P" has an unknown type: Float/,
    ],
    [
      'an unknown parameter property',
      json({ parameters: { P: { type: 'String', deafult: 1 } } }),
      /unknown property: deafult/,
    ],
    [
      'allowedValues that are no list',
      json({ parameters: { P: { type: 'String', allowedValues: 'a' } } }),
      /must be a list/,
    ],
    ['a circle', steps({}, { nextStep: 's1' }), /Step "s1": the steps form an infinite loop: s1 -> s2 -> s1/],
    ['a step that follows itself', steps({}, { nextStep: 's2' }), /infinite loop: s2 -> s2/],
    [
      'a circle through all choices of a branch',
      steps(
        {},
        {
          action: 'aws:branch',
          inputs: { Choices: [{ NextStep: 's1', Variable: 'x', StringEquals: 'x' }], Default: 's2' },
        },
      ),
      /infinite loop/,
    ],
    [
      'an unknown operator',
      steps({ action: 'aws:branch', inputs: { Choices: [{ NextStep: 's1', Variable: 'x', MatchesRegex: 'x' }] } }),
      /Step "s1" has an unknown operator: MatchesRegex/,
    ],
    [
      'an unknown operator inside Not',
      steps({ action: 'aws:branch', inputs: { Choices: [{ NextStep: 's1', Not: { Variable: 'x', toString: 'x' } }] } }),
      /unknown operator: toString/,
    ],
    [
      'an unknown choice',
      steps({ action: 'aws:branch', inputs: { Choices: [{ NextStep: 'nowhere', Variable: 'x', StringEquals: 'x' }] } }),
      /Step "s1": a choice names step "nowhere"/,
    ],
    [
      'an unknown runtime',
      steps({ action: 'aws:executeScript', inputs: { Runtime: 'ruby', Handler: 'h', Script: '' } }),
      /unknown Runtime: "ruby"/,
    ],
    [
      'a script without a handler',
      steps({ action: 'aws:executeScript', inputs: { Runtime: 'python3.11', Script: '' } }),
      /Handler/,
    ],
  ]
  for (const [name, content, message] of refused) {
    test(`refuses ${name}`, () => {
      assert.throws(
        () => parseDocument(content),
        (error: unknown) => error instanceof DocumentError && message.test(error.message),
      )
    })
  }

  test('takes jumps backwards that a success can leave', () => {
    const choice = { NextStep: 's1', Variable: '{{ s1.x }}', StringEquals: 'again' }
    parseDocument(steps({}, { action: 'aws:branch', inputs: { Choices: [choice] } }))
    parseDocument(steps({}, { onFailure: 'step:s1' }))
  })

  test('takes what only consoles look at', () => {
    const parameters = { P: { type: 'String', displayType: 'textarea' } }
    assert.ok(parseDocument(JSON.stringify({ ...JSON.parse(steps({})), parameters })).parameters.has('P'))
  })

  test('takes internal actions in our own documents', () => {
    const content = steps({ action: 'bellhop:runEngine', inputs: { Work: 'provision' } })
    assert.equal(parseDocument(content, 'JSON', { internal: true }).mainSteps[0]?.action, 'bellhop:runEngine')
  })

  test('takes YAML in braces, whether the format is given or not', () => {
    const content = "{schemaVersion: '0.3', mainSteps: [{name: s1, action: 'aws:pause'}]}"
    assert.equal(parseDocument(content, 'YAML').mainSteps[0]?.name, 's1')
    assert.equal(parseDocument(content).mainSteps[0]?.name, 's1')
    assert.throws(() => parseDocument(content, 'JSON'), /^DocumentError: JSON not well-formed/)
  })

  test('keeps names such as __proto__ as data', () => {
    const content = `{"schemaVersion":"0.3","parameters":{"__proto__":{"type":"String"}},"mainSteps":[{"name":"s1","action":"bellhop:invokeEngine","inputs":{"Action":"x","Parameters":{"__proto__":{"polluted":"yes"}}}}]}`
    const document = parseDocument(content)
    assert.equal(document.parameters.get('__proto__')?.type, 'String')
    const parameters = document.mainSteps[0]?.inputs['Parameters'] as Record<string, unknown>
    assert.deepEqual(Object.keys(parameters), ['__proto__'])
    assert.equal(Reflect.get({}, 'polluted'), undefined)
    assert.equal(parameters['polluted'], undefined)
  })
})
