import assert from 'node:assert/strict'
import { test } from 'node:test'
import { HclError, HclParser } from './hcl.ts'

const parser = new HclParser()
const parse = async (text: string) => (await parser.parse([{ path: 'main.tf', text }]))[0]

test('blocks come as JSON, expressions as text', async () => {
  assert.deepEqual(await parse('variable "size" {\n  type = number\n  default = 2\n}\n'), {
    variable: { size: [{ type: '${number}', default: 2 }] },
  })
})

test('what is no HCL is refused with its place', async () => {
  await assert.rejects(parse('variable "a" {\n  default = \n}\n'), (error: Error) => {
    assert.ok(error instanceof HclError)
    assert.match(error.message, /^main\.tf:2,\d+-.*Invalid expression/)
    return true
  })
})

test('a file that brings the parser down fails, and the next one is parsed', async () => {
  for (const deep of [
    `variable "a" { default = ${'['.repeat(200_000)}`,
    `x = ${'('.repeat(50_000)}`,
    'a {'.repeat(1e5),
  ]) {
    await assert.rejects(parse(deep), HclError)
    assert.deepEqual(await parse('variable "a" {}\n'), { variable: { a: [{}] } })
  }
  await assert.rejects(parse('#'.repeat(3_000_000)), /more than 2097152 characters/)
})
