import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { moduleArchive } from '../../kit/archives.ts'

const fixture = (name: string) => readFileSync(join(import.meta.dirname, 'fixtures/module', name), 'utf8')

/** The archive of the conformance suite's module. */
export function conformanceModule(): Promise<Buffer> {
  return moduleArchive({ 'main.tf': fixture('main.tf'), 'work.sh': fixture('work.sh') })
}

/** A host that serves files by name; the server must be allowed to reach 127.0.0.1. It ends with the process. */
export async function serveFiles(files: Readonly<Record<string, Uint8Array>>): Promise<(name: string) => string> {
  const http = createServer((request, response) => {
    const file = files[(request.url ?? '').slice(1)]
    if (file) response.end(file)
    else response.writeHead(404).end()
  })
  http.listen(0, '127.0.0.1')
  http.unref()
  await new Promise(done => http.once('listening', done))
  const { port } = http.address() as AddressInfo
  return name => `http://127.0.0.1:${port}/${name}`
}
