import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { copyFileSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { root } from '../../scripts/server-process.ts'
import { call, startBellhop, temporaryFolder } from '../kit/bellhop.ts'

function bellhop(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'src/bin.ts'), ...args], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'] },
  })
  return { status, stdout, stderr }
}

const createPortfolio = (server: Parameters<typeof call>[0], DisplayName: string) =>
  call(server, 'servicecatalog', 'CreatePortfolio', { DisplayName, ProviderName: 'x', IdempotencyToken: randomUUID() })

test('a backup of a running server is what it was at that moment, and can be put in place of what is damaged', async t => {
  const folder = temporaryFolder(t)
  const data = join(folder, 'data')
  const copy = join(folder, 'copy.db')
  let server = await startBellhop({ dataDirectory: data })
  t.after(() => server.kill())
  const names = async () =>
    (await call(server, 'servicecatalog', 'ListPortfolios', {})).PortfolioDetails.map((each: any) => each.DisplayName)
  for (let i = 0; i < 50; i += 1) await createPortfolio(server, `before ${i}`)
  const made = bellhop('backup', '--data', data, '--to', copy)
  assert.equal(made.status, 0, made.stderr)
  assert.match(made.stdout, /secret\.key/)
  await createPortfolio(server, 'after')

  const again = bellhop('backup', '--data', data, '--to', copy)
  assert.equal(again.status, 1)
  assert.match(again.stderr, /--force replaces it/)
  const inUse = bellhop('restore', '--from', copy, '--data', data, '--force')
  assert.equal(inUse.status, 1)
  assert.match(inUse.stderr, /in use by another bellhop server/)

  await server.stop()
  const file = join(data, 'bellhop.db')
  const bytes = readFileSync(file)
  bytes.fill(0xa5, 4096 * 2, 4096 * 6)
  writeFileSync(file, bytes)
  await assert.rejects(
    startBellhop({ dataDirectory: data }),
    /bellhop\.db (is damaged|cannot be used).*bellhop restore/s,
  )

  const hesitant = bellhop('restore', '--from', copy, '--data', data)
  assert.equal(hesitant.status, 1)
  const restored = bellhop('restore', '--from', copy, '--data', data, '--force')
  assert.equal(restored.status, 0, restored.stderr)
  assert.ok(existsSync(`${file}.before-restore`))
  assert.equal(statSync(file).mode & 0o777, 0o600)
  server = await startBellhop({ dataDirectory: data })
  const found = await names()
  assert.ok(found.length > 0 && !found.includes('after'))
})

test('a backup is no backup of nothing, and a restore takes no other file', t => {
  const folder = temporaryFolder(t)
  mkdirSync(join(folder, 'empty'))
  const none = bellhop('backup', '--data', join(folder, 'empty'), '--to', join(folder, 'copy.db'))
  assert.equal(none.status, 1)
  assert.match(none.stderr, /There is no database in/)
  copyFileSync(join(root, 'README.md'), join(folder, 'other'))
  const other = bellhop('restore', '--from', join(folder, 'other'), '--data', join(folder, 'new'))
  assert.equal(other.status, 1)
  assert.match(other.stderr, /is not a whole database of Bellhop's/)
  assert.ok(!existsSync(join(folder, 'new/bellhop.db')))
  assert.equal(bellhop('backup').status, 2)
})
