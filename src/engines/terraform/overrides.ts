import type { EngineRequest } from '../engine.ts'
import type { TerraformModule } from './module.ts'

/** A tag that AWS's engine contract asks for, so that a product's resources can be told by it. */
const tracerTag = 'SERVICE_CATALOG_TERRAFORM_INTEGRATION-DO_NOT_DELETE'

/** Override files count in the order of their names: this one is the last. */
export const overrideFile = '~bellhop_override.tf.json'

/** The server may be starting again when a run wants to write: it tries for a while. */
const retries = { retry_max: 8, retry_wait_min: 1, retry_wait_max: 8 }

/** AWS's provider as the product's launch role has it, in every configuration of it; the default one in the region. */
export function awsProviders(
  { usesAws, awsAliases }: Pick<TerraformModule, 'usesAws' | 'awsAliases'>,
  settings: {
    readonly region: string
    readonly launchRoleArn?: string | undefined
    readonly sessionName: string
    readonly tags: Readonly<Record<string, string>>
  },
): object[] {
  if (!usesAws) return []
  const { region, launchRoleArn, sessionName, tags } = settings
  const common = {
    ...(launchRoleArn === undefined
      ? {}
      : { assume_role: [{ role_arn: launchRoleArn, session_name: sessionName.slice(0, 64) }] }),
    default_tags: [{ tags }],
  }
  return [{ region, ...common }, ...awsAliases.map(alias => ({ alias, ...common }))]
}

/** Tags that AWS's provider puts on all it makes: the product's, and the one that AWS's engines tell it by. */
export function resourceTags({ tags, provisionedProductId }: EngineRequest): Record<string, string> {
  const own = tags.filter(({ key }) => !key.toLowerCase().startsWith('aws:')).map(({ key, value }) => [key, value])
  return { ...Object.fromEntries(own), [tracerTag]: provisionedProductId }
}

/** Where Terraform's `http` backend finds the state; the credentials are in the environment. */
export function httpBackend(address: string): object {
  return { http: { address, lock_address: address, unlock_address: address, ...retries } }
}

/** The override file's text. */
export function overrides(backend: object | undefined, aws: readonly object[]): string {
  return JSON.stringify({
    ...(backend ? { terraform: { backend } } : {}),
    ...(aws.length > 0 ? { provider: { aws } } : {}),
  })
}
