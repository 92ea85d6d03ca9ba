import assert from 'node:assert/strict'
import { test } from 'node:test'
import { capture } from '../../test/cli/io.ts'
import { operationNames, operationSlice } from '../model/slices.ts'
import { run } from './main.ts'
import { yamlSkeleton } from './skeleton.ts'

function skeletonOf(name: string): Promise<string> {
  const { model, operation } = operationSlice('servicecatalog', name)
  return yamlSkeleton('servicecatalog', operation.input, model.shapes)
}

test('a YAML skeleton says of every member what it is, on its line', async () => {
  const lines = (await skeletonOf('ExecuteProvisionedProductServiceAction')).split('\n')
  assert.match(lines[0]!, /^ProvisionedProductId: '' {2}# \[REQUIRED\] [A-Z][^#]+\.$/)
  assert.match(lines[1]!, /^ServiceActionId: '' # \[REQUIRED\] [A-Z][^#]+\.$/)
  assert.match(lines[4]!, /^Parameters: # [A-Z][^#]+\.$/)
  assert.deepEqual(lines.slice(5), ['  KeyName:', "  - ''", ''])
})

test('the values of an enum follow what the member is', async () => {
  assert.match(
    await skeletonOf('CreateProduct'),
    /\nProductType: CLOUD_FORMATION_TEMPLATE # \[REQUIRED\] .+\. Valid values are: CLOUD_/,
  )
})

test('no skeleton of Service Catalog has a member without a sentence', async () => {
  for (const name of operationNames.servicecatalog) {
    const bare = (await skeletonOf(name)).split('\n').filter(line => /#( \[REQUIRED\])?( Valid .*)?$/.test(line))
    assert.deepEqual(bare, [], name)
  }
})

const sample = (...words: string[]) =>
  capture(io => run(['servicecatalog', ...words, '--generate-cli-skeleton', 'output'], io), {
    env: { AWS_REGION: 'us-east-1', HOME: '/nowhere' },
  })

test("a sample answer's time is a time, which every format writes in its own way", async () => {
  const words = ['describe-portfolio', '--id', 'x', '--query', '{at: PortfolioDetail.CreatedTime}', '--output']
  const rows: readonly [format: string, line: string][] = [
    ['json', '    "at": "1970-01-01T00:00:00"'],
    ['yaml', 'at: 1970-01-01 00:00:00'],
    ['yaml-stream', '- at: 1970-01-01 00:00:00'],
    ['text', '1970-01-01 00:00:00'],
  ]
  for (const [format, line] of rows) {
    const { exit, stdout } = await sample(...words, format)
    assert.equal(exit, 0)
    assert.ok(stdout.split('\n').includes(line), stdout)
  }
})

test('a sample answer that the model forbids is refused, as the AWS CLI refuses its own', async () => {
  const { exit, stdout, stderr } = await sample('describe-service-action', '--id', 'x')
  assert.deepEqual([exit, stdout], [252, ''])
  assert.match(
    stderr,
    /Invalid length for parameter ServiceActionDetail.Definition.KeyName, value: 0, valid min length: 1/,
  )
})

test('paging options and a sample answer do not go together', async () => {
  const { exit, stderr } = await sample('list-portfolios', '--max-items', '3')
  assert.equal(exit, 252)
  assert.match(
    stderr,
    /Unknown parameter in input: "PaginationConfig", must be one of: AcceptLanguage, PageToken, PageSize/,
  )
})
