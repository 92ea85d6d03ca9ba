import { randomUUID } from 'node:crypto'
import { call, type Target } from '../../scripts/client.ts'

/** How calls are sent; a test that kills its server hands in one that tries again. */
export type Caller = (operation: string, input: unknown) => Promise<any>

export interface ExternalProduct {
  readonly portfolioId: string
  readonly productId: string
  readonly artifactId: string
}

/** A product of type EXTERNAL that its administrator may launch, made with the engine of that name. */
export async function externalProduct(
  target: Target,
  engine: string,
  path = 's3://tests/v1.tar.gz',
): Promise<ExternalProduct> {
  const identity = await call(target, 'sts', 'GetCallerIdentity', {})
  const principal = /<Arn>([^<]+)<\/Arn>/.exec(identity)![1]!
  const { PortfolioDetail } = await call(target, 'servicecatalog', 'CreatePortfolio', {
    DisplayName: `Portfolio of ${engine}`,
    ProviderName: 'Tests',
    IdempotencyToken: randomUUID(),
  })
  const portfolioId: string = PortfolioDetail.Id
  const created = await call(target, 'servicecatalog', 'CreateProduct', {
    Name: `Product of ${engine}`,
    Owner: 'Tests',
    ProductType: 'EXTERNAL',
    Tags: [{ Key: 'bellhop:engine', Value: engine }],
    ProvisioningArtifactParameters: { Name: 'v1', Type: 'EXTERNAL', Info: { LoadTemplateFromURL: path } },
    IdempotencyToken: randomUUID(),
  })
  const productId: string = created.ProductViewDetail.ProductViewSummary.ProductId
  await call(target, 'servicecatalog', 'AssociateProductWithPortfolio', {
    ProductId: productId,
    PortfolioId: portfolioId,
  })
  await call(target, 'servicecatalog', 'AssociatePrincipalWithPortfolio', {
    PortfolioId: portfolioId,
    PrincipalARN: principal,
    PrincipalType: 'IAM',
  })
  await call(target, 'servicecatalog', 'CreateConstraint', {
    PortfolioId: portfolioId,
    ProductId: productId,
    Type: 'LAUNCH',
    Parameters: JSON.stringify({ LocalRoleName: 'Launch' }),
    IdempotencyToken: randomUUID(),
  })
  return { portfolioId, productId, artifactId: created.ProvisioningArtifactDetail.Id }
}

interface ServiceAction {
  readonly name: string
  readonly document: object
  readonly targetType?: string
  readonly parameters?: readonly { readonly Name: string; readonly Type: 'TARGET' | 'TEXT_VALUE' }[]
}

/** A service action that runs a document of its own, associated with the product's version; answers its id. */
export async function serviceAction(
  target: Target,
  { productId, artifactId }: ExternalProduct,
  action: ServiceAction,
): Promise<string> {
  const id = await unassociatedServiceAction(target, action)
  await call(target, 'servicecatalog', 'AssociateServiceActionWithProvisioningArtifact', {
    ProductId: productId,
    ProvisioningArtifactId: artifactId,
    ServiceActionId: id,
  })
  return id
}

/** As serviceAction, but with nothing that it may be run on. */
export async function unassociatedServiceAction(target: Target, action: ServiceAction): Promise<string> {
  const { name, document, targetType, parameters } = action
  await call(target, 'ssm', 'CreateDocument', {
    Name: name,
    Content: JSON.stringify({ schemaVersion: '0.3', ...document }),
    DocumentType: 'Automation',
    DocumentFormat: 'JSON',
    ...(targetType ? { TargetType: targetType } : {}),
  })
  const { ServiceActionDetail } = await call(target, 'servicecatalog', 'CreateServiceAction', {
    Name: name,
    DefinitionType: 'SSM_AUTOMATION',
    Definition: { Name: name, Version: '1', ...(parameters ? { Parameters: JSON.stringify(parameters) } : {}) },
    IdempotencyToken: randomUUID(),
  })
  return ServiceActionDetail.ServiceActionSummary.Id
}

/** A script step that appends `EXECUTION STEP begin`, takes some time, and appends `EXECUTION STEP end`. */
export function effectStep(name: string, file: string, milliseconds: number, more: object = {}): object {
  // One write of one line: lines of several scripts never mix.
  const script = `
import os, time
def note(phase, events, context):
    fd = os.open(events['file'], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    os.write(fd, ('%s %s %s\\n' % (context['automation:EXECUTION_ID'], events['step'], phase)).encode())
    os.close(fd)
def main(events, context):
    note('begin', events, context)
    time.sleep(events['seconds'])
    note('end', events, context)
    return {'step': events['step']}
`
  return {
    name,
    action: 'aws:executeScript',
    inputs: {
      Runtime: 'python3.11',
      Handler: 'main',
      Script: script,
      InputPayload: { file, step: name, seconds: milliseconds / 1000 },
    },
    outputs: [{ Name: 'Done', Selector: '$.Payload.step', Type: 'String' }],
    ...more,
  }
}

export interface Effect {
  readonly execution: string
  readonly step: string
  readonly phase: 'begin' | 'end'
}

/** The lines of an effects file, in the order in which they were written. */
export function readEffects(text: string): Effect[] {
  return text
    .split('\n')
    .filter(line => line !== '')
    .map(line => {
      const [execution, step, phase] = line.split(' ') as [string, string, 'begin' | 'end']
      return { execution, step, phase }
    })
}
