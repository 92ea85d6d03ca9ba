import assert from 'node:assert/strict'
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { AutomationExecution, StepExecution } from '../model/generated/ssm.ts'
import { parseDocument } from '../runbook/parse.ts'
import { warningRules } from '../runbook/warnings/index.ts'
import { findingsOf } from './findings.ts'
import { documentMain, type Surroundings } from './main.ts'
import { recording } from './record.ts'

const root = join(import.meta.dirname, '../..')

async function bellhopDocument(words: string[], cwd = root, call: Surroundings['call'] = () => assert.fail('no call')) {
  const written = { stdout: '', stderr: '' }
  const exitCode = await documentMain(words, {
    cwd,
    stdout: {
      write: text => {
        written.stdout += text
      },
    },
    stderr: {
      write: text => {
        written.stderr += text
      },
    },
    call,
  })
  return { exitCode, ...written }
}

const script = (name: string, more = '') =>
  `{"name":"${name}","action":"aws:executeScript","inputs":{"Runtime":"python3.11","Handler":"h","Script":"# {{ x }}","InputPayload":{}}${more}}`
const pause = (name: string, more = '') => `{"name":"${name}","action":"aws:pause"${more}}`
const boolean = (name: string) => script(name, ',"outputs":[{"Name":"Out","Selector":"$.Payload","Type":"Boolean"}]')
const given = (name: string, payload: string, more = '') =>
  `{"name":"${name}","action":"aws:executeScript","inputs":{"Runtime":"python3.11","Handler":"h","Script":"s","InputPayload":{"in":"${payload}"}}${more}}`
const branch = (condition: string) =>
  `{"name":"choose","action":"aws:branch","inputs":{"Choices":[{${condition},"NextStep":"last"}]}}`

interface Row {
  readonly steps: string
  readonly rest?: string
  /** `rule: message`; none: nothing is found. */
  readonly found: readonly RegExp[]
}

