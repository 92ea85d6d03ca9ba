import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { chmodSync, existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, type TestContext, test } from 'node:test'
import { type Bellhop, call, send, startBellhop, temporaryFolder, until } from '../kit/bellhop.ts'
import { type CatalogProduct, catalogProduct, serviceAction } from '../kit/catalog.ts'
import { assertFailed as assertFailedFor, assertSucceeded, Changes, outputsOf } from '../kit/changes.ts'
import { requireTool, type ToolName } from '../kit/tools.ts'

/**
 * What every engine must do, seen through the API of a real server over a real back end. The product is the same for all: a
 * file that is made and removed, and work that notes its begin and end, and succeeds, fails or waits as it is told. Where a
 * kind of engine cannot do a row by its nature, it says so (`lacks`), and the table shows it.
 */
export interface Subject {
  /** The product type, and what is behind it: a row of the table. */
  readonly name: string
  readonly backEnd: string
  readonly productType: string
  readonly tool?: ToolName
  /** What has to run beside the server, with the tool's command; answers how it is stopped. */
  readonly start?: (world: World, tool: string | undefined) => Promise<() => Promise<void> | void>
  /** The server's configuration, with the engines `main` and `hasty`; the second gives work two seconds. */
  readonly config: (world: World) => object
  readonly env?: (world: World) => Record<string, string>
  /** Where the product's artifact lies. */
  readonly artifact: (server: Bellhop, world: World) => Promise<string>
  /** The type of the resource that is there, for TARGET parameters. */
  readonly resourceType: string
  /** Rows that this kind of engine does not have, and why. */
  readonly lacks?: Readonly<Record<string, string>>
}

export interface World {
  /** Everybody may read and write here: the products' files. */
  readonly folder: string
  /** The test's own. */
  readonly directory: string
}

const secret = 'hunter2-is-the-secret'

/** The rows' names, in order. */
const rows = [
  'provision',
  'update',
  'terminate',
  'failure in the middle',
  're-provision after ERROR',
  'update of TAINTED',
  'service action',
  'cancel',
  'time-out',
  'server killed in the middle',
  'duplicate notify',
  'terminate with IgnoreErrors',
  'terminate with RetainPhysicalResources',
  'secrets never printed',
] as const

type Row = (typeof rows)[number]

