import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Portfolio, PrincipalAssociation } from './entities.ts'
import { admits, chooseLaunchPath, launchPaths } from './launch-paths.ts'

const account = '111122223333'
const iam = (principalArn: string): PrincipalAssociation => ({
  portfolioId: 'port-a',
  principalArn,
  principalType: 'IAM',
})
const pattern = (principalArn: string): PrincipalAssociation => ({ ...iam(principalArn), principalType: 'IAM_PATTERN' })

test('an association admits the principal it names, and sessions of a role it names', () => {
  const cases: readonly [PrincipalAssociation, string, boolean][] = [
    [iam(`arn:aws:iam::${account}:user/alice`), `arn:aws:iam::${account}:user/alice`, true],
    [iam(`arn:aws:iam::${account}:user/alice`), `arn:aws:iam::${account}:user/bob`, false],
    [iam(`arn:aws:iam::${account}:user/*`), `arn:aws:iam::${account}:user/alice`, false],
    [iam(`arn:aws:iam::${account}:role/Dev`), `arn:aws:sts::${account}:assumed-role/Dev/alice`, true],
    [iam(`arn:aws:iam::${account}:role/team/Dev`), `arn:aws:sts::${account}:assumed-role/Dev/alice`, true],
    [iam('arn:aws:iam::999999999999:role/Dev'), `arn:aws:sts::${account}:assumed-role/Dev/alice`, false],
    [iam(`arn:aws:iam::${account}:role/Dev`), `arn:aws:sts::${account}:assumed-role/Dev2/alice`, false],
    [pattern('arn:aws:iam:::user/al*'), `arn:aws:iam::${account}:user/alice`, true],
    [pattern('arn:aws:iam:::user/a?ice'), `arn:aws:iam::${account}:user/alice`, true],
    [pattern('arn:aws:iam:::user/?'), `arn:aws:iam::${account}:user/alice`, false],
    [pattern('arn:aws:iam:::user/*c*e'), `arn:aws:iam::${account}:user/alice`, true],
    [pattern('arn:aws:iam:::user/*x'), `arn:aws:iam::${account}:user/alice`, false],
    [pattern('arn:aws:iam:::role/*'), `arn:aws:iam::${account}:user/alice`, false],
    [pattern('arn:aws:iam:::role/D*'), `arn:aws:sts::${account}:assumed-role/Dev/alice`, true],
    [pattern('arn:aws:iam:::user/a.ice'), `arn:aws:iam::${account}:user/alice`, false],
  ]
  for (const [association, caller, expected] of cases) {
    assert.equal(admits(association, caller), expected, `${association.principalArn} and ${caller}`)
  }
})

test('a pattern full of stars is matched quickly', () => {
  const association = pattern(`arn:aws:iam:::user/${'*a'.repeat(300)}b`)
  const started = performance.now()
  assert.equal(admits(association, `arn:aws:iam::${account}:user/${'a'.repeat(900)}`), false)
  assert.ok(performance.now() - started < 1000)
})

const portfolio = (id: string, name: string): Portfolio => ({
  scope: { accountId: account, region: 'us-east-1' },
  detail: { Id: id, DisplayName: name, CreatedTime: new Date(0) },
  tags: [],
})
const alice = `arn:aws:iam::${account}:user/alice`
const paths = launchPaths(
  [
    { portfolio: portfolio('port-aaaaaaaaaaaaa', 'One'), principals: [iam(alice)] },
    { portfolio: portfolio('port-bbbbbbbbbbbbb', 'Two'), principals: [] },
    { portfolio: portfolio('port-ccccccccccccc', 'Three'), principals: [pattern('arn:aws:iam:::user/*'), iam(alice)] },
  ],
  alice,
)

test('every portfolio that admits the caller is one path, with an id made from its own', () => {
  assert.deepEqual(
    paths.map(({ id, name }) => [id, name]),
    [
      ['lpv3-aaaaaaaaaaaaa', 'One'],
      ['lpv3-ccccccccccccc', 'Three'],
    ],
  )
})

test('a path is chosen by id, by name, or by being the only one', () => {
  const id = (choice: ReturnType<typeof chooseLaunchPath>) => ('path' in choice ? choice.path.id : choice)
  assert.equal(id(chooseLaunchPath(paths, { PathId: 'lpv3-ccccccccccccc' }, 'prod-x')), 'lpv3-ccccccccccccc')
  assert.equal(id(chooseLaunchPath(paths, { PathName: 'One' }, 'prod-x')), 'lpv3-aaaaaaaaaaaaa')
  assert.equal(id(chooseLaunchPath(paths.slice(0, 1), {}, 'prod-x')), 'lpv3-aaaaaaaaaaaaa')
})

test('a choice that cannot be made says what there is', () => {
  assert.deepEqual(chooseLaunchPath([], {}, 'prod-x'), {
    refused: 'NotFound',
    message: 'No launch paths found for resource: prod-x',
  })
  const several = chooseLaunchPath(paths, {}, 'prod-x')
  assert.ok('refused' in several && several.refused === 'Invalid')
  assert.match(several.message, /lpv3-aaaaaaaaaaaaa \(One\), lpv3-ccccccccccccc \(Three\)/)
  const unknown = chooseLaunchPath(paths, { PathId: 'lpv3-bbbbbbbbbbbbb' }, 'prod-x')
  assert.ok('refused' in unknown && unknown.refused === 'NotFound')
  const both = chooseLaunchPath(paths, { PathId: 'lpv3-aaaaaaaaaaaaa', PathName: 'One' }, 'prod-x')
  assert.ok('refused' in both && both.refused === 'Invalid')
})
