import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ParameterError } from './document.ts'
import { checkParameters, storedDefaults, typedParameters } from './parameters.ts'
import { parseDocument } from './parse.ts'

const document = (parameters: object) =>
  parseDocument(JSON.stringify({ schemaVersion: '0.3', parameters, mainSteps: [{ name: 's1', action: 'aws:pause' }] }))

const refused: readonly [definition: object, values: string[], message: string | RegExp][] = [
  [
    { type: 'String', allowedValues: ['Install', 'Uninstall'] },
    ['install'],
    'Parameter "P" has value "install" not found in [Install, Uninstall].',
  ],
  [{ type: 'String' }, [], 'Parameter type error. The value supplied for P is not a valid string.'],
  [{ type: 'String' }, ['a', 'b'], /not a valid string/],
  [{ type: 'Integer' }, ['3.5'], /not a valid Integer/],
  [{ type: 'Integer' }, ['0x10'], /not a valid Integer/],
  [{ type: 'Integer' }, ['9'.repeat(400)], /not a valid Integer/],
  [{ type: 'Boolean' }, ['yes'], /not a valid Boolean/],
  [{ type: 'StringMap' }, ['[1]'], /not a valid StringMap/],
  [{ type: 'StringMap' }, [`${'{"a":'.repeat(3000)}1${'}'.repeat(3000)}`], /not a valid StringMap/],
  [{ type: 'MapList' }, ['{"a":1}', '2'], /not a valid MapList/],
  [{ type: 'String', minChars: 3 }, ['ab'], /fewer than 3 characters/],
  [{ type: 'String', maxChars: 3 }, ['abcd'], /more than 3 characters/],
  [{ type: 'StringList', minItems: 2 }, ['a'], /fewer than 2 items/],
  [{ type: 'StringList', maxItems: 1 }, ['a', 'b'], /more than 1 items/],
  [{ type: 'Integer', minValue: 5 }, ['4'], /less than 5/],
  [{ type: 'Integer', maxValue: 5 }, ['6'], /greater than 5/],
  [{ type: 'Integer', allowedValues: [1, 2] }, ['3'], 'Parameter "P" has value "3" not found in [1, 2].'],
  [{ type: 'StringList', allowedValues: ['a', 'b'] }, ['a', 'c'], 'Parameter "P" has value "c" not found in [a, b].'],
  [{ type: 'String', allowedPattern: '^i-[a-z0-9]{8,17}$' }, ['i-x'], /"i-x" that does not match the allowed pattern/],
  [{ type: 'StringList', allowedPattern: 'a+' }, ['aa', 'ab'], /"ab" that does not match/],
  [{ type: 'String', allowedPattern: '(a+)+\\1!' }, ['a'.repeat(60)], /could not be checked .* in time/],
]

const taken: readonly [definition: object, values: string[], typed: unknown][] = [
  [{ type: 'String' }, ['{{ ssm:/x }}'], '{{ ssm:/x }}'],
  [{ type: 'AWS::EC2::Instance::Id' }, ['i-1'], 'i-1'],
  [{ type: 'List<AWS::EC2::Instance::Id>' }, ['i-1', 'i-2'], ['i-1', 'i-2']],
  [{ type: 'Integer', allowedValues: [1, 2], minValue: 1 }, ['2'], 2],
  [{ type: 'Integer' }, ['-7'], -7],
  [{ type: 'Boolean', allowedValues: [true, false] }, ['True'], true],
  [{ type: 'StringList' }, [], []],
  [{ type: 'StringMap' }, ['{"a":"b"}'], { a: 'b' }],
  [{ type: 'MapList' }, ['[{"a":"b"}]'], [{ a: 'b' }]],
  [{ type: 'MapList' }, ['{"a":"b"}', '{"c":"d"}'], [{ a: 'b' }, { c: 'd' }]],
  [{ type: 'String', allowedPattern: '[' }, ['anything'], 'anything'],
]

describe('parameters', () => {
  for (const [definition, values, message] of refused) {
    test(`refuses ${JSON.stringify(values).slice(0, 60)} for ${JSON.stringify(definition)}`, () => {
      assert.throws(
        () => checkParameters(document({ P: definition }), { P: values }),
        (error: unknown) =>
          error instanceof ParameterError &&
          (typeof message === 'string' ? error.message === message : message.test(error.message)),
      )
    })
  }

  for (const [definition, values, typed] of taken) {
    test(`takes ${JSON.stringify(values)} for ${JSON.stringify(definition)}`, () => {
      const parsed = document({ P: definition })
      checkParameters(parsed, { P: values })
      assert.equal(JSON.stringify(typedParameters(parsed, { P: values }).get('P')), JSON.stringify(typed))
    })
  }

  test('names every undefined input, in the words of SSM', () => {
    assert.throws(() => checkParameters(document({}), { AutomationAssumeRole: ['x'], ['__proto__']: ['y'] }), {
      message: 'Undefined execution inputs: [AutomationAssumeRole, __proto__]',
    })
  })

  test('asks for a required parameter, in the words of SSM', () => {
    assert.throws(() => checkParameters(document({ InstanceIds: { type: 'StringList' } }), {}), {
      message: 'Missing required parameter: InstanceIds in user inputs.',
    })
    assert.throws(
      () => checkParameters(document({ toString: { type: 'String' } }), {}),
      /Missing required parameter: toString/,
    )
  })

  test('takes defaults as they are: typed, unchecked', () => {
    const parsed = document({
      A: { type: 'Integer', default: '5' },
      B: { type: 'Boolean', default: 'true' },
      C: { type: 'String', default: 'x', allowedPattern: '[0-9]+' },
      D: { type: 'StringList', default: ['x', 'y'] },
      E: { type: 'StringMap', default: { a: 1 } },
      F: { type: 'String', default: 7 },
    })
    checkParameters(parsed, {})
    const typed = JSON.stringify([...typedParameters(parsed, {})])
    assert.equal(typed, '[["A",5],["B",true],["C","x"],["D",["x","y"]],["E",{"a":1}],["F","7"]]')
  })

  test('tells which defaults lie in the parameter store', () => {
    const string = (value: string) => ({ type: 'String', default: value })
    const parsed = document({
      P: string('{{ssm:/case/p}}'),
      Q: string('{{ ssm:q:3 }}'),
      R: string('{{ssm:x}} and more'),
    })
    checkParameters(parsed, {})
    assert.deepEqual(
      [...storedDefaults(parsed, {})],
      [
        ['P', '/case/p'],
        ['Q', 'q:3'],
      ],
    )
    assert.deepEqual([...storedDefaults(parsed, { P: ['given'] })], [['Q', 'q:3']])
  })
})
