import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bytes } from './bytes.ts'
import { asBoto3, asCli, kebab } from './copy-as.ts'
import { csvOf } from './csv.ts'
import { dayBegins } from './day.ts'
import { actionField, problemOf, productField } from './fields.ts'
import { changedType, happening, reasonsOf, summaryOf } from './plan.ts'
import { isEnded, signOf, statusText } from './status.ts'
import { isSecretName, nameOfArn, shortened, visible, withoutEscapes } from './text.ts'
import { ago, dateTime, duration } from './time.ts'

test('characters that are not seen, or that rearrange others, are shown as signs', () => {
  assert.equal(visible('<b>\u0000\u001b[31m'), '<b>\u2400\u241b[31m')
  assert.equal(visible('user\u202etxt.exe'), 'user\u2039U+202E\u203atxt.exe')
  assert.equal(visible('a\u200bb\u{e0041}'), 'a\u2039U+200B\u203ab\u2039U+E0041\u203a')
  assert.equal(visible('one\r\n\ttwo \u05d0 \u{1f600}'), 'one\n\ttwo \u05d0 \u{1f600}')
})

test('marks are piled up no higher than any script needs', () => {
  const vietnamese = 'Vie\u0323\u0302t'
  assert.equal(visible(vietnamese), vietnamese)
  assert.equal(visible(`Z${'\u0323'.repeat(500)}o`), `Z${'\u0323'.repeat(8)}\u2026o`)
})

test('long texts are cut between characters', () => {
  assert.deepEqual(shortened('abc', 3), { shown: 'abc', left: 0 })
  assert.deepEqual(shortened('a\u{1f600}b', 2), { shown: 'a', left: 3 })
})

test("terminals' commands are left out of logs", () => {
  assert.equal(withoutEscapes('\u001b[1;31mred\u001b[0m \u001b]0;title\u0007end'), 'red end')
})

test('names that sound secret', () => {
  for (const name of ['ApiKey', 'DB_PASSWORD', 'clientSecret', 'AccessToken', 'key'])
    assert.ok(isSecretName(name), name)
  for (const name of ['KeyName', 'Url', 'Monkey', 'Pid']) assert.ok(!isSecretName(name), name)
  assert.equal(nameOfArn('arn:aws:sts::1:assumed-role/R/me'), 'me')
})

test('times', () => {
  assert.equal(dateTime(0, 'utc'), '1970-01-01 00:00:00 UTC')
  assert.equal(dateTime(0, 'local', 'Asia/Tokyo'), '1970-01-01 09:00:00')
  assert.equal(dateTime(Number.NaN, 'utc'), '')
  assert.deepEqual([0.44, 9.96, 59.7, 61, 7_260, 90_000].map(duration), [
    '0.4 s',
    '10 s',
    '1 min 0 s',
    '1 min 1 s',
    '2 h 1 min',
    '1 d 1 h',
  ])
  assert.deepEqual(
    [0, 30, 90, 7_200].map(past => ago(10_000 - past, 10_000)),
    ['just now', '30 s ago', '1 min ago', '2 h ago'],
  )
})

test('statuses', () => {
  assert.equal(statusText('IN_PROGRESS_IN_ERROR'), 'In progress in error')
  assert.equal(statusText('InProgress'), 'In progress')
  assert.equal(signOf('TAINTED'), 'warning')
  assert.equal(signOf('constructor'), 'info')
  assert.deepEqual(['SUCCEEDED', 'Cancelled', 'Waiting', 'CREATED'].map(isEnded), [true, true, false, false])
})

