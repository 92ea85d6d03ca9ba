import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, test } from 'node:test'
import { parse } from 'yaml'
import { testDocument, testKit } from '../testing.ts'

const other = testDocument.replace('PT1S', 'PT2S')
const yaml = { Name: 'Resize', Content: testDocument, DocumentFormat: 'YAML' } as const
const json = JSON.stringify(parse(testDocument))

describe('validation', () => {
  test('only sound automation documents are taken', async t => {
    const { documents } = testKit(t)
    const create = (more: object) => documents('CreateDocument', { ...yaml, ...more })
    const content = { code: 'InvalidDocumentContent' }
    await assert.rejects(create({ Content: '{}', DocumentFormat: 'JSON' }), content)
    await assert.rejects(create({ Content: ': : :' }), content)
    await assert.rejects(create({ Content: testDocument.replace('aws:sleep', 'aws:slept') }), content)
    await assert.rejects(create({ DocumentFormat: 'JSON' }), content)
    await assert.rejects(create({ DocumentFormat: 'TEXT' }), content)
    await assert.rejects(create({ Content: `${testDocument}#${'x'.repeat(65_536)}` }), {
      code: 'MaxDocumentSizeExceeded',
    })
    await assert.rejects(create({ DocumentType: 'Package' }), { code: 'UnsupportedOperationException' })
    await assert.rejects(create({ DocumentType: 'Command' }), content)
    await assert.rejects(create({ Name: 'AWS-Mine' }), { code: 'ValidationException' })
  })

  test('what is not there is InvalidDocument or InvalidDocumentVersion', async t => {
    const { documents } = testKit(t)
    await documents('CreateDocument', yaml)
    await assert.rejects(documents('CreateDocument', yaml), { code: 'DocumentAlreadyExists' })
    for (const call of [
      () => documents('DescribeDocument', { Name: 'None' }),
      () => documents('DescribeDocument', { Name: 'arn:aws:ssm:us-east-1:999999999999:document/Resize' }),
      () => documents('GetDocument', { Name: 'None' }),
      () => documents('UpdateDocument', { Name: 'None', Content: testDocument }),
      () => documents('UpdateDocumentDefaultVersion', { Name: 'None', DocumentVersion: '1' }),
      () => documents('DeleteDocument', { Name: 'None' }),
      () => documents('ListDocumentVersions', { Name: 'None' }),
    ]) {
      await assert.rejects(call(), { code: 'InvalidDocument', message: /does not exist/ })
    }
    for (const call of [
      () => documents('DescribeDocument', { Name: 'Resize', DocumentVersion: '2' }),
      () => documents('GetDocument', { Name: 'Resize', VersionName: 'none' }),
      () => documents('UpdateDocumentDefaultVersion', { Name: 'Resize', DocumentVersion: '2' }),
      () => documents('UpdateDocument', { ...yaml, Content: other, DocumentVersion: '2' }),
    ]) {
      await assert.rejects(call(), { code: 'InvalidDocumentVersion' })
    }
    await assert.rejects(documents('UpdateDocument', yaml), { code: 'DuplicateDocumentContent' })
    await assert.rejects(documents('ListDocuments', { Filters: [{ Key: 'constructor', Values: ['x'] }] }), {
      code: 'InvalidFilterKey',
    })
    await assert.rejects(documents('ListDocuments', { NextToken: 'x' }), { code: 'InvalidNextToken' })
  })
})

