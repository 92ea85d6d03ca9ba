import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import type { StructureShape } from '../../src/model/service-model.ts'
import { services } from '../../src/model/services.ts'
import { type Bellhop, call, startBellhop, temporaryFolder } from '../kit/bellhop.ts'
import { seeded, structure } from '../kit/generate.ts'
import { isAnswerOrError, sendJson } from '../kit/raw.ts'

/** Inputs an operation gets; BELLHOP_PROPERTY_CASES for more. */
const casesEach = Number(process.env['BELLHOP_PROPERTY_CASES'] ?? 20)
const seed = Number(process.env['BELLHOP_SEED'] ?? 20261123)

test('whatever input the model’s shapes lead to: an answer or an error of the API, and no change on an error', async t => {
  const folder = temporaryFolder(t)
  const server = await startBellhop({ dataDirectory: join(folder, 'data') })
  const database = new DatabaseSync(join(folder, 'data', 'bellhop.db'), { readOnly: true })
  const dataVersion = () => database.prepare('pragma data_version').get()?.['data_version']
  try {
    await someCatalog(server)
    const random = seeded(seed)
    const counts = { answered: 0, refused: 0 }
    const broken: string[] = []
    for (const service of ['servicecatalog', 'ssm', 'sqs', 'bellhop'] as const) {
      const model = services[service]
      for (const [name, operation] of Object.entries(model.operations)) {
        const shape = model.shapes[operation.input?.shape ?? ''] as StructureShape | undefined
        for (let i = 0; i < casesEach; i += 1) {
          const input = shape ? structure(model, shape, random, i % 2 === 0 ? 0 : 0.25) : {}
          // A long poll would only take time.
          if (name === 'ReceiveMessage') delete input['WaitTimeSeconds']
          const before = dataVersion()
          const answer = await sendJson(server, service, name, input)
          const where = `${name} ${JSON.stringify(input).slice(0, 300)}: ${answer.status} ${answer.text.slice(0, 200)}`
          if (!isAnswerOrError(model, name, answer)) broken.push(where)
          if (answer.status === 200) {
            counts.answered += 1
            continue
          }
          counts.refused += 1
          // ReceiveMessage and the like may forget what is too old; Service Catalog's refusals change nothing.
          if (service === 'servicecatalog' && dataVersion() !== before) broken.push(`changed something: ${where}`)
        }
      }
    }
    assert.deepEqual(broken.slice(0, 10), [], `${broken.length} in all, seed ${seed}`)
    assert.doesNotMatch(server.log(), /"level":"error"/)
    assert.ok(counts.answered > 0 && counts.refused > 0)
    t.diagnostic(
      `${counts.answered + counts.refused} inputs, ${counts.answered} answered, ${counts.refused} refused; seed ${seed}`,
    )
  } finally {
    database.close()
    await server.stop()
  }
})

/** Something to find, so that not everything ends at an unknown id. */
async function someCatalog(server: Bellhop): Promise<void> {
  for (const name of ['a', 'abc']) {
    await call(server, 'servicecatalog', 'CreatePortfolio', {
      DisplayName: name,
      ProviderName: 'p',
      IdempotencyToken: name,
    })
    await call(server, 'servicecatalog', 'CreateProduct', {
      Name: name,
      Owner: 'o',
      ProductType: 'EXTERNAL',
      IdempotencyToken: name,
      ProvisioningArtifactParameters: { Type: 'EXTERNAL', Info: { LoadTemplateFromURL: 'https://example.com/a' } },
    })
  }
}
