import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Aws } from '../aws/api.ts'
import type { Execution } from '../catalog/execution.ts'
import { ArtifactError } from '../engines/engine.ts'
import { AttachmentRefused, type Caller } from '../operations/operation.ts'
import { SqliteDriver } from '../storage/sqlite/driver.ts'
import { openStorage } from '../storage/storage.ts'
import { ArtifactStore } from './artifacts/store.ts'
import { attachmentOf, createAttachmentStore } from './attachments.ts'

test('a file is read with the caller’s account, kept, and found by the execution of its version', async t => {
  const now = new Date(0)
  const storage = openStorage(new SqliteDriver(':memory:', () => 0))
  t.after(() => storage.close())
  const config = { mostBytes: 1000, mostBytesPerAccount: 10_000 }
  const store = new ArtifactStore({ storage, aws: {} as Aws, config, now: () => now, accountId: '1' })
  const scope = { accountId: '123456789012', region: 'us-east-1' }
  const readers: unknown[] = []
  const fetch = async (path: string, reader: unknown) => {
    if (path === 'gone') throw new ArtifactError('gone cannot be fetched: HTTP status 404.')
    readers.push(reader)
    return Buffer.from('print(1)')
  }
  const attachments = createAttachmentStore({ fetch }, store)
  const caller = { scope, arn: 'arn:aws:iam::123456789012:user/admin' } as Caller
  const taken = await attachments.take('s3://b/a.py', caller)
  assert.equal(taken.size, 8)
  assert.deepEqual(readers, [{ ...scope, sessionName: 'bellhop-attachments' }])
  await assert.rejects(attachments.take('gone', caller), AttachmentRefused)

  const version = {
    name: 'Doc',
    version: '1',
    createdAt: now,
    format: 'YAML' as const,
    content: '',
    hash: '',
    schemaVersion: '0.3',
    parameters: [],
    attachments: [{ name: 'a.py', ...taken }],
  }
  const document = {
    scope,
    name: 'Doc',
    createdAt: now,
    defaultVersion: '1',
    latestVersion: '1',
    nextVersion: 2,
    tags: [],
  }
  await storage.documents.create(document, version)
  const execution = { scope, document: { name: 'Doc', version: '1', content: '' } } as Execution
  assert.equal(Buffer.from((await attachmentOf(execution, 'a.py', storage, store))!).toString(), 'print(1)')
  assert.equal(await attachmentOf(execution, 'b.py', storage, store), undefined)
  const other = { ...execution, scope: { ...scope, region: 'eu-west-1' } }
  assert.equal(await attachmentOf(other, 'a.py', storage, store), undefined)
})
