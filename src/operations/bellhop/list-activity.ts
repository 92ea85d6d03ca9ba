import type { Intervention } from '../../catalog/activity.ts'
import type { CatalogRecord } from '../../catalog/entities.ts'
import { ownerRole } from '../../catalog/owner.ts'
import type { Activity, BellhopOperations, ListActivityInput } from '../../model/generated/bellhop.ts'
import { InvalidParametersException } from '../../protocol/errors.ts'
import type { Cursor } from '../../storage/verb.ts'
import type { ActivityFilter, Found } from '../../storage/verbs/activity.ts'
import type { AccessFilter } from '../../storage/verbs/owned.ts'
import type { Operation } from '../operation.ts'
import { pageSize } from '../paging.ts'
import { accessFilter } from '../servicecatalog/provisioned-product.ts'

const interventionTypes = /^(APPROVE|REJECT|RESUME|START_STEP|STOP_STEP|CANCEL|COMPLETE)$/

/**
 * Who did what, newest first: records with who asked for them, which AWS's RecordDetail has no member for, and what people did
 * to runs under way. A page may hold less than was asked for while there is more: only so much is looked through at a time.
 */
export const listActivity: Operation<BellhopOperations['ListActivity'], 'storage'> = async (
  input,
  caller,
  { storage },
) => {
  if (input.From && input.To && input.From >= input.To) throw new InvalidParametersException('From must lie before To.')
  const filter: ActivityFilter = {
    access: accessFilter(caller, input.AccessLevelFilter),
    by: byWhom(input.Principal),
    type: input.Type,
    status: input.Status,
    provisionedProductId: input.ProvisionedProductId,
    productId: input.ProductId,
    from: input.From,
    to: input.To,
  }
  const size = pageSize(input)
  const after = input.PageToken ? decode(input.PageToken) : []
  const sources: readonly Source[] = [
    takesRecords(input)
      ? shown(await storage.activity.records(caller.scope, filter, { size, after: after[0] }), ofRecord)
      : nothing,
    takesInterventions(input)
      ? shown(await storage.activity.interventions(caller.scope, filter, { size, after: after[1] }), ofIntervention)
      : nothing,
  ]
  const { items, next } = merged(sources, size, after)
  return { Activities: items, NextPageToken: next && encode(next) }
}

function takesRecords({ Kind, Type }: ListActivityInput): boolean {
  return Kind !== 'INTERVENTION' && !(Type && interventionTypes.test(Type))
}

/** An intervention has no status of its own. */
function takesInterventions({ Kind, Type, Status }: ListActivityInput): boolean {
  return Kind !== 'RECORD' && Status === undefined && !(Type && !interventionTypes.test(Type))
}

/** A user, a session, or with a role's ARN all of its sessions. */
function byWhom(principal: string | undefined): AccessFilter | undefined {
  if (principal === undefined) return undefined
  if (!principal.startsWith('arn:')) throw new InvalidParametersException(`Principal is an ARN; ${principal} is none.`)
  const role = /^arn:[^:]+:iam::\d{12}:role\//.test(principal) ? ownerRole(principal) : undefined
  return role === undefined ? { userArn: principal } : { ownerRole: role }
}

type Source = Found<Activity>

const nothing: Source = { items: [] }

function shown<T>({ items, until }: Found<T>, of: (item: T) => Activity): Source {
  return { items: items.map(({ item, place }) => ({ item: of(item), place })), until }
}

/**
 * One page out of several lists that go back in time. Nothing is told that lies before what one of them has been looked
 * through to, so that no later page has anything newer.
 */
function merged(sources: readonly Source[], size: number, before: readonly Cursor[]) {
  const edge = Math.max(...sources.map(({ until }) => until?.at ?? Number.NEGATIVE_INFINITY))
  const all = sources.flatMap(({ items }, source) => items.map(({ item, place }) => ({ item, place, source })))
  const page = all
    .filter(({ place }) => place.at >= edge)
    .sort((a, b) => b.place.at - a.place.at)
    .slice(0, size)
  // Where nothing was taken from a list, what comes into it meanwhile is newer than this page and belongs on none that follows.
  const beginning = { at: (page.at(-1)?.place.at ?? edge) + 1, id: '' }
  const places = sources.map(({ items, until }, source) => {
    const taken = page.filter(each => each.source === source)
    if (taken.length === items.length && until) return until
    return taken.at(-1)?.place ?? before[source] ?? beginning
  })
  const isAll = page.length === all.length && sources.every(({ until }) => until === undefined)
  return { items: page.map(({ item }) => item), next: isAll ? undefined : places }
}

function ofRecord({ detail, userArn, executionId, request }: CatalogRecord): Activity {
  const { Status, RecordErrors } = detail
  const isAction = detail.RecordType === 'EXECUTE_PROVISIONED_PRODUCT_SERVICE_ACTION'
  return {
    Id: detail.RecordId,
    Kind: 'RECORD',
    Type: detail.RecordType,
    Time: detail.CreatedTime,
    EndTime: Status === 'SUCCEEDED' || Status === 'FAILED' ? detail.UpdatedTime : undefined,
    Principal: userArn,
    Status,
    RecordId: detail.RecordId,
    AutomationExecutionId: isAction ? executionId : undefined,
    ProvisionedProductId: detail.ProvisionedProductId,
    ProvisionedProductName: detail.ProvisionedProductName,
    ProductId: detail.ProductId,
    ProvisioningArtifactId: detail.ProvisioningArtifactId,
    ServiceActionId: request.serviceActionId,
    DocumentName: request.documentName,
    RoleArn: isAction ? request.roleArn : detail.LaunchRoleArn,
    ErrorMessage: RecordErrors?.map(({ Description = '' }) => Description).join('; ') || undefined,
  }
}

function ofIntervention(intervention: Intervention): Activity {
  const { id, type, at, by, executionId, stepName, comment } = intervention
  return {
    Id: id,
    Kind: 'INTERVENTION',
    Type: type,
    Time: at,
    Principal: by,
    RecordId: intervention.recordId,
    AutomationExecutionId: executionId,
    ProvisionedProductId: intervention.provisionedProductId,
    ProvisionedProductName: intervention.provisionedProductName,
    ProductId: intervention.productId,
    DocumentName: intervention.documentName,
    StepName: stepName,
    Comment: comment,
  }
}

/** A place in each list: they are sorted by the same times, and by ids of their own. */
function encode(places: readonly Cursor[]): string {
  return Buffer.from(JSON.stringify(places.map(({ at, id }) => [at, id]))).toString('base64url')
}

function decode(token: string): readonly Cursor[] {
  try {
    const places: unknown = JSON.parse(Buffer.from(token, 'base64url').toString())
    if (Array.isArray(places) && places.length === 2) {
      return places.map(place => {
        const [at, id] = place as [unknown, unknown]
        if (Number.isSafeInteger(at) && typeof id === 'string') return { at: at as number, id }
        throw new TypeError()
      })
    }
  } catch {
    // Not ours; answered below like any other token that is not ours.
  }
  throw new InvalidParametersException('The page token is not valid.')
}
