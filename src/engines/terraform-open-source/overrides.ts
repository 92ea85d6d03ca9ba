import type { TerraformModule } from '../terraform/module.ts'
import type { StateAccess } from './states.ts'

/** A tag that AWS's engine contract asks for, so that a product's resources can be told by it. */
export const tracerTag = 'SERVICE_CATALOG_TERRAFORM_INTEGRATION-DO_NOT_DELETE'

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

/** The override file's text: where the state is kept, and AWS's provider. The credentials are in the environment. */
export function overrides(state: StateAccess, aws: readonly object[]): string {
  const backend = {
    http: { address: state.address, lock_address: state.address, unlock_address: state.address, ...retries },
  }
  return JSON.stringify({ terraform: { backend }, ...(aws.length > 0 ? { provider: { aws } } : {}) })
}
