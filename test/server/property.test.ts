import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import type { StructureShape } from '../../src/model/service-model.ts'
import { type ServiceName, services } from '../../src/model/services.ts'
import { signRequest } from '../../src/sigv4/sign.ts'
import { type Answer, type Bellhop, call, fetchAnswer, startBellhop, temporaryFolder } from '../kit/bellhop.ts'
import { seeded, structure } from '../kit/generate.ts'

/** Inputs an operation gets; BELLHOP_PROPERTY_CASES for more. */
const casesEach = Number(process.env['BELLHOP_PROPERTY_CASES'] ?? 20)
const seed = Number(process.env['BELLHOP_SEED'] ?? 20261123)

/** Errors that any operation may answer; the others must be declared by the model. */
const common = new Set([
  'SerializationException',
  'ValidationException',
  'AccessDeniedException',
  'InvalidParametersException',
  'OperationNotSupportedException',
  'RequestEntityTooLargeException',
  'ThrottlingException',
])

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
    for (const service of ['servicecatalog', 'ssm', 'sqs'] as const) {
      const model = services[service]
      for (const [name, operation] of Object.entries(model.operations)) {
        const shape = model.shapes[operation.input?.shape ?? ''] as StructureShape | undefined
        const declared = new Set(operation.errors?.map(error => error.shape))
        for (let i = 0; i < casesEach; i += 1) {
          const input = shape ? structure(model, shape, random, i % 2 === 0 ? 0 : 0.25) : {}
          // A long poll would only take time.
          if (name === 'ReceiveMessage') delete input['WaitTimeSeconds']
          const before = dataVersion()
          const answer = await sendJson(server, service, name, input)
          const where = `${name} ${JSON.stringify(input).slice(0, 300)}: ${answer.status} ${answer.text.slice(0, 200)}`
          if (answer.status === 200) {
            counts.answered += 1
            if (typeof answer.json !== 'object') broken.push(where)
            continue
          }
          counts.refused += 1
          const code: string | undefined = answer.json?.__type
          const text = answer.json?.message ?? answer.json?.Message
          const known = code !== undefined && (declared.has(code) || common.has(code) || service !== 'servicecatalog')
          if (answer.status >= 500 || !known || typeof text !== 'string' || text === '') broken.push(where)
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

/** Sends JSON as it is, also what our own client would refuse to encode. */
function sendJson(server: Bellhop, service: ServiceName, operation: string, input: unknown): Promise<Answer> {
  const { targetPrefix, jsonVersion } = services[service].metadata
  const url = new URL(server.url)
  const body = Buffer.from(JSON.stringify(input))
  const headers: [string, string][] = [
    ['Content-Type', `application/x-amz-json-${jsonVersion}`],
    ['X-Amz-Target', `${targetPrefix}.${operation}`],
  ]
  const request = { method: 'POST', path: '/', query: '', headers: [['Host', url.host] as const, ...headers], body }
  const signature = signRequest(request, server.credentials, { region: 'us-east-1', service }, new Date())
  return fetchAnswer(url, {
    method: 'POST',
    headers: [...headers, ...signature.map(([name, value]): [string, string] => [name, value])],
    body,
  })
}
