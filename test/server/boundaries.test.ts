import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import type { StructureShape } from '../../src/model/service-model.ts'
import { services } from '../../src/model/services.ts'
import { startBellhop, temporaryFolder } from '../kit/bellhop.ts'
import { boundaryCases } from '../kit/boundaries.ts'
import { seeded } from '../kit/generate.ts'
import { outcomeOf } from '../kit/identity.ts'
import { isAnswerOrError, sendJson } from '../kit/raw.ts'

/** One case in so many is sent, another one with every seed; BELLHOP_BOUNDARY_STRIDE=1 sends all. */
const stride = Number(process.env['BELLHOP_BOUNDARY_STRIDE'] ?? 20)
const seed = Number(process.env['BELLHOP_SEED'] ?? 20261123)

/** What says that an input breaks the model. */
const refusals = new Set(['ValidationException', 'SerializationException'])

test('at every boundary of the models: what is beyond is refused, what is within is not, and no error changes anything', async t => {
  const folder = temporaryFolder(t)
  const server = await startBellhop({ dataDirectory: join(folder, 'data') })
  const database = new DatabaseSync(join(folder, 'data', 'bellhop.db'), { readOnly: true })
  const dataVersion = () => database.prepare('pragma data_version').get()?.['data_version']
  try {
    const random = seeded(seed)
    const wrong: string[] = []
    const counts = { kept: 0, broken: 0, open: 0 }
    let number = seed % stride
    for (const service of ['servicecatalog', 'ssm', 'sqs', 'bellhop'] as const) {
      const model = services[service]
      for (const operation of Object.keys(model.operations)) {
        for (const { what, input, model: verdict } of boundaryCases(model, operation, random)) {
          number += 1
          if (number % stride !== 0) continue
          counts[verdict] += 1
          // A long poll would only take time.
          const polls = operation === 'ReceiveMessage' && typeof input['WaitTimeSeconds'] === 'number'
          const sent = polls && verdict !== 'broken' ? { ...input, WaitTimeSeconds: 0 } : input
          const before = dataVersion()
          const answer = await sendJson(server, service, operation, sent)
          const code: string = answer.json?.__type ?? ''
          const where = `${operation} ${what}: ${answer.status} ${answer.text.slice(0, 300)}`
          if (!isAnswerOrError(model, operation, answer)) wrong.push(`no answer of the API: ${where}`)
          if (verdict === 'broken' && !refusals.has(code)) wrong.push(`beyond, and not refused as that: ${where}`)
          if (verdict === 'kept' && refusals.has(code)) wrong.push(`within, and refused: ${where}`)
          if (service === 'servicecatalog' && answer.status !== 200 && dataVersion() !== before) {
            wrong.push(`changed something: ${where}`)
          }
        }
      }
    }
    assert.deepEqual(wrong.slice(0, 20), [], `${wrong.length} in all, seed ${seed}`)
    assert.doesNotMatch(server.log(), /"level":"error"/)
    assert.ok(counts.kept > 0 && counts.broken > 0)
    const { kept, broken, open } = counts
    t.diagnostic(
      `${kept + broken + open} inputs: ${kept} within, ${broken} beyond, ${open} of which the models say nothing`,
    )
  } finally {
    database.close()
    await server.stop()
  }
})

test('the same for IAM and STS, whose protocol has texts alone', async t => {
  const folder = temporaryFolder(t)
  const server = await startBellhop({ dataDirectory: join(folder, 'data') })
  const database = new DatabaseSync(join(folder, 'data', 'bellhop.db'), { readOnly: true })
  const dataVersion = () => database.prepare('pragma data_version').get()?.['data_version']
  try {
    const random = seeded(seed)
    const wrong: string[] = []
    const counts = { kept: 0, broken: 0, open: 0 }
    let number = seed % stride
    for (const service of ['iam', 'sts'] as const) {
      const model = services[service]
      for (const [operation, { errors = [] }] of Object.entries(model.operations)) {
        const declared = errors.map(({ shape }) => (model.shapes[shape] as StructureShape).error?.code ?? shape)
        const known = new Set([
          ...declared,
          'ValidationError',
          'MalformedInput',
          'AccessDenied',
          'MalformedPolicyDocument',
        ])
        for (const { what, input, model: verdict } of boundaryCases(model, operation, random)) {
          number += 1
          // A form knows neither types nor null, and nothing of a list without items or of an item without members.
          const isSaid = !/wrong type|: null$|: 0 items|nobody knows|1.5|one less than 1 items/.test(what)
          if (number % stride !== 0 || !isSaid || JSON.stringify(input).includes('{}')) continue
          counts[verdict] += 1
          const before = dataVersion()
          const outcome = await outcomeOf(server, service, operation, input)
          const where = `${operation} ${what}: ${JSON.stringify(outcome).slice(0, 300)}`
          const code = 'code' in outcome ? outcome.code : undefined
          if ('code' in outcome && (outcome.status >= 500 || !known.has(outcome.code) || outcome.message === '')) {
            wrong.push(`no answer of the API: ${where}`)
          }
          const isBroken =
            'code' in outcome && (outcome.code === 'MalformedInput' || /validation error/.test(outcome.message))
          if (verdict === 'broken' && !isBroken) wrong.push(`beyond, and not refused as that: ${where}`)
          if (verdict === 'kept' && isBroken) wrong.push(`within, and refused: ${where}`)
          if (code !== undefined && dataVersion() !== before) wrong.push(`changed something: ${where}`)
        }
      }
    }
    assert.deepEqual(wrong.slice(0, 20), [], `${wrong.length} in all, seed ${seed}`)
    assert.doesNotMatch(server.log(), /"level":"error"/)
    const { kept, broken, open } = counts
    t.diagnostic(
      `${kept + broken + open} inputs: ${kept} within, ${broken} beyond, ${open} of which the models say nothing`,
    )
  } finally {
    database.close()
    await server.stop()
  }
})
