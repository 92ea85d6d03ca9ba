import assert from 'node:assert/strict'
import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { root } from '../../scripts/server-process.ts'
import { account, call, region, startBellhop, temporaryFolder, until } from '../kit/bellhop.ts'
import { type Finished, requireTool, runTool } from '../kit/tools.ts'

const fixtures = join(import.meta.dirname, 'fixtures')

test('the AWS CLI walks the whole path, and our CLI prints the same', { timeout: 170_000 }, async t => {
  const aws = await requireTool(t, 'aws')
  if (!aws) return
  const folder = temporaryFolder(t)
  copyFileSync(join(fixtures, 'engine.mjs'), join(folder, 'engine.mjs'))
  const server = await startBellhop({
    dataDirectory: join(folder, 'data'),
    config: { engines: { paint: { transport: 'exec', command: ['node', './engine.mjs'] } } },
  })
  t.after(() => server.kill())

  // As a user sets it up: the key from the file that the server wrote, under the profile it names.
  const env = {
    PATH: process.env['PATH'],
    HOME: folder,
    AWS_SHARED_CREDENTIALS_FILE: join(folder, 'data/credentials'),
    AWS_CONFIG_FILE: join(folder, 'no-configuration'),
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_PAGER: '',
  }
  const globals = ['--endpoint-url', server.url, '--profile', 'bellhop', '--region', region]
  const theirs = (...args: string[]) => runTool(aws, [...args, ...globals], env)
  const ours = (...args: string[]) => runTool(process.execPath, [join(root, 'src/bin.ts'), ...args, ...globals], env)
  const parsed = ({ code, stdout, stderr }: Finished) => {
    assert.equal(code, 0, stderr)
    return stdout === '' ? undefined : JSON.parse(stdout)
  }
  const catalog = async (...args: string[]) => parsed(await theirs('servicecatalog', ...args))
  const ssm = async (...args: string[]) => parsed(await theirs('ssm', ...args))
  /** What both print, which must be the same byte for byte. */
  const both = async (...args: string[]) => {
    const [expected, printed] = await Promise.all([theirs('servicecatalog', ...args), ours('servicecatalog', ...args)])
    assert.deepEqual(printed, expected)
    return parsed(expected)
  }
  const ended = (recordId: string) =>
    until(async () => {
      const { RecordDetail: record } = await call(server, 'servicecatalog', 'DescribeRecord', { Id: recordId })
      return record.Status === 'SUCCEEDED' || record.Status === 'FAILED'
    }, `the end of record ${recordId}`)

  const identity = parsed(await theirs('sts', 'get-caller-identity'))
  assert.equal(identity.Account, account)
  assert.equal(identity.Arn, `arn:aws:iam::${account}:user/admin`)

  // The administrator's part.
  const { PortfolioDetail: portfolio } = await catalog(
    'create-portfolio',
    ...['--display-name', 'Things', '--provider-name', 'Tests', '--tags', 'Key=team,Value=blue'],
  )
  assert.match(portfolio.Id, /^port-[a-z0-9]{13}$/)
  const product = await catalog(
    'create-product',
    ...['--name', 'Thing', '--owner', 'Tests', '--product-type', 'EXTERNAL'],
    ...['--tags', 'Key=bellhop:engine,Value=paint'],
    '--provisioning-artifact-parameters',
    'Name=v1,Type=EXTERNAL,Info={LoadTemplateFromURL=s3://things/v1.tar.gz}',
  )
  const productId: string = product.ProductViewDetail.ProductViewSummary.ProductId
  const artifactId: string = product.ProvisioningArtifactDetail.Id
  const inPortfolio = ['--portfolio-id', portfolio.Id, '--product-id', productId]
  assert.equal(await catalog('associate-product-with-portfolio', ...inPortfolio), undefined)
  assert.equal(
    await catalog(
      'associate-principal-with-portfolio',
      ...['--portfolio-id', portfolio.Id, '--principal-arn', identity.Arn, '--principal-type', 'IAM'],
    ),
    undefined,
  )
  const constraint = await catalog(
    'create-constraint',
    ...[...inPortfolio, '--type', 'LAUNCH', '--parameters', '{"LocalRoleName":"Launch"}'],
  )
  assert.equal(constraint.Status, 'CREATING')
  const document = await ssm(
    'create-document',
    ...['--name', 'Paint', '--document-type', 'Automation', '--document-format', 'YAML'],
    ...['--target-type', '/Test::Thing', '--content', `file://${join(fixtures, 'paint.yaml')}`],
  )
  assert.equal(document.DocumentDescription.DocumentVersion, '1')
  const parameters = JSON.stringify([
    { Name: 'Thing', Type: 'TARGET' },
    { Name: 'Colour', Type: 'TEXT_VALUE' },
  ])
  const { ServiceActionDetail: action } = await catalog(
    'create-service-action',
    ...['--name', 'Paint', '--definition-type', 'SSM_AUTOMATION', '--description', 'Another colour'],
    ...['--definition', JSON.stringify({ Name: 'Paint', Version: '1', Parameters: parameters })],
  )
  const actionId: string = action.ServiceActionSummary.Id
  await catalog(
    'associate-service-action-with-provisioning-artifact',
    ...['--product-id', productId, '--provisioning-artifact-id', artifactId, '--service-action-id', actionId],
  )

  // The requester's part.
  const paths = await both('list-launch-paths', '--product-id', productId)
  assert.equal(paths.LaunchPathSummaries.length, 1)
  assert.equal(paths.LaunchPathSummaries[0].Name, 'Things')
  const wanted = ['--product-id', productId, '--provisioning-artifact-id', artifactId]
  const provisioning = await both(
    'describe-provisioning-parameters',
    ...[...wanted, '--path-id', paths.LaunchPathSummaries[0].Id],
  )
  assert.equal(provisioning.ProvisioningArtifactParameters[0].ParameterKey, 'Colour')
  assert.equal(provisioning.ProvisioningArtifactParameters[0].DefaultValue, 'red')
  const { RecordDetail: asked } = await catalog(
    'provision-product',
    ...[...wanted, '--provisioned-product-name', 'mine', '--provisioning-parameters', 'Key=Colour,Value=yellow'],
  )
  assert.equal(asked.Status, 'CREATED')
  await ended(asked.RecordId)
  const provisioned = await both('describe-record', '--id', asked.RecordId)
  assert.equal(provisioned.RecordDetail.Status, 'SUCCEEDED')
  assert.deepEqual(provisioned.RecordOutputs, [
    { OutputKey: 'Colour', OutputValue: 'yellow', Description: 'The colour it has' },
  ])
  const { ProvisionedProductDetail: thing } = await both('describe-provisioned-product', '--name', 'mine')
  assert.equal(thing.Status, 'AVAILABLE')

  // The action.
  const chosen = ['--provisioned-product-id', thing.Id, '--service-action-id', actionId]
  const offered = await both('describe-service-action-execution-parameters', ...chosen)
  assert.deepEqual(offered, {
    ServiceActionParameters: [
      { Name: 'Thing', Type: 'TARGET', DefaultValues: ['thing-mine'] },
      { Name: 'Colour', Type: 'String', DefaultValues: ['blue'] },
    ],
  })
  const execute = ['execute-provisioned-product-service-action', ...chosen]
  const { RecordDetail: started } = await catalog(...execute, '--parameters', 'Thing=thing-mine,Colour=green')
  assert.equal(started.RecordType, 'EXECUTE_PROVISIONED_PRODUCT_SERVICE_ACTION')
  await ended(started.RecordId)
  const acted = await both('describe-record', '--id', started.RecordId)
  assert.equal(acted.RecordDetail.Status, 'SUCCEEDED', JSON.stringify(acted))
  const outputs = new Map<string, string>(acted.RecordOutputs.map((each: any) => [each.OutputKey, each.OutputValue]))
  assert.equal(outputs.get('Tell.Text'), 'thing-mine was yellow and is green')
  const { AutomationExecution: execution } = await ssm(
    'get-automation-execution',
    ...['--automation-execution-id', outputs.get('AutomationExecutionId')!],
  )
  assert.equal(execution.AutomationExecutionStatus, 'Success')
  assert.deepEqual(execution.Parameters, { Thing: ['thing-mine'], Colour: ['green'] })
  assert.deepEqual(
    execution.StepExecutions.map((step: any) => [step.StepName, step.StepStatus]),
    [
      ['Paint', 'Success'],
      ['Tell', 'Success'],
    ],
  )

  // The same action by our CLI, with its default for the colour; AWS's reads what came of it.
  const { RecordDetail: again } = parsed(await ours('servicecatalog', ...execute, '--parameters', 'Thing=thing-mine'))
  await ended(again.RecordId)
  const painted = await both('describe-record', '--id', again.RecordId, '--query', 'RecordOutputs[].OutputValue')
  assert.ok(painted.includes('thing-mine was green and is blue'), painted)

  // Pages.
  await call(server, 'servicecatalog', 'CreatePortfolio', {
    DisplayName: 'More things',
    ProviderName: 'Tests',
    IdempotencyToken: 'more',
  })
  const first = await both('list-portfolios', '--max-items', '1')
  assert.equal(first.PortfolioDetails.length, 1)
  const second = await both('list-portfolios', '--max-items', '1', '--starting-token', first.NextToken)
  assert.equal(second.NextToken, undefined)
  assert.deepEqual(
    [...first.PortfolioDetails, ...second.PortfolioDetails].map(({ DisplayName }: any) => DisplayName).sort(),
    ['More things', 'Things'],
  )

  // Errors: exit code 254, and the service's words.
  const [refused, refusedByOurs] = await Promise.all(
    [theirs, ours].map(cli => cli('servicecatalog', 'describe-record', '--id', 'rec-nosuchrecord1')),
  )
  assert.equal(refused!.code, 254)
  assert.equal(refused!.stdout, '')
  assert.match(
    refused!.stderr,
    /An error occurred \(ResourceNotFoundException\) when calling the DescribeRecord operation: Record rec-nosuchrecord1 not found\.\n$/,
  )
  // Later versions of the AWS CLI, ours too, begin the line with their name.
  assert.equal(refusedByOurs!.code, 254)
  const plain = ({ stderr }: Finished) => stderr.replace(/^\n(?:aws|bellhop): \[ERROR\]: /, '\n')
  assert.equal(plain(refusedByOurs!), plain(refused!))
  const unfit = await theirs('servicecatalog', ...execute, '--parameters', 'Thing=thing-mine,Colour=black')
  assert.equal(unfit.code, 254)
  assert.match(unfit.stderr, /InvalidParametersException.*Colour/)

  const { RecordDetail: ending } = await catalog('terminate-provisioned-product', '--provisioned-product-id', thing.Id)
  await ended(ending.RecordId)
  const gone = await both('describe-record', '--id', ending.RecordId)
  assert.equal(gone.RecordDetail.Status, 'SUCCEEDED')
  assert.equal((await ours('servicecatalog', 'describe-provisioned-product', '--id', thing.Id)).code, 254)
})
