import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { ParserError, ParserThread } from './parser-thread.ts'

const program = `
import { parentPort } from 'node:worker_threads'
parentPort.on('message', ({ id, text }) => {
  for (; text === 'endless'; );
  if (text === 'dies') process.exit(3)
  parentPort.postMessage(text === 'bad' ? { id, error: 'line 1: bad' } : { id, value: text.toUpperCase() })
})
`

test('a thread that is kept busy, or dies, is replaced; the one who asked is told, the event loop never waits', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'bellhop-test-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'parser.mjs')
  writeFileSync(file, program)
  const thread = new ParserThread<string>({ file: () => file, what: 'The text', mostMilliseconds: 3_000 })
  const parse = (text: string) => thread.parse('x.txt', { text })
  assert.equal(await parse('good'), 'GOOD')
  await assert.rejects(parse('bad'), new ParserError('line 1: bad'))
  let turns = 0
  const turning = setInterval(() => {
    turns += 1
  }, 10)
  await assert.rejects(parse('endless'), new ParserError('x.txt could not be parsed within 3 seconds'))
  clearInterval(turning)
  assert.ok(turns > 10, `${turns}`)
  assert.equal(await parse('good'), 'GOOD')
  await assert.rejects(parse('dies'), new ParserError('The text is too much for the parser'))
  assert.equal(await parse('good'), 'GOOD')
})
