import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { chmodSync, existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, type TestContext, test } from 'node:test'
import { type Bellhop, call, send, startBellhop, temporaryFolder, until } from '../../kit/bellhop.ts'
import { type CatalogProduct, catalogProduct, serviceAction } from '../../kit/catalog.ts'
import { assertFailed as assertFailedFor, assertSucceeded, Changes, outputsOf } from '../../kit/changes.ts'
import { requireTool } from '../../kit/tools.ts'
import { type Row, rows, type Subject, type World } from './subject.ts'

const secret = 'hunter2-is-the-secret'

/**
 * What every engine must do, seen through the API of a real server over a real back end. The product is the same for all: a
 * file that is made and removed, and work that notes its begin and end, and succeeds, fails or waits as it is told. Where an
 * engine cannot do a row by its nature, or its back end cannot show it, it says so (`lacks`), and the table shows it.
 */
export function engineConformance(subject: Subject): void {
  describe(`${subject.name}, on ${subject.backEnd}`, { concurrency: false }, () => {
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
      world = { directory, folder: join(directory, 'world'), server: () => server }
      mkdirSync(world.folder)
      chmodSync(world.folder, 0o777)
      stopBackEnd = await subject.start?.(world, tool)
      await start()
      const path = await subject.artifact(world)
      const { productType: type } = subject
      const constraint = subject.constraint?.()
      product = await catalogProduct(server, { type, engine: 'main', path, constraint })
      hasty = subject.hastyConfig ? product : await catalogProduct(server, { type, engine: 'hasty', path, constraint })
    })

    after(async () => {
      if (missing === undefined) {
        assert.equal(await server?.stop(), 0)
        logs.push(server.log())
        assert.doesNotMatch(logs.join(''), /"level":"error"/)
        assert.ok(!logs.join('').includes(secret), 'the log has the secret')
      }
      await stopBackEnd?.()
      process.stdout.write(table(subject, passed, missing))
      for (const clean of cleanups) clean()
    })

    const start = async (port = '0', config = subject.config(world)) => {
      server = await startBellhop({
        dataDirectory: join(world.directory, 'data'),
        config,
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

    /** Kills the server and starts it on the same data and port, and meanwhile maybe with other settings. */
    const restart = async (config?: object) => {
      const { port } = new URL(server.url)
      await server.kill()
      logs.push(server.log())
      await start(port, config)
    }

    const newKey = () => {
      count += 1
      return `key${count}`
    }
    const thing = (key: string) => join(world.folder, `${key}.thing`)
    const exists = async (key: string) => (subject.look ? subject.look.exists(key) : existsSync(thing(key)))
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
      assertFailedFor(record, /engine|terraform|CloudFormation/i)
    }

    const engineStep = (values: Readonly<Record<string, string>>) => ({
      name: 'act',
      action: 'bellhop:invokeEngine',
      inputs: subject.action?.(values) ?? { Action: 'apply', Parameters: values },
    })

    /** Outputs are the product's, or only the one that this kind of product has. */
    function assertOutputs(record: any, expected: Readonly<Record<string, string>>): void {
      const outputs = outputsOf(record)
      if (subject.onlyOutput) assert.deepEqual(Object.keys(outputs), [subject.onlyOutput])
      else for (const [key, value] of Object.entries(expected)) assert.equal(outputs[key], value, key)
    }

    /** What was done for a key, in order; seen where the product writes it into the world's folder. */
    function assertWork(key: string, expected: readonly string[]): void {
      if (!subject.look) assert.deepEqual(workOf(key), expected)
    }

    /** After work was given up: it has ended, or goes on to its end and nothing comes of that. */
    async function assertGivenUp(key: string): Promise<void> {
      touch(`${key}.go`)
      if (subject.deaf) await begun(key, 'end wait')
      else assert.ok(!workOf(key).includes('end wait'))
    }

    row('provision', async () => {
      const described = await sc('DescribeProvisioningParameters', {
        ProductId: product.productId,
        ProvisioningArtifactId: product.artifactId,
      })
      const shown = new Map<string, any>(
        described.ProvisioningArtifactParameters.map((each: any) => [each.ParameterKey, each]),
      )
      if (subject.parametersAsGiven) assert.deepEqual([...shown.keys()], [])
      else {
        assert.deepEqual([...shown.keys()].sort(), ['Behaviour', 'Folder', 'Key', 'Revision', 'Secret'])
        assert.equal(shown.get('Folder').Description, 'Where the files are')
        assert.equal(shown.get('Behaviour').DefaultValue, 'good')
        assert.deepEqual([shown.get('Secret').IsNoEcho, shown.get('Key').IsNoEcho], [true, false])
      }
      const key = newKey()
      const { RecordId, ProvisionedProductId: id } = await begin(key, { Revision: '7' })
      const record = await changes.ended(RecordId)
      assertSucceeded(record)
      assertOutputs(record, { Revision: '7', File: thing(key) })
      const revision = record.RecordOutputs.find((each: any) => each.OutputKey === 'Revision')
      if (!subject.onlyOutput) assert.equal(revision.Description, 'What it was made as')
      assert.ok(await exists(key))
      assert.equal(await changes.statusOf(id), 'AVAILABLE')
      assertWork(key, ['begin good', 'end good'])
    })

    row('update', async () => {
      const key = newKey()
      const id = await available(key)
      const record = await changes.update(id, { Revision: '2' })
      assertSucceeded(record)
      assertOutputs(record, { Revision: '2' })
      assert.equal(await changes.statusOf(id), 'AVAILABLE')
      assertWork(key, ['begin good', 'end good', 'begin good', 'end good'])
      // Nothing to do is no failure.
      assertSucceeded(await changes.update(id, {}))
    })

    row('terminate', async () => {
      const key = newKey()
      const id = await available(key)
      assertSucceeded(await changes.terminate(id))
      assert.ok(await changes.isGone(id))
      assert.ok(!(await exists(key)))
    })

    row('failure in the middle', async () => {
      const key = newKey()
      const { RecordId, ProvisionedProductId: id } = await begin(key, { Behaviour: 'fail' })
      assertFailed(await changes.ended(RecordId), /no space is left/)
      assert.equal(await changes.statusOf(id), 'ERROR')
      assertSucceeded(await changes.terminate(id))
      assert.ok(await changes.isGone(id))
      assert.ok(!(await exists(key)))
    })

    row('re-provision after ERROR', async () => {
      const key = newKey()
      const { RecordId, ProvisionedProductId: id } = await begin(key, { Behaviour: 'fail' })
      assertFailed(await changes.ended(RecordId), /no space is left/)
      assertFailed(await changes.update(id, { Behaviour: 'fail', Key: key, Folder: world.folder }), /no space is left/)
      assert.equal(await changes.statusOf(id), 'ERROR')
      assertSucceeded(await changes.update(id, { Behaviour: 'good', Key: key, Folder: world.folder, Secret: secret }))
      assert.equal(await changes.statusOf(id), 'AVAILABLE')
      assert.ok(await exists(key))
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
        ...(subject.resourceType && {
          targetType: `/${subject.resourceType}`,
          parameters: [{ Name: 'Targets', Type: 'TARGET' }],
        }),
        document: {
          parameters: { Targets: { type: 'StringList', default: [] } },
          mainSteps: [engineStep({ Revision: 'by-action' })],
        },
      })
      if (subject.resourceType) {
        const asked = { ProvisionedProductId: id, ServiceActionId: action }
        const shown = await sc('DescribeServiceActionExecutionParameters', asked)
        const [target] = shown.ServiceActionParameters
        assert.ok(target.DefaultValues.length > 0, JSON.stringify(shown))
      }
      const record = await changes.ended(await changes.execute(id, action))
      if (subject.action) {
        assertSucceeded(record)
        assertWork(key, ['begin good', 'end good', 'begin good', 'end good'])
        const got = await sc('GetProvisionedProductOutputs', { ProvisionedProductId: id })
        const revision = got.Outputs.find((each: any) => each.OutputKey === 'Revision')
        if (!subject.onlyOutput) assert.equal(revision.OutputValue, 'by-action')
      } else {
        // It says why, and actions that need no engine are run.
        assertFailed(record, /cannot run service actions: AWS's contract for such engines has none/)
        const rest = { name: 'rest', action: 'aws:sleep', inputs: { Duration: 'PT1S' } }
        const document = { mainSteps: [rest] }
        const other = await serviceAction(server, product, { name: `Rest-${randomUUID()}`, document })
        assertSucceeded(await changes.ended(await changes.execute(id, other)))
      }
      assert.equal(await changes.statusOf(id), 'AVAILABLE')
    })

    row('cancel', async () => {
      const key = newKey()
      const id = await available(key)
      const action = await serviceAction(server, product, {
        name: `Wait-${randomUUID()}`,
        document: { mainSteps: [engineStep({ Behaviour: 'wait' })] },
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
      if (subject.hastyConfig) await restart(subject.hastyConfig(world))
      const { RecordId, ProvisionedProductId: id } = await begin(key, { Behaviour: 'wait' }, hasty)
      assertFailed(await changes.ended(RecordId), /did not end within \d+ seconds|in time/)
      if (subject.hastyConfig) await restart()
      assert.equal(await changes.statusOf(id), 'ERROR')
      await assertGivenUp(key)
      assert.equal(await changes.statusOf(id), 'ERROR')
      // On a busy machine the hasty engine's two seconds may be too few for this, too.
      let ended = await changes.terminate(id)
      for (let tries = 1; tries < 5 && ended.RecordDetail.Status === 'FAILED'; tries += 1)
        ended = await changes.terminate(id)
      assertSucceeded(ended)
      assert.ok(!(await exists(key)))
    })

    row('server killed in the middle', async () => {
      const key = newKey()
      const { RecordId, ProvisionedProductId: id } = await begin(key, { Behaviour: 'wait' })
      await begun(key)
      await restart()
      assert.equal(await changes.statusOf(id), 'UNDER_CHANGE')
      touch(`${key}.go`)
      const record = await changes.ended(RecordId)
      assertSucceeded(record)
      assertOutputs(record, { File: thing(key) })
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
      assert.ok(await exists(key))
    })

    row('terminate with RetainPhysicalResources', async () => {
      const key = newKey()
      const id = await available(key)
      assertSucceeded(await changes.terminate(id, { RetainPhysicalResources: true }))
      assert.ok(await changes.isGone(id))
      assert.ok(await exists(key))
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
