import { randomUUID } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { call, type Target } from '../../scripts/client.ts'

export interface CatalogProduct {
  readonly portfolioId: string
  readonly productId: string
  readonly artifactId: string
}

export type ExternalProduct = CatalogProduct

interface NewProduct {
  /** A product type: EXTERNAL, TERRAFORM_OPEN_SOURCE, ... */
  readonly type: string
  /** The engine that it names; absent: none. */
  readonly engine?: string
  /** Where its version's artifact lies. */
  readonly path: string
  /** Absent: a LAUNCH constraint. */
  readonly constraint?: { readonly type: string; readonly parameters: object }
}

const launch = { type: 'LAUNCH', parameters: { LocalRoleName: 'Launch' } }

/** A product of type EXTERNAL that its administrator may launch, made with the engine of that name. */
export function externalProduct(
  target: Target,
  engine: string,
  path = 's3://tests/v1.tar.gz',
): Promise<ExternalProduct> {
  return catalogProduct(target, { type: 'EXTERNAL', engine, path })
}

/** A product of any type that its administrator may launch. */
export async function catalogProduct(
  target: Target,
  { type, engine, path, constraint = launch }: NewProduct,
): Promise<CatalogProduct> {
  const identity = await call(target, 'sts', 'GetCallerIdentity', {})
  const principal = /<Arn>([^<]+)<\/Arn>/.exec(identity)![1]!
  const { PortfolioDetail } = await call(target, 'servicecatalog', 'CreatePortfolio', {
    DisplayName: `Portfolio of ${engine ?? type}`,
    ProviderName: 'Tests',
    IdempotencyToken: randomUUID(),
  })
  const portfolioId: string = PortfolioDetail.Id
  const created = await call(target, 'servicecatalog', 'CreateProduct', {
    Name: `Product of ${engine ?? type}`,
    Owner: 'Tests',
    ProductType: type,
    ...(engine === undefined ? {} : { Tags: [{ Key: 'bellhop:engine', Value: engine }] }),
    ProvisioningArtifactParameters: { Name: 'v1', Type: type, Info: { LoadTemplateFromURL: path } },
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
    Type: constraint.type,
    Parameters: JSON.stringify(constraint.parameters),
    IdempotencyToken: randomUUID(),
  })
  return { portfolioId, productId, artifactId: created.ProvisioningArtifactDetail.Id }
}

interface ServiceAction {
  readonly name: string
  readonly document: object
  readonly targetType?: string
  /** As whom its steps act: a role's ARN, or LAUNCH_ROLE. */
  readonly assumeRole?: string
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
  const { name, document, targetType, assumeRole, parameters } = action
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
    Definition: {
      Name: name,
      Version: '1',
      ...(assumeRole && { AssumeRole: assumeRole }),
      ...(parameters ? { Parameters: JSON.stringify(parameters) } : {}),
    },
    IdempotencyToken: randomUUID(),
  })
  return ServiceActionDetail.ServiceActionSummary.Id
}

interface EffectStep {
  readonly name: string
  /** The file that the lines go to. */
  readonly file: string
  readonly milliseconds?: number
  /** A file whose appearance is waited for. */
  readonly until?: string
  /** Further properties of the step. */
  readonly more?: object
}

/** A script step that appends `EXECUTION STEP begin PID`, takes some time, and appends `EXECUTION STEP end PID`. */
export function effectStep({ name, file, milliseconds = 0, until = '', more }: EffectStep): object {
  // One write of one line: lines of several scripts never mix.
  const script = `
import os, time
def note(phase, events, context):
    fd = os.open(events['file'], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    os.write(fd, ('%s %s %s %d\\n' % (context['automation:EXECUTION_ID'], events['step'], phase, os.getpid())).encode())
    os.close(fd)
def main(events, context):
    note('begin', events, context)
    time.sleep(events['seconds'])
    while events['until'] and not os.path.exists(events['until']):
        time.sleep(0.02)
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
      InputPayload: { file, step: name, seconds: milliseconds / 1000, until },
    },
    outputs: [{ Name: 'Done', Selector: '$.Payload.step', Type: 'String' }],
    ...more,
  }
}

export interface Effect {
  readonly execution: string
  readonly step: string
  readonly phase: 'begin' | 'end'
  readonly pid: number
}

/** The lines of an effects file, in the order in which they were written; none where there is no file yet. */
export function readEffects(file: string): Effect[] {
  return linesOf(file).map(([execution, step, phase, pid]) => ({ execution, step, phase, pid: Number(pid) }) as Effect)
}

export interface EngineEffect {
  readonly operation: string
  readonly record: string
  readonly phase: 'begin' | 'end'
  readonly pid: number
}

/** The same for the file that the crash tests' engine writes. */
export function readEngineEffects(file: string): EngineEffect[] {
  return linesOf(file).map(
    ([operation, record, phase, pid]) => ({ operation, record, phase, pid: Number(pid) }) as EngineEffect,
  )
}

function linesOf(file: string): string[][] {
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : []
  return lines.filter(line => line !== '').map(line => line.split(' '))
}

/** Terminates everything that the account has provisioned: what engines made may outlive their server. */
export async function terminateAll(target: Target): Promise<void> {
  const everything = { AccessLevelFilter: { Key: 'Account', Value: 'self' }, PageSize: 100 }
  for (let looks = 0; looks < 200; looks += 1) {
    const { ProvisionedProducts } = await call(target, 'servicecatalog', 'SearchProvisionedProducts', everything)
    if (ProvisionedProducts.length === 0) return
    for (const { Id, Status } of ProvisionedProducts) {
      if (Status === 'UNDER_CHANGE') continue
      await call(target, 'servicecatalog', 'TerminateProvisionedProduct', {
        ProvisionedProductId: Id,
        TerminateToken: randomUUID(),
      })
    }
    await new Promise(resolve => setTimeout(resolve, 50))
  }
  throw new Error('Not everything could be terminated.')
}
