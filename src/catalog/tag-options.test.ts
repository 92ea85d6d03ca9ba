import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TagOption } from './entities.ts'
import { asksNoChange, launchTags, tagChoices } from './tag-options.ts'

const tag = (text: string) => ({ Key: text.split('=')[0]!, Value: text.split('=')[1]! })
const text = (tags: readonly { Key: string; Value: string }[]) => tags.map(({ Key, Value }) => `${Key}=${Value}`)

function options(...texts: string[]): TagOption[] {
  return texts.map(each => ({
    scope: { accountId: '111122223333', region: 'us-east-1' },
    createdAt: new Date(0),
    detail: { ...tag(each.replace('!', '')), Active: !each.startsWith('!'), Id: `tag-${each}`, Owner: '111122223333' },
  }))
}

function choices(portfolio: string[], product: string[]) {
  return tagChoices(
    { arn: 'arn:portfolio', options: options(...portfolio) },
    { arn: 'arn:product', options: options(...product) },
  )
}

test('choices are those of portfolio and product; of a key that both have, those in common', () => {
  const all = choices(['g=sales', 'g=it', 'g=hr', 'cost=1'], ['g=it', 'g=hr', 'g=law', 'env=dev', 'env=prod'])
  assert.deepEqual(
    [...all],
    [
      ['cost', ['1']],
      ['env', ['dev', 'prod']],
      ['g', ['hr', 'it']],
    ],
  )
  assert.deepEqual([...choices([], [])], [])
})

test('values without any in common leave one that names portfolio and product', () => {
  assert.deepEqual([...choices(['g=a'], ['g=b'])], [['g', ['sc-tagconflict-arn:portfolio-arn:product']]])
})

test('an inactive TagOption is no choice and makes no conflict', () => {
  assert.deepEqual([...choices(['g=a', '!g=b'], ['!g=c'])], [['g', ['a']]])
})

test('a launch takes what is given, adds what has one value, and refuses the rest', () => {
  const known = choices(['cost=1'], ['env=dev', 'env=prod'])
  const launch = (...given: string[]) => text(launchTags(given.map(tag), known))
  assert.deepEqual(launch('env=dev'), ['env=dev', 'cost=1'])
  assert.deepEqual(launch('own=x', 'cost=1', 'env=prod'), ['own=x', 'cost=1', 'env=prod'])
  assert.throws(() => launch('own=x'), /Tag env must have one of its TagOptions: dev, prod/)
  assert.throws(() => launch('env=test'), /value test of tag env is not one of its TagOptions: dev, prod/)
  assert.throws(() => launch('env=dev', 'cost=2'), /value 2 of tag cost/)
  assert.throws(() => launch('env=dev', 'env=prod'), /more than once/)
  const many = Array.from({ length: 49 }, (_, i) => `k${i}=v`)
  assert.throws(() => launch('env=dev', ...many), /may have 50 tags/)
  assert.equal(launch('env=dev', ...many.slice(1)).length, 50)
})

test('tags ask for no change when all are there and only what TagOptions apply is left out', () => {
  const known = choices(['cost=1'], [])
  const same = (given: string[]) => asksNoChange(given.map(tag), ['own=x', 'cost=1'].map(tag), known)
  assert.ok(same(['own=x']))
  assert.ok(same(['cost=1', 'own=x']))
  assert.ok(!same([]))
  assert.ok(!same(['own=y']))
  assert.ok(!same(['own=x', 'new=z']))
})
