/**
 * The floor under an accepted request: node:http, a checked signature, and one row in a synced, group-committed insert.
 * Started by bench/server.ts with a folder and a key; prints its address.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { parseAuthorization, verifySignature } from '../src/sigv4/verify.ts'

const [folder, secretAccessKey] = process.argv.slice(2) as [string, string]
const database = new DatabaseSync(join(folder, 'floor.db'))
for (const pragma of ['journal_mode = wal', 'synchronous = full']) database.exec(`pragma ${pragma}`)
database.exec('create table rows (id integer primary key, body text not null)')
const insert = database.prepare('insert into rows (body) values (?)')

let waiting: { readonly body: string; readonly done: () => void }[] = []
function commit(): void {
  const group = waiting
  waiting = []
  database.exec('begin immediate')
  for (const { body } of group) insert.run(body)
  database.exec('commit')
  for (const { done } of group) done()
}

const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', chunk => chunks.push(chunk))
  request.once('end', () => {
    const body = Buffer.concat(chunks)
    const headers: [string, string][] = []
    for (let i = 0; i < request.rawHeaders.length; i += 2) {
      headers.push([request.rawHeaders[i]!, request.rawHeaders[i + 1]!])
    }
    const head = { method: 'POST', path: request.url ?? '/', query: '', headers }
    const authorization = parseAuthorization(head, new Date(), { services: ['servicecatalog'] })
    verifySignature({ ...head, body }, authorization, secretAccessKey)
    if (waiting.length === 0) setImmediate(commit)
    waiting.push({
      body: body.toString('utf8'),
      done: () => {
        response.writeHead(200, { 'Content-Type': 'application/x-amz-json-1.1' })
        response.end('{"RecordDetail":{"RecordId":"rec-aaaaaaaaaaaaa","Status":"CREATED"}}')
      },
    })
  })
})
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`)
})
