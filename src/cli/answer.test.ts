import assert from 'node:assert/strict'
import { test } from 'node:test'
import { services } from '../model/services.ts'
import { formatTimestamp, shapeAnswer } from './answer.ts'
import { parseJson, printJson } from './json.ts'
import type { Value } from './values.ts'

const utc = () => 0

test('timestamps have six digits of a second or none, and the zone of the machine', () => {
  const rows: readonly [json: string, minutesEast: number, shown: string][] = [
    ['1564000000.123', 0, '2019-07-24T20:26:40.123000+00:00'],
    ['1564000000', 540, '2019-07-25T05:26:40+09:00'],
    ['1720000000.5', -240, '2024-07-03T05:46:40.500000-04:00'],
    ['1700000000.123456', 330, '2023-11-15T03:43:20.123456+05:30'],
    ['0.9999999', 0, '1970-01-01T00:00:01+00:00'],
    ['-1.5', 0, '1969-12-31T23:59:58.500000+00:00'],
    ['"2020-01-02T03:04:05Z"', 540, '2020-01-02T03:04:05+00:00'],
    ['"2020-01-02T03:04:05.5+0200"', 0, '2020-01-02T03:04:05.500000+02:00'],
    ['"soon"', 0, 'soon'],
  ]
  for (const [json, minutesEast, shown] of rows)
    assert.equal(
      formatTimestamp(parseJson(json), () => minutesEast),
      shown,
      json,
    )
})

function shape(json: string, format: 'iso8601' | 'wire'): Value {
  const { operations, shapes } = services.servicecatalog
  return shapeAnswer(parseJson(json), operations['DescribeRecord']!.output, shapes, { format, utcOffset: utc })
}

test('members come in the order of the model; unknown ones and nulls are dropped', () => {
  const json = '{"RecordDetail":{"Status":"CREATED","RecordId":"r","Surprise":1,"PathId":null},"__proto__":{}}'
  assert.equal(printJson(shape(json, 'iso8601')), '{"RecordDetail": {"RecordId": "r", "Status": "CREATED"}}')
})

test('wire timestamps stay as they were sent', () => {
  const json = '{"RecordDetail":{"CreatedTime":1564000000.123,"UpdatedTime":1564000001}}'
  assert.equal(printJson(shape(json, 'wire')), json.replaceAll(':', ': ').replaceAll(',', ', '))
})