const rows: Readonly<Record<string, Row>> = {
  'nothing to say': {
    steps: `${boolean('a')},${given('b', '{{ a.Out }} {{ global:DATE }} {{ .State }} {{ $x }}')}`,
    found: [],
  },
  'an output before its step': {
    steps: `${given('a', '{{ b.Out }}')},${boolean('b')}`,
    found: [/^output-before-step: \{\{ b\.Out \}\} is used in step a, and no way there leads through step b/],
  },
  'an output before its step that a jump backwards makes good': {
    steps: `${given('a', '{{ b.Out }}')},${boolean('b')},${pause('c', ',"onFailure":"step:a"')}`,
    found: [],
  },
  'an output of the step itself': {
    steps: given('a', '{{ a.Payload }}'),
    found: [/^output-before-step: .* of the step itself/],
  },
  'an output of a step on another way': {
    steps: `${pause('a', ',"nextStep":"c"')},${boolean('b')},${given('c', '{{ b.Out }}')}`,
    found: [/^unreachable-step: Step b is never reached/, /^output-before-step/],
  },
  'a name that is nothing': {
    steps: `${given('a', '{{ Instance }} {{ InstnceId }} {{ variable:x }} {{ global:Region }} {{ b.Out }}')}`,
    rest: ',"parameters":{"InstanceId":{"type":"String"}}',
    found: [
      /^unused-parameter/,
      /\{\{ Instance \}\} stays as it stands: there is no parameter of this name\.$/,
      /\{\{ InstnceId \}\} stays .* did you mean InstanceId\?$/,
      /\{\{ variable:x \}\} stays as it stands: there is no such variable\.$/,
      /\{\{ global:Region \}\} .* did you mean global:REGION\?$/,
      /\{\{ b\.Out \}\} stays as it stands: there is no step of this name\.$/,
    ],
  },
  'an output that the step does not have': {
    steps: `${boolean('a')},${given('b', '{{ a.out }}')}`,
    rest: ',"outputs":["a.Nope"]',
    found: [/has the outputs .*Out; did you mean Out\?$/, /The output a\.Nope will always be empty/],
  },
  'a step that is never reached': {
    steps: `${pause('a', ',"isEnd":true')},${pause('b')}`,
    found: [/^unreachable-step: Step b is never reached\.$/],
  },
  'steps inside a loop': {
    steps: `{"name":"lp","action":"aws:loop","inputs":{"LoopCondition":{"Variable":"{{ in.Out }}","BooleanEquals":true},"Steps":[${boolean('in')},${given('in2', '{{ in.Out }} {{ lp.CurrentIteration }}')}]}},${given('b', '{{ in.Out }}')}`,
    found: [],
  },
  'a comparison that never holds': {
    steps: `${branch('"Variable":"{{ P }}","StringEquals":"install"')},${pause('last')}`,
    rest: ',"parameters":{"P":{"type":"String","allowedValues":["Install","Remove"]}}',
    found: [/^type-clash: P can never be "install", but it can be "Install": upper and lower case count/],
  },
  'a comparison of what is no number': {
    steps: `${boolean('a')},${branch('"Not":{"Variable":"{{ a.Out }}","NumericEquals":1}')},${pause('last')}`,
    found: [/^type-clash: \{\{ a\.Out \}\} is of type Boolean, and NumericEquals compares numbers/],
  },
  'values of other types': {
    steps: `${boolean('a')},{"name":"set","action":"aws:updateVariable","inputs":{"Name":"variable:v","Value":"{{ a.Out }}"}},{"name":"set2","action":"aws:updateVariable","inputs":{"Name":"variable:v","Value":"7"}},{"name":"lp","action":"aws:loop","inputs":{"Iterators":"{{ a.Out }}","Steps":[${pause('in')}]}}`,
    rest: ',"variables":{"v":{"type":"Integer","default":"x"}}',
    found: [
      /^parameter-default: The default of variable v is no Integer: "x"/,
      /^type-clash: variable:v is of type Integer and cannot take \{\{ a\.Out \}\} of type Boolean/,
      /^type-clash: variable:v is of type Integer and cannot take "7"/,
      /^type-clash: \{\{ a\.Out \}\} is of type Boolean; Iterators takes StringList or MapList/,
    ],
  },
  'defaults that are refused': {
    steps: given('a', '{{ N }} {{ P }} {{ Q }} {{ E }}'),
    rest: ',"parameters":{"N":{"type":"Integer","default":11,"maxValue":10},"P":{"type":"String","allowedValues":["Yes"],"default":"yes"},"Q":{"type":"String","allowedPattern":"a+","default":"b"},"E":{"type":"String","allowedPattern":"a+","default":""}}',
    found: [
      /^parameter-default: .*has value "11" greater than 10/,
      /^parameter-default: .*not found in \[Yes\]\. Did you mean Yes\?$/,
      /^parameter-default: .*does not match the allowed pattern a\+/,
    ],
  },
  'a pattern that is not understood': {
    steps: given('a', '{{ P }}'),
    rest: ',"parameters":{"P":{"type":"String","allowedPattern":"[a-"}}',
    found: [/^unchecked-pattern/],
  },
  'what nobody uses': {
    steps: pause('a'),
    rest: ',"parameters":{"P":{"type":"String"}},"variables":{"v":{"type":"String"}}',
    found: [/^unused-parameter: Parameter P is not used/, /^unused-parameter: Variable v is not used/],
  },
}

describe('warnings', () => {
  for (const [name, { steps, rest = '', found }] of Object.entries(rows)) {
    test(name, async () => {
      const findings = await findingsOf(`{"schemaVersion":"0.3"${rest},"mainSteps":[${steps}]}`)
      const texts = findings.map(
        ({ level, rule, message }) => `${level === 'error' ? 'error ' : ''}${rule}: ${message}`,
      )
      for (const pattern of found) {
        const at = texts.findIndex(text => pattern.test(text))
        assert.ok(at >= 0, `${pattern} is not in ${texts.join('\n')}`)
        texts.splice(at, 1)
      }
      assert.deepEqual(texts, [])
    })
  }

  test('every rule is tested', () => {
    const tested = Object.values(rows).flatMap(({ found }) => found.map(String))
    // These have tests of their own.
    const others = ['api-call', 'shell-parameter']
    const missing = warningRules
      .map(({ name }) => name)
      .filter(
        name =>
          !tested.some(text => text.startsWith(`/^${name}`)) && !others.includes(name) && name !== 'literal-reference',
      )
    assert.deepEqual(missing, [])
  })
})

test('every rule is described where users read', () => {
  const text = readFileSync(join(root, 'docs/documents.md'), 'utf8')
  for (const { name, description } of warningRules) assert.ok(text.includes(`| \`${name}\` | ${description}`), name)
})