describe('functionality', () => {
  test('a document is created, described by name and ARN, and given in both formats', async t => {
    const { documents } = testKit(t)
    const { DocumentDescription } = await documents('CreateDocument', {
      ...yaml,
      TargetType: '/WebService::Process',
      Tags: [{ Key: 'team', Value: 'blue' }],
    })
    assert.equal(DocumentDescription?.Status, 'Creating')
    const { Document } = await documents('DescribeDocument', {
      Name: 'arn:aws:ssm:us-east-1:111122223333:document/Resize',
    })
    assert.deepEqual(Document, { ...DocumentDescription, Status: 'Active' })
    assert.equal(Document?.Hash, createHash('sha256').update(testDocument).digest('hex'))
    assert.equal(Document?.TargetType, '/WebService::Process')
    assert.equal(Document?.Description, 'Waits a little.')
    assert.deepEqual(Document?.Parameters?.[1], { Name: 'Size', Type: 'String', DefaultValue: 'small' })
    assert.equal((await documents('GetDocument', { Name: 'Resize' })).Content, testDocument)
    const asJson = await documents('GetDocument', { Name: 'Resize', DocumentFormat: 'JSON' })
    assert.deepEqual(JSON.parse(asJson.Content!), parse(testDocument))
    await documents('CreateDocument', { Name: 'Json', Content: json })
    const asYaml = await documents('GetDocument', { Name: 'Json', DocumentFormat: 'YAML' })
    assert.deepEqual(parse(asYaml.Content!), parse(testDocument))
  })

  test('versions are added, chosen and deleted; a number never comes back', async t => {
    const { documents, services, admin } = testKit(t)
    await documents('CreateDocument', { ...yaml, TargetType: '/T' })
    const updated = await documents('UpdateDocument', {
      ...yaml,
      Content: other,
      DocumentVersion: '$LATEST',
      VersionName: 'two',
    })
    assert.equal(updated.DocumentDescription?.DocumentVersion, '2')
    assert.equal(updated.DocumentDescription?.TargetType, '/T')
    const content = async (more: object) => (await documents('GetDocument', { Name: 'Resize', ...more })).Content
    assert.equal(await content({}), testDocument)
    assert.equal(await content({ DocumentVersion: '$LATEST' }), other)
    assert.equal(await content({ DocumentVersion: '2' }), other)
    assert.equal(await content({ VersionName: 'two' }), other)
    await assert.rejects(documents('UpdateDocument', { ...yaml, VersionName: 'two' }), {
      code: 'DuplicateDocumentVersionName',
    })
    await documents('UpdateDocumentDefaultVersion', { Name: 'Resize', DocumentVersion: '2' })
    assert.equal(await content({}), other)
    const stored = await services.storage.documents.getVersion(admin.scope, 'Resize', '$DEFAULT')
    assert.deepEqual([stored?.version, stored?.format, stored?.targetType], ['2', 'YAML', '/T'])

    await documents('UpdateDocument', yaml)
    const one = await documents('ListDocumentVersions', { Name: 'Resize', MaxResults: 2 })
    const two = await documents('ListDocumentVersions', { Name: 'Resize', NextToken: one.NextToken })
    assert.deepEqual(
      [one, two].flatMap(page => page.DocumentVersions!.map(v => [v.DocumentVersion, v.IsDefaultVersion])),
      [
        ['3', false],
        ['2', true],
        ['1', false],
      ],
    )
    await assert.rejects(documents('DeleteDocument', { Name: 'Resize', DocumentVersion: '2' }), {
      code: 'InvalidDocumentOperation',
    })
    await documents('DeleteDocument', { Name: 'Resize', DocumentVersion: '3' })
    assert.equal((await documents('DescribeDocument', { Name: 'Resize' })).Document?.LatestVersion, '2')
    const next = await documents('UpdateDocument', yaml)
    assert.equal(next.DocumentDescription?.DocumentVersion, '4')
    await documents('DeleteDocument', { Name: 'Resize' })
    await assert.rejects(documents('GetDocument', { Name: 'Resize' }), { code: 'InvalidDocument' })
  })

  test('documents are listed by name, filtered in both forms and by pages', async t => {
    const { documents } = testKit(t)
    await documents('CreateDocument', { ...yaml, Name: 'Web-Restart', TargetType: '/Web' })
    await documents('CreateDocument', { Name: 'Db-Restart', Content: json, Tags: [{ Key: 'team', Value: 'blue' }] })
    const names = async (input: Parameters<typeof documents<'ListDocuments'>>[1]) =>
      (await documents('ListDocuments', input)).DocumentIdentifiers?.map(({ Name }) => Name)
    const filter = (Key: string, ...Values: string[]) => names({ Filters: [{ Key, Values }] })
    assert.deepEqual(await names({}), ['Db-Restart', 'Web-Restart'])
    assert.deepEqual(await filter('Name', 'Web'), ['Web-Restart'])
    assert.deepEqual(await filter('Owner', 'Self'), ['Db-Restart', 'Web-Restart'])
    assert.deepEqual(await filter('Owner', 'Amazon'), [])
    assert.deepEqual(await filter('DocumentType', 'Command'), [])
    assert.deepEqual(await filter('DocumentType', 'Command', 'Automation'), ['Db-Restart', 'Web-Restart'])
    assert.deepEqual(await filter('TargetType', '/Web'), ['Web-Restart'])
    assert.deepEqual(await filter('tag:team', 'blue'), ['Db-Restart'])
    assert.deepEqual(await filter('SearchKeyword', 'RESTART'), ['Db-Restart', 'Web-Restart'])
    assert.deepEqual(await names({ DocumentFilterList: [{ key: 'Name', value: 'Db' }] }), ['Db-Restart'])
    const one = await documents('ListDocuments', { MaxResults: 1 })
    assert.deepEqual(await names({ NextToken: one.NextToken }), ['Web-Restart'])
  })
})
