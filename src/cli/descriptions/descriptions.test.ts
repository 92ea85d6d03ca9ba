import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Shape } from '../../model/service-model.ts'
import { services } from '../../model/services.ts'
import { describeMember, describeOperation, descriptions, firstSentence } from './index.ts'

const { operations, shapes } = services.servicecatalog

/** Every structure that an operation's input (or output) holds, at any depth. */
function structures(end: 'input' | 'output'): Map<string, readonly string[]> {
  const found = new Map<string, readonly string[]>()
  const visit = (name: string) => {
    const shape: Shape = shapes[name]!
    if (shape.type === 'list') visit(shape.member.shape)
    if (shape.type === 'map') visit(shape.value.shape)
    if (shape.type !== 'structure' || found.has(name)) return
    found.set(name, Object.keys(shape.members))
    for (const member of Object.values(shape.members)) visit(member.shape)
  }
  for (const operation of Object.values(operations)) if (operation[end]) visit(operation[end].shape)
  return found
}

function undescribed(end: 'input' | 'output'): string[] {
  return [...structures(end)].flatMap(([shape, names]) =>
    names.filter(name => !describeMember('servicecatalog', shape, name)).map(name => `${shape}.${name}`),
  )
}

/** Every text with the place it stands at. */
const texts = [...descriptions].flatMap(([service, tables]) =>
  Object.entries(tables).flatMap(([table, rows]) =>
    Object.entries(rows as Record<string, string>).map(([key, text]) => ({ at: `${service} ${table} ${key}`, text })),
  ),
)

describe('descriptions', () => {
  it('has every operation of every service', () => {
    for (const [service, model] of Object.entries(services)) {
      const missing = Object.keys(model.operations).filter(name => !describeOperation(service, name))
      assert.deepEqual(missing, [], service)
    }
  })

  it('has every member of every input of Service Catalog, nested structures too', () => {
    assert.ok(structures('input').has('UniqueTagResourceIdentifier'), 'the walk reaches a structure three levels down')
    assert.deepEqual(undescribed('input'), [])
  })

  it('has every member of every answer of Service Catalog, nested structures too', () => {
    assert.deepEqual(undescribed('output'), [])
  })

  it('names nothing that the model lacks', () => {
    for (const [service, tables] of descriptions) {
      const model = services[service as keyof typeof services]
      const stale = Object.keys(tables.operations).filter(name => !Object.hasOwn(model.operations, name))
      assert.deepEqual(stale, [], service)
    }
    const all = new Map([...structures('input'), ...structures('output')])
    const { members, commonMembers } = descriptions.get('servicecatalog')!
    const stale = Object.keys(members!).filter(key => {
      const [shape, member] = key.split('.') as [string, string]
      return !all.get(shape)?.includes(member)
    })
    assert.deepEqual(stale, [])
    const unused = Object.keys(commonMembers!).filter(
      name => ![...all].some(([shape, names]) => names.includes(name) && !Object.hasOwn(members!, `${shape}.${name}`)),
    )
    assert.deepEqual(unused, [], 'a common description that every shape overrides is never shown')
  })

  it('refers to operations, members and values by names that exist', () => {
    // Keys of free-form maps and JSON texts, fields of a search, and names of AWS services: the model has none of these.
    const elsewhere =
      'CloudFormation CloudWatch ImportFromPhysicalId LoadTemplateFromURL LocalRoleName RoleArn TagOption TagOptions ' +
      'createdTime idempotencyToken lastRecordId launchAsRole physicalId productId productName provisioningArtifactId ' +
      'userArn userArnSession'
    const known = new Set(elsewhere.split(' '))
    for (const name of Object.keys(operations)) known.add(name)
    for (const shape of Object.values<Shape>(shapes)) {
      if (shape.type === 'structure') for (const name of Object.keys(shape.members)) known.add(name)
      if (shape.type === 'string') for (const value of shape.enum ?? []) known.add(value)
    }
    for (const { at, text } of texts) {
      for (const [name] of text.matchAll(/\b[A-Za-z]+[a-z][A-Z][A-Za-z]+\b/g))
        assert.ok(known.has(name), `${at}: ${name}`)
    }
  })

  it('refers to other members of the same structure by names that exist', () => {
    for (const [shape, names] of structures('input')) {
      for (const name of names) {
        const text = describeMember('servicecatalog', shape, name)!
        const other = /Give (?:either )?this or ([A-Z]\w+)\b/.exec(text)?.[1]
        if (other) assert.ok(names.includes(other) && other !== name, `${shape}.${name}: ${other}`)
      }
    }
  })

  it('starts with a sentence that stands alone: a period, one line, at most 120 characters', () => {
    for (const { at, text } of texts) {
      const first = firstSentence(text)
      assert.match(first, /^[A-Z][^\n]*[^.\s]\.$/, at)
      assert.ok(first.length <= 120, `${at}: ${first.length} characters`)
    }
  })

  it('is printable ASCII that ends in a period and has no double blank', () => {
    for (const { at, text } of texts) {
      assert.match(text, /^[\x20-\x7e]+[^.\s]\.$/, at)
      assert.ok(!text.includes('  '), at)
    }
  })

  it('says nothing long twice', () => {
    const seen = new Map<string, string>()
    for (const { at, text } of texts) {
      if (text.length < 90) continue
      assert.equal(seen.get(text), undefined, `${at} repeats ${seen.get(text)}`)
      seen.set(text, at)
    }
  })

  it('knows nothing of names outside the tables, those of Object.prototype included', () => {
    assert.equal(describeOperation('servicecatalog', 'constructor'), undefined)
    assert.equal(describeOperation('servicecatalog', '__proto__'), undefined)
    assert.equal(describeOperation('constructor', 'ProvisionProduct'), undefined)
    assert.equal(describeOperation('ec2', 'RunInstances'), undefined)
    assert.equal(describeMember('servicecatalog', 'ProvisionProductInput', 'toString'), undefined)
    assert.equal(describeMember('ssm', 'CreateDocumentRequest', 'Name'), undefined)
  })

  it('prefers the description of the shape to the common one', () => {
    assert.match(
      describeMember('servicecatalog', 'UpdateProvisioningArtifactInput', 'ProvisioningArtifactId')!,
      /change/,
    )
    assert.equal(
      describeMember('servicecatalog', 'DeleteProvisioningArtifactInput', 'ProvisioningArtifactId'),
      'Id of the version (pa-...).',
    )
  })
})

describe('firstSentence', () => {
  const rows: [text: string, first: string][] = [
    ['One. Two.', 'One.'],
    ['Only one.', 'Only one.'],
    ['Id of the plan (plan-...). More.', 'Id of the plan (plan-...).'],
    ['Of 0.3 and o-... or ou-... kinds. More.', 'Of 0.3 and o-... or ou-... kinds.'],
    ['No period', 'No period'],
    ['', ''],
  ]
  for (const [text, first] of rows) it(`of ${JSON.stringify(text)}`, () => assert.equal(firstSentence(text), first))
})