describe('bellhop document validate', () => {
  let folder: string
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'authoring-'))
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  const write = (name: string, content: string) => writeFileSync(join(folder, name), content)

  test('says where, in a form that tools read', async () => {
    write(
      'warn.yaml',
      "schemaVersion: '0.3'\nparameters:\n  P: {type: String}\nmainSteps:\n- name: a\n  action: aws:pause\n",
    )
    write('bad.yaml', "schemaVersion: '0.3'\nmainSteps:\n- name: a\n  action: aws:nope\n")
    write('broken.yaml', "schemaVersion: '0.3'\nmainSteps: [}\n")
    const warned = await bellhopDocument(['validate', 'warn.yaml'], folder)
    assert.equal(warned.stdout, 'warn.yaml:3: warning: Parameter P is not used. [unused-parameter]\n')
    assert.equal(warned.exitCode, 0)
    assert.equal((await bellhopDocument(['validate', '--strict', 'warn.yaml'], folder)).exitCode, 1)
    const bad = await bellhopDocument(['validate', 'warn.yaml', 'bad.yaml', 'broken.yaml'], folder)
    assert.equal(bad.exitCode, 1)
    assert.match(bad.stdout, /\nbad\.yaml:3: error: Step "a" has an unknown action.*: aws:nope\./)
    assert.match(bad.stdout, /\nbroken\.yaml:2: error: YAML not well-formed\. At Line: 2/)
  })

  test('prints JSON', async () => {
    write('bad.yaml', "schemaVersion: '0.3'\nmainSteps:\n- name: a\n  action: aws:nope\n")
    const { stdout, exitCode } = await bellhopDocument(['validate', 'bad.yaml', '--output', 'json'], folder)
    assert.equal(exitCode, 1)
    const [{ file, findings }] = JSON.parse(stdout).documents
    assert.equal(file, 'bad.yaml')
    assert.deepEqual(
      findings.map(({ message: _, ...rest }: { message: string }) => rest),
      [{ level: 'error', rule: 'document', line: 3, step: 'a' }],
    )
  })

  test('refuses what it cannot make sense of with code 252', async () => {
    for (const [words, text] of [
      [[], /a command is missing/],
      [['nope'], /there is no command nope/],
      [['validate'], /validate needs the name of a file/],
      [['validate', 'nope.yaml'], /nope\.yaml cannot be read/],
      [['validate', '--nope', 'x'], /Unknown option '--nope'/],
      [['validate', 'x', '--output', 'yaml'], /--output takes text or json, not yaml/],
      [['test', 'x'], /test needs --answers/],
      [['record'], /record needs --execution-id/],
    ] as const) {
      const { exitCode, stderr } = await bellhopDocument([...words], folder)
      assert.equal(exitCode, 252)
      assert.match(stderr, text)
    }
    assert.match((await bellhopDocument(['help'])).stdout, /^usage:\nbellhop document validate/)
  })
})

