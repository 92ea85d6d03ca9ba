import { operationSlice } from '../../model/slices.ts'
import { call, RetryQuota } from '../call.ts'
import { callContext, callSettings, type SharedState, type Surroundings } from '../client.ts'
import { resolveEndpoint } from '../endpoint.ts'
import { ConnectionPool } from '../http.ts'
import { regionOf } from '../session.ts'
import { validateInput } from '../validate.ts'
import { Float, type Value, type ValueMap } from '../values.ts'

/** What many calls of one process share: connections, credentials, retry quotas. */
export function openSharedState(): SharedState {
  return { pool: new ConnectionPool(), credentials: new Map(), quotas: new Map(), limiters: new Map() }
}

/** One call of an operation by its name. Throws as the command of that operation fails. */
export async function ask(
  surroundings: Surroundings,
  service: 'servicecatalog' | 'ssm' | 'bellhop',
  name: string,
  input: ValueMap,
): Promise<ValueMap> {
  const slice = operationSlice(service, name)
  const settings = await callSettings(surroundings, { service, ...slice })
  validateInput(input, slice.operation.input, slice.model.shapes)
  return call(settings, callContext(surroundings), input, new RetryQuota())
}

/** The structures of a list; nothing of what is no list. */
export function maps(value: Value | undefined): readonly ValueMap[] {
  return Array.isArray(value) ? value.filter(each => each instanceof Map) : []
}

export function textOf(value: Value | undefined): string {
  if (value === undefined || value === null) return ''
  return String(value instanceof Float ? value.value : value)
}

/** The address of Service Catalog, unless it is AWS's own. */
export function customEndpoint({ session, globals }: Surroundings): string | undefined {
  const metadata = { endpointPrefix: 'servicecatalog', serviceId: 'Service Catalog' }
  const endpoint = resolveEndpoint(session, { metadata }, regionOf(session, globals.region), globals.endpointUrl)
  return endpoint.isCustom ? endpoint.text : undefined
}
