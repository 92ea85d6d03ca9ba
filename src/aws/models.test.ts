import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findService, loadModel, serviceNames } from './models.ts'
import { loose, serviceAliases } from './names.ts'

test('a service is found by its name in boto3, its service id, and in any spelling', async () => {
  assert.equal(serviceNames().length, 424)
  const lost: string[] = []
  for (const name of serviceNames()) {
    const { metadata } = await loadModel(name)
    for (const other of [name, name.toUpperCase(), metadata.serviceId]) {
      const found = findService(other)
      // Two services share an id.
      if (found !== name && !(found === 'sms-voice' && name === 'pinpoint-sms-voice')) lost.push(`${other}: ${found}`)
    }
  }
  assert.deepEqual(
    lost.filter(line => !line.startsWith('Pinpoint SMS Voice')),
    [],
  )
  assert.deepEqual(
    [...serviceAliases].filter(([alias, name]) => loose(alias) !== alias || !findService(name)),
    [],
  )
  assert.equal(findService('Step Functions'), 'stepfunctions')
  assert.equal(findService('elastic_load_balancing_v2'), 'elbv2')
  for (const nothing of ['', 'ec3', '__proto__', 'constructor']) assert.equal(findService(nothing), undefined)
})