describe('bellhop document test', () => {
  const examples = globSync('examples/**/*.test.yaml', { cwd: root })
  test('there are examples', () => assert.ok(examples.length > 0))
  for (const example of examples) {
    test(`${example} passes, and its document has no findings`, async () => {
      const { exitCode, stdout } = await bellhopDocument(['test', '--answers', example])
      assert.equal(exitCode, 0, stdout)
      assert.doesNotMatch(stdout, /Not run by any test/)
      const file = example.replace('.test.yaml', '.yaml')
      assert.deepEqual(await findingsOf(readFileSync(join(root, file), 'utf8')), [])
    })
  }

  let folder: string
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'authoring-'))
    writeFileSync(
      join(folder, 'doc.json'),
      `{"schemaVersion":"0.3","parameters":{"N":{"type":"Integer","default":3}},"mainSteps":[${given('a', '{{ N }}', ',"outputs":[{"Name":"Out","Selector":"$.Payload.x","Type":"Integer"}]')},${given('b', '{{ a.Out }}')}],"outputs":["a.Out"]}`,
    )
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  const run = (answers: string, ...words: string[]) => {
    writeFileSync(join(folder, 'answers.yaml'), answers)
    return bellhopDocument(['test', 'doc.json', '--answers', 'answers.yaml', ...words], folder)
  }
  const good = 'answers:\n  a: {payload: {x: 4}}\n  b: {payload: null}\n'

  const failing: [name: string, answers: string, problem: RegExp][] = [
    ['a status', `${good}expect: {status: Failed}`, /- status is Success, not Failed/],
    ['a step that is not there', `${good}expect: {trace: [a]}`, /- trace: step 2 is b: Success, not the end/],
    ["a step's end", `${good}expect: {trace: [{a: Failed}, b]}`, /- trace: step 1 is a: Success, not a: Failed/],
    ['an output', `${good}expect: {outputs: {a.Out: 5}}`, /- output a\.Out is \["4"\], not 5/],
    [
      'an output that is none',
      `${good}expect: {outputs: {b.Out: 5}}`,
      /- output b\.Out is not an output of the document/,
    ],
    [
      'an input',
      `${good}expect: {inputs: {b: {InputPayload: {in: 5}}}}`,
      /- input InputPayload of step b is \{"in":4\}, not \{"in":5\}/,
    ],
    ['attempts', `${good}expect: {attempts: {a: 2}}`, /- step a was tried 1 times, not 2/],
    ['a step that must not run', `${good}expect: {notRun: [a]}`, /- step a ran: Success/],
    ['an answer that nobody asked for', `${good}  c: {fails: x}\n`, /- the answer for c was not asked for/],
    [
      'a failure',
      'answers: {a: {fails: boom}}\nexpect: {status: Failed, failureMessage: bang}',
      /- failureMessage is ".*boom.*", not like "bang"/,
    ],
    [
      'a missing answer',
      'answers: {a: {payload: {x: 1}}}',
      /- Step b \(aws:executeScript\) has no answer\. Its inputs are .*\n.*for example:\n +b:\n +payload: \{\}/,
    ],
    [
      'parameters that are refused',
      `parameters: {N: x}\n${good}`,
      /- Parameter type error\. The value supplied for N is not a valid Integer/,
    ],
    [
      'an output of another type',
      'answers: {a: {payload: {x: text}}}',
      /- status is Failed, not Success \(.*declared as Integer/,
    ],
  ]
  for (const [name, answers, problem] of failing) {
    test(`fails for ${name}`, async () => {
      const { exitCode, stdout } = await run(answers)
      assert.equal(exitCode, 1, stdout)
      assert.match(stdout, problem)
      assert.match(stdout, /0 passed, 1 failed\n$/)
    })
  }

  test('takes matchers, and expected refusals', async () => {
    const expect = `expect:
  outputs: {a.Out: {$matches: '^\\d$'}}
  inputs: {a: {Script: {$any: true}, InputPayload: {$contains: {in: 3}}}}
`
    assert.equal((await run(`${good}${expect}`)).exitCode, 0)
    const refusal = "parameters: {M: '1'}\nexpect: {failureMessage: 'Undefined execution inputs: [M]'}"
    assert.equal((await run(refusal)).exitCode, 0)
    const failure =
      "answers: {a: {fails: boom}}\nexpect: {status: Failed, failureMessage: {$matches: '^Step a failed'}}"
    assert.equal((await run(failure)).exitCode, 0)
  })

  test('runs a test by its name, says what no test ran, and prints JSON', async () => {
    const tests = `tests:
- name: stops early
  answers: {a: {fails: boom}}
  expect: {status: Failed}
- name: another
  answers: {a: {outputs: {Out: 7}}, b: {response: {}}}
`
    const { stdout } = await run(tests, '--name', 'early')
    assert.match(
      stdout,
      /^ok {2}stops early: Failed after 0:00:00, 1 step\n {4}0:00:00 {2}a {2}aws:executeScript {2}Failed {2}boom\.\nNot run by any test: b\n/,
    )
    const json = JSON.parse((await run(tests, '--output', 'json')).stdout)
    assert.deepEqual(
      json.tests.map(({ name, passed, status, outputs }: any) => [name, passed, status, outputs]),
      [
        [
          'stops early',
          true,
          'Failed',
          { 'a.Out': ['No output available yet because the step is not successfully executed'] },
        ],
        ['another', true, 'Success', { 'a.Out': ['7'] }],
      ],
    )
    assert.equal((await run(tests, '--name', 'nope')).exitCode, 252)
  })

  test('says what is wrong with a file of answers', async () => {
    for (const [answers, text] of [
      ['answers: {a: {payload: 1, fails: x}}', /answers\.a: an answer has exactly one of response, payload/],
      ['answer: {}', /Unrecognized key: "answer"/],
      ['tests: []', /tests: /],
      ['expect: {status: Good}', /expect\.status: /],
      ['a: [', /is not well-formed/],
    ] as const) {
      const { exitCode, stderr } = await run(answers)
      assert.equal(exitCode, 252)
      assert.match(stderr, text)
    }
  })

  test('runs scripts that have no answer when it is told to', async () => {
    const double = given(
      'a',
      '{{ N }}',
      ',"outputs":[{"Name":"Out","Selector":"$.Payload.x","Type":"Integer"}]',
    ).replace('"Script":"s"', '"Script":"def h(events, context): return {\'x\': events[\'in\'] * 2}"')
    const content = `{"schemaVersion":"0.3","parameters":{"N":{"type":"Integer"}},"mainSteps":[${double}],"outputs":["a.Out"]}`
    writeFileSync(join(folder, 'double.json'), content)
    writeFileSync(join(folder, 'answers.yaml'), 'parameters: {N: 21}\nexpect: {outputs: {a.Out: 42}}')
    const words = ['test', 'double.json', '--answers', 'answers.yaml']
    const ran = await bellhopDocument([...words, '--run-scripts'], folder)
    assert.equal(ran.exitCode, 0, ran.stdout + ran.stderr)
    const without = await bellhopDocument(words, folder)
    assert.match(without.stdout, /Step a \(aws:executeScript\) has no answer/)
  })

  test('does not run a document that has an error', async () => {
    writeFileSync(join(folder, 'bad.yaml'), "schemaVersion: '0.3'\nmainSteps: []\n")
    writeFileSync(join(folder, 'answers.yaml'), 'answers: {}')
    const { exitCode, stderr } = await bellhopDocument(['test', 'bad.yaml', '--answers', 'answers.yaml'], folder)
    assert.equal(exitCode, 1)
    assert.match(stderr, /^bad\.yaml: error: mainSteps must be a list/)
  })
})

