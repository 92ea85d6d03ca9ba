/**
 * The main job, for real, in a minute: a server, a catalog, a product that is provisioned, a self-service action that
 * changes it, one that fails, and everything put away again. Exits 0 only if every effect was really seen.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { call } from './client.ts'
import { loadCatalog } from './example-catalog.ts'
import { readCredentials, root, startServerProcess } from './server-process.ts'

const folder = mkdtempSync(join(tmpdir(), 'bellhop-demo-'))
// As root, engines run as another user, who has to get through to their jobs.
chmodSync(folder, 0o711)
const data = join(folder, 'data')
const logFile = join(folder, 'server.log')

const began = Date.now()
let server: ChildProcess | undefined

function say(text: string): void {
  process.stdout.write(`\n# ${text}\n`)
}

function expect(holds: boolean, what: string): void {
  if (!holds) throw new Error(`The demo expected: ${what}.`)
  process.stdout.write(`  -> ${what}\n`)
}

/** What a user would type: shown, run, and its output shown (or only the part that matters). */
async function bellhop(env: NodeJS.ProcessEnv, words: string[], shown: 'all' | 'none' = 'all'): Promise<any> {
  process.stdout.write(`$ bellhop ${words.map(word => (/[^\w./:=,-]/.test(word) ? `'${word}'` : word)).join(' ')}\n`)
  const child = spawn(process.execPath, [join(root, 'src/bin.ts'), ...words], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const read = async (stream: NodeJS.ReadableStream) => {
    let text = ''
    for await (const chunk of stream) text += chunk
    return text
  }
  const [out, error, code] = await Promise.all([
    read(child.stdout),
    read(child.stderr),
    new Promise<number | null>(resolve => child.once('exit', resolve)),
  ])
  if (code !== 0) throw new Error(`exit ${code}: ${error}`)
  if (shown === 'all') process.stdout.write(out)
  return out ? JSON.parse(out) : undefined
}

async function main(): Promise<void> {
  const { env } = plainEnvironment()
  say('Start the server on a temporary data directory.')
  process.stdout.write('$ bellhop server --port 0 --config examples/web-service/bellhop.config.json\n')
  const config = join(root, 'examples/web-service/bellhop.config.json')
  const started = await startServerProcess(
    ['--port', '0', '--data', data, '--config', config],
    env,
    openSync(logFile, 'a'),
  )
  server = started.child
  const target = { url: started.url, credentials: readCredentials(data) }
  process.stdout.write(`bellhop: listening on ${started.url}\n`)
  const user = {
    ...env,
    AWS_ENDPOINT_URL: target.url,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: target.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: target.credentials.secretAccessKey,
  }
  const sc = (operation: string, input: unknown) => call(target, 'servicecatalog', operation, input)
  const record = (operation: string, id: string) => ended(id, operation)
  /** Follows a record to its end. */
  async function ended(id: string, what: string) {
    for (let status = ''; ; ) {
      const described = await sc('DescribeRecord', { Id: id })
      if (described.RecordDetail.Status !== status) {
        status = described.RecordDetail.Status
        process.stdout.write(`  ${what}: ${status}\n`)
      }
      if (status === 'SUCCEEDED' || status === 'FAILED') return described
      await new Promise(resolve => setTimeout(resolve, 50))
    }
  }

  say('As administrator: a portfolio, a product with its service actions, and who may use it (through the API).')
  const me = await bellhop(user, ['sts', 'get-caller-identity'])
  const { productId, artifactId, actions } = await loadCatalog(
    (service, operation, input) => call(target, service, operation, input),
    me.Arn,
  )
  process.stdout.write(
    `  product ${productId}, actions ${Object.entries(actions)
      .map(([name, id]) => `${name}=${id}`)
      .join(' ')}\n`,
  )

  say('As requester: provision the product.')
  const provisioned = await bellhop(user, [
    'servicecatalog',
    'provision-product',
    '--product-id',
    productId,
    '--provisioning-artifact-id',
    artifactId,
    '--provisioned-product-name',
    'my-service',
    '--provisioning-parameters',
    'Key=workers,Value=2',
    '--query',
    'RecordDetail.{RecordId:RecordId,ProvisionedProductId:ProvisionedProductId,Status:Status}',
  ])
  const provisionedProductId: string = provisioned.ProvisionedProductId
  const { RecordOutputs } = await record('provision', provisioned.RecordId)
  const output = (name: string): string => RecordOutputs.find((one: any) => one.OutputKey === name)?.OutputValue
  const url = output('Url')
  const oldKey = output('ApiKey')
  const ask = async (key: string) => {
    const answer = await fetch(url, { headers: { 'x-api-key': key } })
    return {
      status: answer.status,
      body: answer.ok ? ((await answer.json()) as { pid: number; workers: number }) : undefined,
    }
  }
  const before = await ask(oldKey)
  expect(
    before.status === 200,
    `the service answers at ${url}: pid ${before.body?.pid}, ${before.body?.workers} workers`,
  )

  const execute = async (action: string, ...more: string[]) => {
    const answer = await bellhop(
      user,
      [
        'servicecatalog',
        'execute-provisioned-product-service-action',
        '--provisioned-product-id',
        provisionedProductId,
        '--service-action-id',
        actions[action]!,
        ...more,
      ],
      'none',
    )
    return record(action, answer.RecordDetail.RecordId)
  }

  say('Restart it, as the AWS CLI reference writes the command.')
  const restarted = await execute('Restart')
  const after = await ask(oldKey)
  expect(
    after.status === 200 && after.body?.pid !== before.body?.pid,
    `another process answers: pid ${before.body?.pid} before, ${after.body?.pid} now`,
  )

  say('Rotate its key.')
  const rotated = await execute('RotateKey')
  const newKey = rotated.RecordOutputs.find((one: any) => one.OutputKey === 'RotateKey.ApiKey').OutputValue
  expect((await ask(oldKey)).status === 401, 'the old key is refused (401)')
  expect((await ask(newKey)).status === 200, 'the new key works (200)')

  say('Resize it, with a parameter.')
  await execute('Resize', '--parameters', 'Workers=4')
  const resized = await ask(newKey)
  expect(resized.body?.workers === 4, `it has ${resized.body?.workers} workers`)

  say('An action that fails half-way: the record says so.')
  const failed = await execute('Migrate')
  expect(failed.RecordDetail.Status === 'FAILED', 'the record is FAILED')
  process.stdout.write(
    `  RecordErrors: ${JSON.stringify(failed.RecordDetail.RecordErrors, null, 2).replaceAll('\n', '\n  ')}\n`,
  )
  const product = await sc('DescribeProvisionedProduct', { Id: provisionedProductId })
  expect(product.ProvisionedProductDetail.Status === 'AVAILABLE', 'the product is AVAILABLE as before')
  expect((await ask(newKey)).status === 200, 'the service still answers')

  say('The record of the restart, as DescribeRecord gives it.')
  const detail = await bellhop(user, ['servicecatalog', 'describe-record', '--id', restarted.RecordDetail.RecordId])
  expect(detail.RecordDetail.Status === 'SUCCEEDED', 'a real action ran, and is on record')

  say('Terminate the product and stop the server.')
  const terminated = await bellhop(
    user,
    ['servicecatalog', 'terminate-provisioned-product', '--provisioned-product-id', provisionedProductId],
    'none',
  )
  const gone = await record('terminate', terminated.RecordDetail.RecordId)
  expect(gone.RecordDetail.Status === 'SUCCEEDED', 'the termination succeeded')
  expect(
    await fetch(url).then(
      () => false,
      () => true,
    ),
    'nothing answers at its address any more',
  )
  server.kill('SIGTERM')
  const code = await new Promise<number | null>(resolve => server!.once('exit', resolve))
  server = undefined
  expect(code === 0, 'the server stopped by itself')
  process.stdout.write(`\nDone in ${((Date.now() - began) / 1000).toFixed(1)} s. Next: npm start, and the README.\n`)
}

/** The environment without settings of AWS's tools, which must not reach the server or the CLI of the demo. */
function plainEnvironment(): { env: NodeJS.ProcessEnv } {
  const entries = Object.entries(process.env).filter(
    ([name]) => !name.startsWith('AWS_') && !name.startsWith('BELLHOP_'),
  )
  return { env: Object.fromEntries(entries) }
}

try {
  await main()
} catch (error) {
  process.stderr.write(`\nThe demo failed: ${(error as Error).message}\n`)
  try {
    process.stderr.write(`The server's log:\n${readFileSync(logFile, 'utf8')}`)
  } catch {
    // It never started.
  }
  process.exitCode = 1
} finally {
  server?.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
}