test('the same call for a terminal and for Python', () => {
  const call = {
    service: 'servicecatalog',
    operation: 'ExecuteProvisionedProductServiceAction',
    input: { ProvisionedProductId: 'pp-1', Parameters: { Note: ["it's $HOME"] }, Flag: true },
    region: 'us-east-1',
    endpoint: 'http://127.0.0.1:4880',
  }
  assert.equal(
    asCli(call),
    `aws servicecatalog execute-provisioned-product-service-action --endpoint-url http://127.0.0.1:4880 --region us-east-1 \\
  --provisioned-product-id pp-1 \\
  --parameters '{"Note":["it'\\''s $HOME"]}' \\
  --flag true`,
  )
  assert.match(asBoto3(call), /client\.execute_provisioned_product_service_action\(\n {4}ProvisionedProductId="pp-1",/)
  assert.match(asBoto3(call), /Parameters=\{"Note": \["it's \$HOME"\]\},\n {4}Flag=True,/)
  assert.deepEqual(['AWSAccountId', 'PrincipalARN', 'EC2Instance', 'Id'].map(kebab), [
    'aws-account-id',
    'principal-arn',
    'ec2-instance',
    'id',
  ])
})

test('fields of products', () => {
  const field = productField({
    ParameterKey: 'size',
    ParameterType: 'Number',
    ParameterConstraints: { MinValue: '1', MaxValue: '8', AllowedPattern: '\\d+' },
  })
  assert.deepEqual([field.isRequired, field.least, field.most], [true, 1, 8])
  assert.deepEqual(
    ['', '0', '9', 'x', '3'].map(value => problemOf(field, value)),
    ['A value is needed.', 'At least 1.', 'At most 8.', 'A number is needed.', undefined],
  )
  const optional = productField({ ParameterKey: 'a', DefaultValue: '', ParameterConstraints: { AllowedValues: [] } })
  assert.equal(problemOf(optional, ''), undefined)
})

test('fields of actions', () => {
  const target = actionField({ Name: 'Id', Type: 'TARGET', DefaultValues: ['i-1', 'i-2'] })
  assert.deepEqual([target.options, target.isList, target.initial], [['i-1', 'i-2'], true, 'i-1\ni-2'])
  assert.equal(problemOf(target, 'i-1\ni-9'), 'Choose one of i-1, i-2.')
  const text = actionField({ Name: 'W', Type: 'String', DefaultValues: [] }, { allowedValues: [1, 2], type: 'String' })
  assert.deepEqual(text.options, ['1', '2'])
})

test("patterns are Java's, and one that would take for ever is left to the server", () => {
  const problem = (AllowedPattern: string, value: string) =>
    problemOf(productField({ ParameterConstraints: { AllowedPattern } }), value)
  assert.equal(problem('\\Qx.\\E', 'x.'), undefined)
  assert.equal(problem('\\Qx.\\E', 'xy'), 'It must match \\Qx.\\E')
  assert.equal(problem('\\p{Alpha}+', 'x1'), 'It must match \\p{Alpha}+')
  // None at all: the server says so.
  assert.equal(problem('(', 'x'), undefined)
  const as = 'a'.repeat(200)
  for (const evil of ['(a+)+$', '((a+)b?)+', '(a?){50}a{50}', 'a*a*a*a*a*a*a*b', '(a|a)*c', '(\\w+)\\1(\\w+)\\2+c']) {
    const budget = process.cpuUsage()
    problem(evil, `${as}!`)
    assert.ok(process.cpuUsage(budget).user < 1e6, evil)
  }
})

test('what a plan says', () => {
  const changes = [
    { Action: 'ADD', LogicalResourceId: 'a' },
    { Action: 'MODIFY', Replacement: 'TRUE' },
    { Action: 'MODIFY', Replacement: 'CONDITIONAL' },
    { Action: 'MODIFY', Replacement: 'FALSE' },
    { Action: 'MODIFY' },
    { Action: 'REMOVE' },
  ]
  assert.deepEqual(changes.map(happening), ['add', 'replace', 'perhaps', 'change', 'change', 'remove'])
  assert.equal(summaryOf(changes), '1 to add, 2 to change in place, 1 to replace, 1 to change or replace, 1 to remove')
  assert.equal(summaryOf([]), 'Nothing would change.')
  assert.equal(
    reasonsOf({
      Details: [
        { Target: { Attribute: 'PROPERTIES', Name: 'Size', RequiresRecreation: 'ALWAYS' }, CausingEntity: 'size' },
        { Target: { Attribute: 'TAGS' } },
        { Target: { Attribute: 'TAGS' } },
      ],
    }),
    'Size replaces it (because of size), tags',
  )
  assert.equal(reasonsOf({ Scope: ['PROPERTIES', 'TAGS'] }), 'properties, tags')
  assert.equal(changedType('Bellhop::Tag'), 'Tag')
})

test('a file for spreadsheets carries nothing out', () => {
  assert.equal(
    csvOf(
      ['Who', 'Comment'],
      [
        ['alice', '=HYPERLINK("http://x")'],
        ['bob', undefined],
        ['a,b', 'line\nline "two"'],
      ],
    ),
    'Who,Comment\r\nalice,"\'=HYPERLINK(""http://x"")"\r\nbob,\r\n"a,b","line\nline ""two"""\r\n',
  )
  for (const evil of ['=1', '+1', '-1', '@SUM(1)', ' =1', '\t=1', '\tx', '\rx', '\n+1']) {
    const written = csvOf([], [[evil]]).slice(2)
    assert.match(written, /^"?'/, JSON.stringify(evil))
  }
  assert.equal(csvOf([], [['a=b-c']]), '\r\na=b-c\r\n')
})

test('days begin in the zone that is chosen', () => {
  assert.equal(dayBegins('2026-01-31', 'utc'), Date.UTC(2026, 0, 31) / 1000)
  assert.equal(dayBegins('2026-01-31', 'utc', 1), Date.UTC(2026, 1, 1) / 1000)
  assert.equal(dayBegins('2026-01-31', 'local'), new Date(2026, 0, 31).getTime() / 1000)
  for (const none of [undefined, '', 'yesterday', '2026-1-1']) assert.equal(dayBegins(none, 'utc'), undefined)
})

test('sizes', () => {
  assert.deepEqual([0, 512, 4096, 4_404_019, 900 * 2 ** 20, 3 * 2 ** 40].map(bytes), [
    '0 B',
    '512 B',
    '4 KiB',
    '4.2 MiB',
    '900 MiB',
    '3 TiB',
  ])
})