describe('bellhop document record', () => {
  const content = `{"schemaVersion":"0.3","parameters":{"L":{"type":"StringList"}},"mainSteps":[${boolean('a')},${given('b', 'x', ',"maxAttempts":2')}],"outputs":["a.Out"]}`
  const execution: AutomationExecution = {
    AutomationExecutionId: '12345678-1234-4234-8234-123456789012',
    DocumentName: 'Doc',
    DocumentVersion: '1',
    ExecutionStartTime: new Date('2026-01-31T08:00:00Z'),
    AutomationExecutionStatus: 'Failed',
    Parameters: { L: ['x', 'y'] },
    ExecutedBy: 'arn:aws:iam::210987654321:user/bob',
    Outputs: { 'a.Out': ['true'] },
  }
  const steps: StepExecution[] = [
    {
      StepName: 'a',
      Action: 'aws:executeScript',
      StepStatus: 'Success',
      Outputs: { Out: ['true'], Payload: ['true'] },
    },
    {
      StepName: 'b',
      Action: 'aws:executeScript',
      StepStatus: 'Failed',
      FailureMessage: 'boom. Step fails when it is Execute/Cancelling action. Please refer to the guide.',
      FailureDetails: { FailureStage: 'Invocation', FailureType: 'Failed', Details: { Attempt: ['2'] } },
    },
    { StepName: 'c', StepStatus: 'Pending' },
  ]

  test('makes answers that replay the execution', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'authoring-'))
    try {
      writeFileSync(join(folder, 'doc.json'), content)
      const text = recording(execution, steps, parseDocument(content), 'doc.json')
      assert.match(text, /^# Recorded from an execution of document Doc, version 1\./)
      assert.match(text, /Out: true\n/)
      assert.match(text, /b:\n +- fails: boom\.\n +- fails: boom\.\n/)
      writeFileSync(join(folder, 'answers.yaml'), text)
      const replayed = await bellhopDocument(['test', '--answers', 'answers.yaml'], folder)
      assert.equal(replayed.exitCode, 0, replayed.stdout + replayed.stderr)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })

  test('tells what a call was refused with', async () => {
    const { exitCode, stderr } = await bellhopDocument(
      ['record', '--execution-id', 'x', '--region', 'y'],
      root,
      async words => {
        assert.deepEqual(words, [
          'ssm',
          'get-automation-execution',
          '--automation-execution-id',
          'x',
          '--region',
          'y',
          '--output',
          'json',
        ])
        return { exitCode: 254, stdout: '', stderr: '\nAn error occurred (X): no\n' }
      },
    )
    assert.equal(exitCode, 252)
    assert.match(stderr, /An error occurred \(X\): no/)
  })
})
