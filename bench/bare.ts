/**
 * The least that Node takes for an answer: node:http, the body read and the same bytes sent, nothing looked at. Started by
 * bench/server.ts with the file that holds the answer; prints its address.
 */
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

const answer = readFileSync(process.argv[2]!, 'utf8')
const server = createServer((request, response) => {
  request.resume()
  request.once('end', () => {
    response.writeHead(200, {
      'Content-Type': 'application/x-amz-json-1.1',
      'x-amzn-RequestId': '00000000-0000-4000-8000-000000000000',
      'Content-Length': Buffer.byteLength(answer),
    })
    response.end(answer)
  })
})
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`)
})
