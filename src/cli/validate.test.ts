import assert from 'node:assert/strict'
import { test } from 'node:test'
import { services } from '../model/services.ts'
import { parseJson } from './json.ts'
import { validateInput } from './validate.ts'
import type { ValueMap } from './values.ts'

function faults(operation: string, json: string): string[] {
  const { operations, shapes } = services.servicecatalog
  try {
    validateInput(parseJson(json, { ordered: true }) as ValueMap, operations[operation]!.input, shapes)
    return []
  } catch (error) {
    return (error as Error).message.split('\n').slice(1)
  }
}

const rows: readonly [operation: string, json: string, faults: string[]][] = [
  ['DescribeRecord', '{"Id":"rec-1"}', []],
  ['DescribeRecord', '{}', ['Missing required parameter in input: "Id"']],
  [
    'DescribeRecord',
    '{"Id":5,"__proto__":1,"PageSize":-1}',
    [
      'Unknown parameter in input: "__proto__", must be one of: AcceptLanguage, Id, PageToken, PageSize',
      "Invalid type for parameter Id, value: 5, type: <class 'int'>, valid types: <class 'str'>",
      'Invalid value for parameter PageSize, value: -1, valid min value: 0',
    ],
  ],
  ['DescribeRecord', '{"Id":""}', ['Invalid length for parameter Id, value: 0, valid min length: 1']],
  ['DescribeRecord', `{"Id":"${'x'.repeat(5000)} !"}`, []],
  ['DescribeRecord', '{"Id":"a","PageSize":true}', []],
  [
    'DescribeRecord',
    '{"Id":"a","PageSize":1.0}',
    ["Invalid type for parameter PageSize, value: 1.0, type: <class 'float'>, valid types: <class 'int'>"],
  ],
  [
    'ExecuteProvisionedProductServiceAction',
    '{"ProvisionedProductId":"a","ServiceActionId":"b","ExecuteToken":"c","Parameters":{"":["x"],"A":[{"b":["c"]}],"B":null}}',
    [
      'Invalid length for parameter Parameters (key: ), value: 0, valid min length: 1',
      "Invalid type for parameter Parameters.A[0], value: OrderedDict([('b', ['c'])]), " +
        "type: <class 'collections.OrderedDict'>, valid types: <class 'str'>",
      "Invalid type for parameter Parameters.B, value: None, type: <class 'NoneType'>, " +
        "valid types: <class 'list'>, <class 'tuple'>",
    ],
  ],
]

test('faults are found in order and told in the words of botocore', () => {
  for (const [operation, json, expected] of rows) assert.deepEqual(faults(operation, json), expected, json)
})