export function engineConformance(subject: Subject): void {
  describe(`engine conformance: ${subject.name}`, { concurrency: false }, () => {
    const cleanups: (() => void)[] = []
    const passed = new Map<Row, string>()
    const seen: unknown[] = []
    let missing: string | undefined
    let stopBackEnd: (() => Promise<void> | void) | undefined
    let world: World
    let server: Bellhop
    let product: CatalogProduct
    let hasty: CatalogProduct
    let count = 0
    const logs: string[] = []

    before(async () => {
      // Each row says for itself that it is skipped.
      const silent = { skip: () => {} } as unknown as TestContext
      const tool = subject.tool && (await requireTool(silent, subject.tool))
      if (subject.tool && !tool) {
        missing = subject.tool
        return
      }
      const directory = temporaryFolder({ after: fn => cleanups.push(fn) })
      world = { directory, folder: join(directory, 'world') }
      mkdirSync(world.folder)
      chmodSync(world.folder, 0o777)
      stopBackEnd = await subject.start?.(world, tool)
      await start()
      const path = await subject.artifact(server, world)
      product = await catalogProduct(server, { type: subject.productType, engine: 'main', path })
      hasty = await catalogProduct(server, { type: subject.productType, engine: 'hasty', path })
    })

    after(async () => {
      if (missing === undefined) {
        assert.equal(await server?.stop(), 0)
        logs.push(server.log())
        assert.doesNotMatch(logs.join(''), /"level":"error"/)
        assert.ok(!logs.join('').includes(secret), 'the log has the secret')
        await stopBackEnd?.()
      }
      process.stdout.write(table(subject, passed, missing))
      for (const clean of cleanups) clean()
    })

    const start = async (port = '0') => {
      server = await startBellhop({
        dataDirectory: join(world.directory, 'data'),
        config: subject.config(world),
        env: subject.env?.(world),
        args: ['--port', port],
      })
    }

    const changes = new Changes(
      () => server,
      answer => seen.push(answer),
    )
    const sc = (operation: string, input: unknown) => changes.call(operation, input)

    function row(name: Row, work: () => Promise<void>): void {
      test(name, async t => {
        if (missing) return t.skip(`not found: ${missing}`)
        const lacks = subject.lacks?.[name]
        if (lacks) {
          passed.set(name, 'n/a')
          return t.skip(lacks)
        }
        await work()
        passed.set(name, 'yes')
      })
    }

    const newKey = () => {
      count += 1
      return `key${count}`
    }
    const thing = (key: string) => join(world.folder, `${key}.thing`)
    const touch = (name: string) => writeFileSync(join(world.folder, name), '', { mode: 0o666 })
    const workOf = (key: string) => {
      const file = join(world.folder, `${key}.log`)
      return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : []
    }
    const begun = (key: string, line = 'begin wait') =>
      until(async () => workOf(key).includes(line), `work on ${key} to begin`)

    const given = (key: string, values: Readonly<Record<string, string>>) => ({
      Folder: world.folder,
      Secret: secret,
      Key: key,
      ...values,
    })
    const begin = (key: string, values: Readonly<Record<string, string>>, of = product) =>
      changes.begin(of, given(key, values))
    const available = (key: string) => changes.available(product, given(key, {}))

    function assertFailed(record: any, reason: RegExp): void {
      assertFailedFor(record, reason)
      assertFailedFor(record, /engine|terraform/i)
    }

    const engineStep = (Action: string, Parameters: object) => ({
      name: 'act',
      action: 'bellhop:invokeEngine',
      inputs: { Action, Parameters },
    })

    row('provision', async () => {
      const described = await sc('DescribeProvisioningParameters', {
        ProductId: product.productId,
        ProvisioningArtifactId: product.artifactId,
      })
      const shown = new Map<string, any>(
        described.ProvisioningArtifactParameters.map((each: any) => [each.ParameterKey, each]),
      )
      assert.deepEqual([...shown.keys()].sort(), ['Behaviour', 'Folder', 'Key', 'Revision', 'Secret'])
      assert.equal(shown.get('Folder').Description, 'Where the files are')
      assert.equal(shown.get('Behaviour').DefaultValue, 'good')
      assert.deepEqual([shown.get('Secret').IsNoEcho, shown.get('Key').IsNoEcho], [true, false])
      const key = newKey()
      const { RecordId, ProvisionedProductId: id } = await begin(key, { Revision: '7' })
      const record = await changes.ended(RecordId)
      assertSucceeded(record)
      assert.equal(outputsOf(record)['Revision'], '7')
      assert.equal(outputsOf(record)['File'], thing(key))
      const { Description } = record.RecordOutputs.find((each: any) => each.OutputKey === 'Revision')
      assert.equal(Description, 'What it was made as')
      assert.ok(existsSync(thing(key)))
      assert.equal(await changes.statusOf(id), 'AVAILABLE')
      assert.deepEqual(workOf(key), ['begin good', 'end good'])
    })

    row('update', async () => {
      const key = newKey()
      const id = await available(key)
      const record = await changes.update(id, { Revision: '2' })
      assertSucceeded(record)
      assert.equal(outputsOf(record)['Revision'], '2')
      assert.equal(await changes.statusOf(id), 'AVAILABLE')
      assert.equal(workOf(key).filter(line => line === 'end good').length, 2)
      // Nothing to do is no failure.
      assertSucceeded(await changes.update(id, {}))
    })

    row('terminate', async () => {
      const key = newKey()
      const id = await available(key)
      assertSucceeded(await changes.terminate(id))
      assert.ok(await changes.isGone(id))
      assert.ok(!existsSync(thing(key)))
    })

    row('failure in the middle', async () => {
      const key = newKey()
      const { RecordId, ProvisionedProductId: id } = await begin(key, { Behaviour: 'fail' })
      assertFailed(await changes.ended(RecordId), /no space is left/)
      assert.equal(await changes.statusOf(id), 'ERROR')
      assertSucceeded(await changes.terminate(id))
      assert.ok(await changes.isGone(id))
      assert.ok(!existsSync(thing(key)))
    })

    row('re-provision after ERROR', async () => {
      const key = newKey()
      const { RecordId, ProvisionedProductId: id } = await begin(key, { Behaviour: 'fail' })
      assertFailed(await changes.ended(RecordId), /no space is left/)
      assertFailed(await changes.update(id, { Behaviour: 'fail', Key: key, Folder: world.folder }), /no space is left/)
      assert.equal(await changes.statusOf(id), 'ERROR')
      assertSucceeded(await changes.update(id, { Behaviour: 'good', Key: key, Folder: world.folder, Secret: secret }))
      assert.equal(await changes.statusOf(id), 'AVAILABLE')
      assert.ok(existsSync(thing(key)))
    })

    row('update of TAINTED', async () => {
      const key = newKey()
      const id = await available(key)
      assertFailed(await changes.update(id, { Behaviour: 'fail' }), /no space is left/)
      assert.equal(await changes.statusOf(id), 'TAINTED')
      assertSucceeded(await changes.update(id, { Behaviour: 'good', Revision: '3' }))
      assert.equal(await changes.statusOf(id), 'AVAILABLE')
      assertSucceeded(await changes.terminate(id))
    })

    row('service action', async () => {
      const key = newKey()
      const id = await available(key)
      const action = await serviceAction(server, product, {
        name: `Act-${randomUUID()}`,
        targetType: `/${subject.resourceType}`,
        parameters: [{ Name: 'Targets', Type: 'TARGET' }],
        document: {
          parameters: { Targets: { type: 'StringList' } },
          mainSteps: [engineStep('apply', { Variables: { Revision: 'by-action' } })],
        },
      })
      const shown = await sc('DescribeServiceActionExecutionParameters', {
        ProvisionedProductId: id,
        ServiceActionId: action,
      })
      const [target] = shown.ServiceActionParameters
      assert.ok(target.DefaultValues.length > 0, JSON.stringify(shown))
      assertSucceeded(await changes.ended(await changes.execute(id, action)))
      assert.equal(workOf(key).filter(line => line === 'end good').length, 2)
      const got = await sc('GetProvisionedProductOutputs', { ProvisionedProductId: id })
      assert.equal(got.Outputs.find((each: any) => each.OutputKey === 'Revision').OutputValue, 'by-action')
      assert.equal(await changes.statusOf(id), 'AVAILABLE')
    })

    row('cancel', async () => {
      const key = newKey()
      const id = await available(key)
      const action = await serviceAction(server, product, {
        name: `Wait-${randomUUID()}`,
        document: { mainSteps: [engineStep('apply', { Variables: { Behaviour: 'wait' } })] },
      })
      const recordId = await changes.execute(id, action)
      await begun(key)
      const record = await sc('DescribeRecord', { Id: recordId })
      const { AutomationExecutionId } = outputsOf(record)
      await call(server, 'ssm', 'StopAutomationExecution', { AutomationExecutionId, Type: 'Cancel' })
      const cancelled = await changes.ended(recordId)
      assert.equal(cancelled.RecordDetail.Status, 'FAILED')
      assert.match(cancelled.RecordDetail.RecordErrors[0].Code, /CANCELLED/)
      assert.equal(await changes.statusOf(id), 'AVAILABLE')
      // Nothing of it is left that would stand in the way, or go on.
      touch(`${key}.go`)
      assertSucceeded(await changes.update(id, { Revision: '5' }))
      assert.ok(!workOf(key).includes('end wait'))
    })

    row('time-out', async () => {
      const key = newKey()
      const { RecordId, ProvisionedProductId: id } = await begin(key, { Behaviour: 'wait' }, hasty)
      assertFailed(await changes.ended(RecordId), /did not end within \d+ seconds|in time/)
      assert.equal(await changes.statusOf(id), 'ERROR')
      touch(`${key}.go`)
      assert.ok(!workOf(key).includes('end wait'))
      assertSucceeded(await changes.terminate(id))
      assert.ok(!existsSync(thing(key)))
    })

    row('server killed in the middle', async () => {
      const key = newKey()
      const { RecordId, ProvisionedProductId: id } = await begin(key, { Behaviour: 'wait' })
      await begun(key)
      const { port } = new URL(server.url)
      await server.kill()
      logs.push(server.log())
      await start(port)
      assert.equal(await changes.statusOf(id), 'UNDER_CHANGE')
      touch(`${key}.go`)
      const record = await changes.ended(RecordId)
      assertSucceeded(record)
      assert.equal(outputsOf(record)['File'], thing(key))
      assert.deepEqual(workOf(key), ['begin wait', 'end wait'])
      assertSucceeded(await changes.update(id, { Behaviour: 'good' }))
    })

    row('duplicate notify', async () => {
      const key = newKey()
      const { RecordId, ProvisionedProductId: id } = await begin(key, { Behaviour: 'wait' })
      await begun(key)
      const notify = () =>
        send(server, 'servicecatalog', 'NotifyProvisionProductEngineWorkflowResult', {
          WorkflowToken: Buffer.from(`${randomUUID()}-1`).toString('base64'),
          RecordId,
          Status: 'SUCCEEDED',
          IdempotencyToken: randomUUID(),
        })
      // A token of another record, once and again: nobody but the engine ends its work.
      for (const answer of [await notify(), await notify()]) {
        assert.equal(answer.json?.__type, 'InvalidParametersException', answer.text)
      }
      assert.equal(await changes.statusOf(id), 'UNDER_CHANGE')
      touch(`${key}.go`)
      assertSucceeded(await changes.ended(RecordId))
      assert.equal((await notify()).json?.__type, 'InvalidParametersException')
      assert.deepEqual(workOf(key), ['begin wait', 'end wait'])
    })

    row('terminate with IgnoreErrors', async () => {
      const key = newKey()
      const id = await available(key)
      touch(`${key}.thing.unremovable`)
      assertFailed(await changes.terminate(id), /held fast/)
      assert.equal(await changes.statusOf(id), 'TAINTED')
      assertFailed(await changes.terminate(id, { IgnoreErrors: true }), /held fast/)
      assert.ok(await changes.isGone(id))
      assert.ok(existsSync(thing(key)))
    })

    row('terminate with RetainPhysicalResources', async () => {
      const key = newKey()
      const id = await available(key)
      assertSucceeded(await changes.terminate(id, { RetainPhysicalResources: true }))
      assert.ok(await changes.isGone(id))
      assert.ok(existsSync(thing(key)))
    })

    row('secrets never printed', async () => {
      // Everything the API has answered so far, and everything that is kept of what ran.
      const clear = JSON.stringify(seen)
      assert.ok(!clear.includes(secret), clear.slice(clear.indexOf(secret) - 500, clear.indexOf(secret) + 100))
      assert.ok(!server.log().includes(secret))
      const kept = globSync('data/jobs/**', { cwd: world.directory, withFileTypes: true }).filter(
        entry => entry.isFile() && !entry.name.startsWith('request'),
      )
      const open = kept.filter(({ parentPath, name }) => readFileSync(join(parentPath, name)).includes(secret))
      assert.deepEqual(
        open.map(({ name }) => name),
        [],
      )
    })
  })
}

/** The engine's column of the table, for whoever reads the output of the tests. */
function table({ name, backEnd }: Subject, passed: ReadonlyMap<Row, string>, missing: string | undefined): string {
  const cells = rows.map(row => `  ${row.padEnd(40)} ${missing ? `not run (${missing})` : (passed.get(row) ?? 'NO')}`)
  return `\nconformance: ${name}, on ${backEnd}\n${cells.join('\n')}\n\n`
}
