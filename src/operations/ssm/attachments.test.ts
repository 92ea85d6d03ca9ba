import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, test } from 'node:test'
import { testDocument, testKit } from '../testing.ts'

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
const withFiles = (files: string) => `${testDocument}\nfiles:\n${files}`
const document = (files: string) => ({ Name: 'Doc', Content: withFiles(files), DocumentFormat: 'YAML' as const })
const file = (path: string, Name?: string) => ({ Key: 'S3FileUrl' as const, Values: [path], ...(Name && { Name }) })

describe('validation', () => {
  test('attachments must be there, once, and what the document says they are', async t => {
    const { documents } = testKit(t)
    const create = (files: string, ...Attachments: object[]) =>
      documents('CreateDocument', { ...document(files), Attachments })
    const wrong = `  a.py: {checksums: {sha256: ${sha256('other')}}}\n`
    await assert.rejects(create(wrong, file('s3://b/a.py')), {
      code: 'InvalidDocumentContent',
      message: /^Attachment a\.py has the SHA-256 \w{64}, but the document says \w{64}\.$/,
    })
    await assert.rejects(create('  a.py:\n', file('s3://b/b.py')), {
      code: 'InvalidDocumentContent',
      message: 'Attachment b.py is not listed under files.',
    })
    for (const [source, message] of [
      [[file('nowhere/a.py')], 'Attachment a.py: nowhere/a.py cannot be fetched: it is not there.'],
      [[file('x/a.py'), file('y/a.py')], 'Attachment a.py is given twice.'],
      [[{ Key: 'S3FileUrl', Values: [] }], 'An attachment has exactly one value.'],
      [[{ Values: ['a.py'] }], 'An attachment has the Key SourceUrl, S3FileUrl or AttachmentReference.'],
      [[{ Key: 'AttachmentReference', Values: ['Doc'] }], 'Doc is not of the form NAME/VERSION/FILE.'],
    ] as const) {
      await assert.rejects(create('  a.py:\n', ...source), { code: 'ValidationException', message })
    }
    await assert.rejects(create('  a.py:\n', { Key: 'AttachmentReference', Values: ['None/1/a.py'] }), {
      code: 'InvalidDocument',
    })
  })

  test('a document names its files properly', async t => {
    const { documents } = testKit(t)
    for (const [files, message] of [
      ['  ../a: {}\n', /^File "\.\.\/a": the name is not valid\.$/],
      ['  a.py: {checksums: {sha256: abc}}\n', /^File "a\.py": sha256 must be 64 hexadecimal digits\.$/],
      ['  a.py: {checksum: {}}\n', /^File "a\.py" has an unknown property: checksum\.$/],
      ['  - a.py\n', /^files must be a map\.$/],
    ] as const) {
      await assert.rejects(documents('CreateDocument', document(files)), { code: 'InvalidDocumentContent', message })
    }
  })
})

describe('functionality', () => {
  test('files of a folder and by themselves are kept and shown, and a new version has its own', async t => {
    const { documents } = testKit(t)
    const files = `  a.py: {checksums: {sha256: ${sha256('s3://b/dir/a.py').toUpperCase()}}}\n  b.zip:\n`
    const { DocumentDescription } = await documents('CreateDocument', {
      ...document(files),
      Attachments: [{ Key: 'SourceUrl', Values: ['s3://b/dir/'] }],
    })
    assert.deepEqual(DocumentDescription!.AttachmentsInformation, [{ Name: 'a.py' }, { Name: 'b.zip' }])
    const got = await documents('GetDocument', { Name: 'Doc' })
    assert.deepEqual(got.AttachmentsContent?.[0], {
      Name: 'a.py',
      Size: 's3://b/dir/a.py'.length,
      Hash: sha256('s3://b/dir/a.py'),
      HashType: 'Sha256',
    })
    const same = { ...document(files), DocumentVersion: '$LATEST' }
    await documents('UpdateDocument', {
      ...same,
      Attachments: [{ Key: 'AttachmentReference', Values: ['Doc/1/a.py'], Name: 'b.zip' }],
    })
    const second = await documents('GetDocument', { Name: 'Doc', DocumentVersion: '2' })
    assert.deepEqual(second.AttachmentsContent, [
      {
        Name: 'b.zip',
        Size: 'kept:s3://b/dir/a.py'.length,
        Hash: sha256('kept:s3://b/dir/a.py'),
        HashType: 'Sha256',
      },
    ])
    const first = await documents('DescribeDocument', { Name: 'Doc', DocumentVersion: '1' })
    assert.equal(first.Document!.AttachmentsInformation?.length, 2)
  })

  test('a file is named by its path, unless it is given a name', async t => {
    const { documents } = testKit(t)
    const { DocumentDescription } = await documents('CreateDocument', {
      ...document('  a.py:\n  b.zip:\n'),
      Attachments: [file('https://example.com/x/a.py?versionId=1'), file('s3://b/c.zip', 'b.zip')],
    })
    assert.deepEqual(DocumentDescription!.AttachmentsInformation, [{ Name: 'a.py' }, { Name: 'b.zip' }])
  })

  test('a document without its files is taken: its step says that it has none', async t => {
    const { documents } = testKit(t)
    const { DocumentDescription } = await documents('CreateDocument', document('  a.py:\n'))
    assert.equal(DocumentDescription!.AttachmentsInformation, undefined)
  })
})
