import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { copyFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { type Answer, account, type Bellhop, call, send, startBellhop, temporaryFolder, until } from '../kit/bellhop.ts'
import { type ExternalProduct, externalProduct, serviceAction, unassociatedServiceAction } from '../kit/catalog.ts'

/** Engines that fail in every way they can, and changes that are refused: seen through the API of a real server. */
describe('engines through the API', { concurrency: 3 }, () => {
  const cleanups: (() => void)[] = []
  const products = new Map<string, ExternalProduct>()
  const actions = new Map<string, Promise<string>>()
  let folder: string
  let server: Bellhop

  before(async () => {
    folder = temporaryFolder({ after: fn => cleanups.push(fn) })
    copyFileSync(join(import.meta.dirname, 'fixtures/engine.mjs'), join(folder, 'engine.mjs'))
    const engine = { transport: 'exec', command: ['node', './engine.mjs'] }
    server = await startBellhop({
      dataDirectory: join(folder, 'data'),
      config: {
        engines: {
          mock: engine,
          slow: { ...engine, timeoutSeconds: 1 },
          absent: { transport: 'exec', command: ['./nothing-here'] },
        },
      },
    })
    for (const name of ['mock', 'slow']) products.set(name, await externalProduct(server, name, 's3://tests/good'))
  })
  after(async () => {
    assert.equal(await server.stop(), 0)
    assert.doesNotMatch(server.log(), /"level":"error"/)
    for (const clean of cleanups) clean()
  })

  const sc = (operation: string, input: unknown) => call(server, 'servicecatalog', operation, input)
  const attempt = (operation: string, input: unknown) => send(server, 'servicecatalog', operation, input)

  function assertError(answer: Answer, code: string, message: string | RegExp): void {
    assert.equal(answer.json?.__type, code, answer.text)
    assert.equal(answer.status, 400)
    if (typeof message === 'string') assert.equal(answer.json.message, message)
    else assert.match(answer.json.message, message)
  }

  async function ended(recordId: string): Promise<any> {
    return until(async () => {
      const record = await sc('DescribeRecord', { Id: recordId })
      return ['SUCCEEDED', 'FAILED'].includes(record.RecordDetail.Status) && record
    }, `the end of record ${recordId}`)
  }

  const settings = (values: Readonly<Record<string, string>>) =>
    Object.entries(values).map(([Key, Value]) => ({ Key, Value }))

  const provisionInput = (product: ExternalProduct, values: Readonly<Record<string, string>> = {}) => ({
    ProductId: product.productId,
    ProvisioningArtifactId: product.artifactId,
    ProvisionedProductName: `name-${randomUUID()}`,
    ProvisioningParameters: settings(values),
    ProvisionToken: randomUUID(),
  })

  const updateInput = (id: string, values: Readonly<Record<string, string>> = {}) => ({
    ProvisionedProductId: id,
    ProvisioningParameters: settings(values),
    UpdateToken: randomUUID(),
  })

  const executeInput = (id: string, action: string, more: object = {}) => ({
    ProvisionedProductId: id,
    ServiceActionId: action,
    ExecuteToken: randomUUID(),
    ...more,
  })

  const terminateInput = (id: string, more: object = {}) => ({
    ProvisionedProductId: id,
    TerminateToken: randomUUID(),
    ...more,
  })

  /** Does it and waits for the end of its record. */
  async function perform(operation: string, input: object): Promise<any> {
    const { RecordDetail } = await sc(operation, input)
    return ended(RecordDetail.RecordId)
  }

  async function describeProduct(id: string): Promise<any> {
    const { ProvisionedProductDetail } = await sc('DescribeProvisionedProduct', { Id: id })
    return ProvisionedProductDetail
  }

  async function availableProduct(values: Readonly<Record<string, string>> = {}): Promise<string> {
    const { RecordDetail: detail } = await perform('ProvisionProduct', provisionInput(products.get('mock')!, values))
    assert.equal(detail.Status, 'SUCCEEDED', JSON.stringify(detail))
    return detail.ProvisionedProductId
  }

  /** An action whose document has the engine do `behaviour`; made once for each engine. */
  function engineAction(engine: string, behaviour: string): Promise<string> {
    const name = `${engine}-${behaviour}`
    const step = { name: 'ask', action: 'bellhop:invokeEngine', inputs: { Action: behaviour } }
    const document = { mainSteps: [step], outputs: ['ask.Role'] }
    const action = actions.get(name) ?? serviceAction(server, products.get(engine)!, { name, document })
    actions.set(name, action)
    return action
  }

  function assertFailed(record: any, reason: RegExp): void {
    const { RecordDetail: detail } = record
    assert.equal(detail.Status, 'FAILED', JSON.stringify(record))
    assert.equal(detail.RecordErrors.length, 1)
    assert.match(detail.RecordErrors[0].Code, /^[A-Z_]+$/)
    assert.match(detail.RecordErrors[0].Description, reason)
    assert.doesNotMatch(JSON.stringify(record), /hunter2/)
  }

  const failures = [
    ['exit-1', 'mock', /Engine mock failed with exit code 1: connecting \.\.\.\nno space left on device/],
    ['silent', 'mock', /Engine mock failed with exit code 9 and said nothing/],
    ['signal', 'mock', /Engine mock was killed by SIGSEGV/],
    ['missing', 'mock', /Engine mock ended well, but its outputs\.json is missing/],
    ['rubbish', 'mock', /Engine mock ended well, but its outputs\.json is not JSON/],
    ['oversize', 'mock', /Engine mock ended well, but its outputs\.json is larger than 1048576 bytes/],
    ['wrong-shape', 'mock', /Engine mock ended well, but its outputs\.json is not as agreed at outputs\.0\.value/],
    ['link', 'mock', /Engine mock ended well, but its outputs\.json is a symbolic link/],
    ['says-why', 'mock', /Engine mock failed: The quota is used up/],
    ['hang', 'slow', /Engine slow did not end within 1 seconds/],
  ] as const
  for (const [behaviour, engine, reason] of failures) {
    test(`an engine that fails (${behaviour}) leaves a record that says why, and a product that can go on`, async () => {
      const product = products.get(engine)!
      const provisioned = await perform('ProvisionProduct', provisionInput(product, { Behaviour: behaviour }))
      const id: string = provisioned.RecordDetail.ProvisionedProductId
      assertFailed(provisioned, reason)
      const broken = await describeProduct(id)
      assert.equal(broken.Status, 'ERROR')
      assert.match(broken.StatusMessage, reason)
      assertError(
        await attempt('ExecuteProvisionedProductServiceAction', executeInput(id, await engineAction(engine, 'good'))),
        'InvalidStateException',
        `Provisioned product ${id} is in status ERROR.`,
      )

      const mended = await perform('UpdateProvisionedProduct', updateInput(id, { Behaviour: 'good' }))
      assert.equal(mended.RecordDetail.Status, 'SUCCEEDED', JSON.stringify(mended))
      const { Status, StatusMessage } = await describeProduct(id)
      assert.deepEqual([Status, StatusMessage], ['AVAILABLE', undefined])

      const action = await engineAction(engine, behaviour)
      const acted = await perform('ExecuteProvisionedProductServiceAction', executeInput(id, action))
      assertFailed(acted, new RegExp(`^Step ask failed\\.(.|\\n)*${reason.source}`))
      const output = acted.RecordOutputs.find((each: any) => each.OutputKey === 'FailureMessage')
      assert.match(output.OutputValue, reason)
      assert.equal((await describeProduct(id)).Status, 'AVAILABLE')

      assertFailed(await perform('UpdateProvisionedProduct', updateInput(id, { Behaviour: behaviour })), reason)
      const tainted = await describeProduct(id)
      assert.equal(tainted.Status, 'TAINTED')
      assert.match(tainted.StatusMessage, reason)
      assert.equal(tainted.LastSuccessfulProvisioningRecordId, mended.RecordDetail.RecordId)

      const terminated = await perform('TerminateProvisionedProduct', terminateInput(id))
      assert.equal(terminated.RecordDetail.Status, 'SUCCEEDED', JSON.stringify(terminated))
      assertError(await attempt('DescribeProvisionedProduct', { Id: id }), 'ResourceNotFoundException', /not found/)
    })
  }

  test('what an engine prints is nobody’s business as long as it does its work', async () => {
    const id = await availableProduct({ Behaviour: 'noisy' })
    const record = await perform(
      'ExecuteProvisionedProductServiceAction',
      executeInput(id, await engineAction('mock', 'noisy')),
    )
    assert.equal(record.RecordDetail.Status, 'SUCCEEDED', JSON.stringify(record))
  })

  test('a product in TAINTED takes actions, and stays TAINTED', async () => {
    const id = await availableProduct()
    await perform('UpdateProvisionedProduct', updateInput(id, { Behaviour: 'silent' }))
    for (const [behaviour, status] of [
      ['good', 'SUCCEEDED'],
      ['silent', 'FAILED'],
    ] as const) {
      const action = await engineAction('mock', behaviour)
      const record = await perform('ExecuteProvisionedProductServiceAction', executeInput(id, action))
      assert.equal(record.RecordDetail.Status, status)
      assert.equal((await describeProduct(id)).Status, 'TAINTED')
    }
  })

  test('an action that the engine does not know', async () => {
    const id = await availableProduct()
    const action = await engineAction('mock', 'fly')
    assertFailed(
      await perform('ExecuteProvisionedProductServiceAction', executeInput(id, action)),
      /Engine mock failed with exit code 1:(.|\n)*behaviour is not a function/,
    )
    assert.equal((await describeProduct(id)).Status, 'AVAILABLE')
  })

  test('parameters that cannot be read are refused, and nothing is provisioned', async () => {
    const parses = [
      [
        'mock',
        'exit-1',
        /^Error occurred during parameter parsing: Engine mock failed with exit code 1: (.|\n)*no space/,
      ],
      ['mock', 'signal', /^Error occurred during parameter parsing: Engine mock was killed by SIGSEGV/],
      ['mock', 'rubbish', /^Error occurred during parameter parsing: .*outputs\.json is not JSON/],
      ['mock', 'missing', /^Error occurred during parameter parsing: .*outputs\.json is missing/],
      ['mock', 'wrong-shape', /^Error occurred during parameter parsing: .*not as agreed at parameters/],
      ['mock', 'says-why', /^Error occurred during parameter parsing: Engine mock failed: The quota is used up/],
      ['absent', 'good', /^Error occurred during parameter parsing: Engine absent .*(nothing-here|127)/],
    ] as const
    for (const [engine, behaviour, reason] of parses) {
      const product = await externalProduct(server, engine, `s3://tests/${behaviour}`)
      const { productId: ProductId, artifactId: ProvisioningArtifactId } = product
      const described = await attempt('DescribeProvisioningParameters', { ProductId, ProvisioningArtifactId })
      assertError(described, 'InvalidParametersException', reason)
      const input = provisionInput(product)
      assertError(await attempt('ProvisionProduct', input), 'InvalidParametersException', reason)
      const { ProvisionedProductName: Name } = input
      assertError(await attempt('DescribeProvisionedProduct', { Name }), 'ResourceNotFoundException', /not found/)
    }
  })

  test('parameters: unknown, missing, twice, without a previous value, and kept by an update', async () => {
    const product = await externalProduct(server, 'mock', 's3://tests/required')
    const { productId: ProductId, artifactId: ProvisioningArtifactId } = product
    const described = await sc('DescribeProvisioningParameters', { ProductId, ProvisioningArtifactId })
    assert.deepEqual(described.ProvisioningArtifactParameters.at(-1), {
      ParameterKey: 'Size',
      ParameterType: 'string',
      IsNoEcho: false,
      Description: 'How large',
    })
    const refused = async (values: Readonly<Record<string, string>>, text: string) =>
      assertError(
        await attempt('ProvisionProduct', provisionInput(product, values)),
        'InvalidParametersException',
        text,
      )
    await refused(
      { Size: '1', Colour: 'red', Shape: 'round' },
      'Parameters: [Colour, Shape] do not exist in the template',
    )
    await refused({ Behaviour: 'good' }, 'Parameters: [Size] must have values')
    await refused({ ['__proto__']: 'x', Size: '1' }, 'Parameters: [__proto__] do not exist in the template')
    const twice = {
      ...provisionInput(product),
      ProvisioningParameters: [...settings({ Size: '1' }), ...settings({ Size: '2' })],
    }
    assertError(
      await attempt('ProvisionProduct', twice),
      'InvalidParametersException',
      'Parameter Size is given more than once.',
    )

    const { RecordDetail: detail } = await perform('ProvisionProduct', provisionInput(product, { Size: '1' }))
    assert.equal(detail.Status, 'SUCCEEDED')
    const id: string = detail.ProvisionedProductId
    // Size has no default: an update that does not name it can only succeed with the value of before.
    const updated = await perform('UpdateProvisionedProduct', updateInput(id, { Behaviour: 'noisy' }))
    assert.equal(updated.RecordDetail.Status, 'SUCCEEDED')
    assertError(
      await attempt('UpdateProvisionedProduct', updateInput(id, { Colour: 'red' })),
      'InvalidParametersException',
      'Parameters: [Colour] do not exist in the template',
    )
    const previous = { ...updateInput(id), ProvisioningParameters: [{ Key: 'Colour', UsePreviousValue: true }] }
    assertError(
      await attempt('UpdateProvisionedProduct', previous),
      'InvalidParametersException',
      'Parameter Colour has no previous value to use.',
    )
    assert.equal((await describeProduct(id)).Status, 'AVAILABLE')
  })

  test('while a product is under change every other change is refused', async () => {
    const id = await availableProduct()
    const action = await engineAction('mock', 'wait')
    const input = executeInput(id, action)
    const { RecordDetail: running } = await sc('ExecuteProvisionedProductServiceAction', input)
    assert.equal((await describeProduct(id)).Status, 'UNDER_CHANGE')
    const text = `Provisioned product ${id} is in status UNDER_CHANGE.`
    const refusals = [
      ['ExecuteProvisionedProductServiceAction', executeInput(id, action), 'InvalidStateException'],
      ['UpdateProvisionedProduct', updateInput(id), 'InvalidParametersException'],
      ['TerminateProvisionedProduct', terminateInput(id), 'InvalidParametersException'],
      [
        'UpdateProvisionedProductProperties',
        {
          ProvisionedProductId: id,
          ProvisionedProductProperties: { OWNER: `arn:aws:iam::${account}:user/somebody` },
          IdempotencyToken: randomUUID(),
        },
        'InvalidStateException',
      ],
    ] as const
    for (const [operation, refused, code] of refusals) assertError(await attempt(operation, refused), code, text)
    // The request itself, sent again, is not another change.
    const again = await sc('ExecuteProvisionedProductServiceAction', input)
    assert.equal(again.RecordDetail.RecordId, running.RecordId)
    writeFileSync(join(folder, 'data/engines/mock', `go-${id}`), '')
    assert.equal((await ended(running.RecordId)).RecordDetail.Status, 'SUCCEEDED')
    const product = await describeProduct(id)
    assert.equal(product.Status, 'AVAILABLE')
    assert.equal(product.LastRecordId, running.RecordId)
    assert.notEqual(product.LastProvisioningRecordId, running.RecordId)
  })

  test('many requests with one token at once make one record', async () => {
    const id = await availableProduct()
    const input = executeInput(id, await engineAction('mock', 'good'))
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => sc('ExecuteProvisionedProductServiceAction', input)),
    )
    assert.equal(new Set(answers.map(answer => answer.RecordDetail.RecordId)).size, 1)
    await ended(answers[0].RecordDetail.RecordId)
    assertError(
      await attempt('ExecuteProvisionedProductServiceAction', {
        ...input,
        ServiceActionId: await engineAction('mock', 'noisy'),
      }),
      'InvalidParametersException',
      `The idempotency token ${input.ExecuteToken} was used before with other parameters.`,
    )
    const { RecordDetails } = await sc('ListRecordHistory', {
      SearchFilter: { Key: 'provisionedproduct', Value: id },
    })
    assert.equal(RecordDetails.length, 2)
  })

  test('an action that is not associated, and one that is not there', async () => {
    const id = await availableProduct()
    const step = { name: 'ask', action: 'bellhop:invokeEngine', inputs: { Action: 'good' } }
    const lone = await unassociatedServiceAction(server, { name: 'Lone', document: { mainSteps: [step] } })
    for (const operation of ['DescribeServiceActionExecutionParameters', 'ExecuteProvisionedProductServiceAction']) {
      const input = (action: string) =>
        operation.startsWith('Execute')
          ? executeInput(id, action)
          : { ProvisionedProductId: id, ServiceActionId: action }
      assertError(
        await attempt(operation, input(lone)),
        'ResourceNotFoundException',
        new RegExp(
          `^Service action ${lone} is not associated with provisioning artifact pa-\\w+ of product prod-\\w+\\.$`,
        ),
      )
      assertError(
        await attempt(operation, input('act-nothingthere')),
        'ResourceNotFoundException',
        'Service action act-nothingthere not found.',
      )
    }
    assertError(
      await attempt('ExecuteProvisionedProductServiceAction', executeInput('pp-nothingthere', lone)),
      'ResourceNotFoundException',
      'Provisioned product pp-nothingthere not found.',
    )
    assert.equal((await describeProduct(id)).Status, 'AVAILABLE')
  })

  describe('TARGET parameters', () => {
    const document = {
      parameters: { Ids: { type: 'StringList' }, Word: { type: 'String', default: 'hello' } },
      mainSteps: [
        {
          name: 'ask',
          action: 'bellhop:invokeEngine',
          inputs: { Action: 'good', Parameters: { Ids: '{{ Ids }}', Word: '{{ Word }}' } },
        },
      ],
      outputs: ['ask.Given'],
    }
    const parameters = [
      { Name: 'Ids', Type: 'TARGET' },
      { Name: 'Word', Type: 'TEXT_VALUE' },
    ] as const

    test('default to the resources that the engine reported, of the document’s type', async () => {
      const id = await availableProduct()
      const targetType = '/Test::Thing'
      const things = { name: 'Things', document, parameters, targetType }
      const action = await serviceAction(server, products.get('mock')!, things)
      const described = await sc('DescribeServiceActionExecutionParameters', {
        ProvisionedProductId: id,
        ServiceActionId: action,
      })
      assert.deepEqual(described.ServiceActionParameters, [
        { Name: 'Ids', Type: 'TARGET', DefaultValues: [`${id}-a`, `${id}-b`] },
        { Name: 'Word', Type: 'String', DefaultValues: ['hello'] },
      ])
      const given = async (values?: Readonly<Record<string, readonly string[]>>) => {
        const input = executeInput(id, action, values ? { Parameters: values } : {})
        const { RecordOutputs: outputs } = await perform('ExecuteProvisionedProductServiceAction', input)
        return outputs.find((output: any) => output.OutputKey === 'ask.Given')?.OutputValue
      }
      assert.equal(await given(), `${id}-a ${id}-b hello`)
      assert.equal(await given({ Ids: [`${id}-b`], Word: ['bye'] }), `${id}-b bye`)

      const refused = async (values: Readonly<Record<string, readonly string[]>>, text: string) =>
        assertError(
          await attempt('ExecuteProvisionedProductServiceAction', executeInput(id, action, { Parameters: values })),
          'InvalidParametersException',
          text,
        )
      await refused(
        { Ids: [`${id}-a`, `${id}-c`, 'i-foreign'] },
        `The following values for the parameter are not allowed because they are not in the provisioned product: ${id}-c, i-foreign`,
      )
      await refused({ Other: ['x'] }, 'Parameter is not defined in service action definition: Other')
      assert.equal((await describeProduct(id)).Status, 'AVAILABLE')
    })

    test('need a document that names a type, and a product that has such a resource', async () => {
      const id = await availableProduct()
      for (const [name, targetType, text] of [
        ['NoType', undefined, 'TargetType not defined for SSM Automation document'],
        [
          'Elsewhere',
          '/Elsewhere::Thing',
          'Cannot find any resources with type /Elsewhere::Thing in provisioned product',
        ],
      ] as const) {
        const action = await serviceAction(server, products.get('mock')!, { name, document, parameters, targetType })
        assertError(
          await attempt('DescribeServiceActionExecutionParameters', {
            ProvisionedProductId: id,
            ServiceActionId: action,
          }),
          'InvalidParametersException',
          text,
        )
        assertError(
          await attempt('ExecuteProvisionedProductServiceAction', executeInput(id, action)),
          'InvalidParametersException',
          text,
        )
      }
    })
  })

  describe('UpdateProvisionedProductProperties', () => {
    const change = (id: string, properties: object) => ({
      ProvisionedProductId: id,
      ProvisionedProductProperties: properties,
      IdempotencyToken: randomUUID(),
    })

    test('OWNER: lists show the product to its new owner', async () => {
      const id = await availableProduct()
      const owner = `arn:aws:iam::${account}:user/next`
      const input = change(id, { OWNER: owner })
      const answer = await sc('UpdateProvisionedProductProperties', input)
      assert.equal(answer.Status, 'SUCCEEDED')
      assert.deepEqual(answer.ProvisionedProductProperties, { OWNER: owner })
      assert.deepEqual(await sc('UpdateProvisionedProductProperties', input), answer)
      assert.equal((await ended(answer.RecordId)).RecordDetail.Status, 'SUCCEEDED')
      assert.equal((await describeProduct(id)).LastRecordId, answer.RecordId)
      const find = async (level: string) => {
        const { ProvisionedProducts } = await sc('SearchProvisionedProducts', {
          AccessLevelFilter: { Key: level, Value: 'self' },
          Filters: { SearchQuery: [`id:${id}`] },
        })
        return ProvisionedProducts.map((product: any) => product.UserArn)
      }
      assert.deepEqual(await find('User'), [])
      assert.deepEqual(await find('Account'), [owner])
      assertError(
        await attempt('UpdateProvisionedProductProperties', change(id, { OWNER: 'somebody' })),
        'InvalidParametersException',
        /^OWNER must be the ARN of an IAM user or role/,
      )
    })

    test('LAUNCH_ROLE: goes before the launch constraint until it is taken away', async () => {
      const id = await availableProduct()
      const ofConstraint = `arn:aws:iam::${account}:role/Launch`
      const role = `arn:aws:iam::${account}:role/Other`
      const action = await engineAction('mock', 'good')
      /** The role that the engine was given, by an update and by an action. */
      const roles = async () => {
        const updated = await perform('UpdateProvisionedProduct', updateInput(id))
        const acted = await perform('ExecuteProvisionedProductServiceAction', executeInput(id, action))
        const value = (record: any, key: string) =>
          record.RecordOutputs.find((output: any) => output.OutputKey === key)?.OutputValue
        return [value(updated, 'Role'), value(acted, 'ask.Role'), (await describeProduct(id)).LaunchRoleArn]
      }
      assert.deepEqual(await roles(), [ofConstraint, ofConstraint, ofConstraint])
      await sc('UpdateProvisionedProductProperties', change(id, { LAUNCH_ROLE: role }))
      assert.deepEqual(await roles(), [role, role, role])
      await sc('UpdateProvisionedProductProperties', change(id, { LAUNCH_ROLE: '' }))
      assert.deepEqual(await roles(), [ofConstraint, ofConstraint, ofConstraint])
      assertError(
        await attempt('UpdateProvisionedProductProperties', change(id, { LAUNCH_ROLE: 'Other' })),
        'InvalidParametersException',
        /^LAUNCH_ROLE must be the ARN of an IAM role/,
      )
    })

    test('nothing else can be changed', async () => {
      const id = await availableProduct()
      const answer = await attempt('UpdateProvisionedProductProperties', change(id, { COLOUR: 'red' }))
      assert.equal(answer.status, 400)
      assert.match(answer.json.__type, /^(ValidationException|InvalidParametersException)$/)
      assertError(
        await attempt('UpdateProvisionedProductProperties', change('pp-nothingthere', { OWNER: 'x' })),
        'ResourceNotFoundException',
        'Provisioned product pp-nothingthere not found.',
      )
    })
  })

  test('a terminate that fails keeps the product, unless errors are to be ignored', async () => {
    const id = await availableProduct({ AtTerminate: 'exit-1' })
    const failed = await perform('TerminateProvisionedProduct', terminateInput(id))
    assertFailed(failed, /Engine mock failed with exit code 1/)
    const kept = await describeProduct(id)
    assert.equal(kept.Status, 'TAINTED')
    assert.match(kept.StatusMessage, /no space left on device/)
    const ignoring = await perform('TerminateProvisionedProduct', terminateInput(id, { IgnoreErrors: true }))
    // The record is honest about what happened; the product is managed no more.
    assertFailed(ignoring, /Engine mock failed with exit code 1/)
    assertError(await attempt('DescribeProvisionedProduct', { Id: id }), 'ResourceNotFoundException', /not found/)
  })

  test('a terminate token counts as long as the product is there', async () => {
    const id = await availableProduct({ AtTerminate: 'wait' })
    const input = terminateInput(id)
    const first = await sc('TerminateProvisionedProduct', input)
    assert.deepEqual(await sc('TerminateProvisionedProduct', input), first)
    writeFileSync(join(folder, 'data/engines/mock', `go-${id}`), '')
    assert.equal((await ended(first.RecordDetail.RecordId)).RecordDetail.Status, 'SUCCEEDED')
    assertError(
      await attempt('TerminateProvisionedProduct', input),
      'ResourceNotFoundException',
      `Provisioned product ${id} not found.`,
    )
  })

  test('records and products are listed page by page', async () => {
    const ids = [await availableProduct(), await availableProduct(), await availableProduct()]
    const id = ids[0]!
    const action = await engineAction('mock', 'good')
    const provisioned: string = (await describeProduct(id)).LastRecordId
    const recordIds = [provisioned]
    for (let i = 0; i < 4; i += 1) {
      const { RecordDetail } = await perform('ExecuteProvisionedProductServiceAction', executeInput(id, action))
      recordIds.push(RecordDetail.RecordId)
    }
    /** All items, and the sizes of the pages. */
    const pages = async (operation: string, member: string, input: object) => {
      const items: any[] = []
      const sizes: number[] = []
      let token: string | undefined
      do {
        const page: any = await sc(operation, { ...input, ...(token ? { PageToken: token } : {}) })
        items.push(...page[member])
        sizes.push(page[member].length)
        token = page.NextPageToken
      } while (token)
      return { items, sizes }
    }
    const SearchFilter = { Key: 'provisionedproduct', Value: id }
    const records = await pages('ListRecordHistory', 'RecordDetails', { PageSize: 2, SearchFilter })
    assert.deepEqual(records.sizes, [2, 2, 1])
    // The newest first.
    assert.deepEqual(
      records.items.map(record => record.RecordId),
      recordIds.toReversed(),
    )
    const types = new Set(records.items.map(record => record.RecordType))
    assert.deepEqual(types, new Set(['EXECUTE_PROVISIONED_PRODUCT_SERVICE_ACTION', 'PROVISION_PRODUCT']))

    const Filters = { SearchQuery: [`productId:${products.get('mock')!.productId}`] }
    const search = { PageSize: 1, Filters, SortBy: 'id', SortOrder: 'DESCENDING' }
    const found = await pages('SearchProvisionedProducts', 'ProvisionedProducts', search)
    const foundIds = found.items.map(product => product.Id)
    assert.deepEqual(new Set(found.sizes), new Set([1]))
    assert.deepEqual(foundIds, foundIds.toSorted().toReversed())
    const scanned = await pages('ScanProvisionedProducts', 'ProvisionedProducts', { PageSize: 2 })
    const scannedIds = scanned.items.map(product => product.Id)
    assert.equal(new Set(scannedIds).size, scannedIds.length)
    // Other tests make and terminate products meanwhile; these three stay.
    for (const each of ids) {
      assert.ok(foundIds.includes(each))
      assert.ok(scannedIds.includes(each))
    }
    assert.ok(scanned.sizes.slice(0, -1).every(size => size === 2))

    for (const operation of ['ListRecordHistory', 'SearchProvisionedProducts', 'ScanProvisionedProducts']) {
      assertError(
        await attempt(operation, { PageToken: 'not-ours' }),
        'InvalidParametersException',
        'The page token is not valid.',
      )
    }
    assertError(
      await attempt('ListRecordHistory', { SearchFilter: { Key: 'colour', Value: 'red' } }),
      'InvalidParametersException',
      /^SearchFilter takes the keys/,
    )
    assertError(
      await attempt('SearchProvisionedProducts', { SortBy: '__proto__' }),
      'InvalidParametersException',
      /^SortBy takes /,
    )
  })
})
