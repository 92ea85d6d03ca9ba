import type { ServiceModel } from '../model/service-model.ts'
import { CliError, ParamError } from './errors.ts'
import { flagSetting, type Session, setting } from './session.ts'

/** Where a call goes, and the region it is signed for. */
export interface Endpoint {
  readonly url: URL
  /** The URL as messages show it. */
  readonly text: string
  readonly signingRegion: string
  /** Whether somebody set it, instead of being AWS's own for the region. */
  readonly isCustom: boolean
}

/** What an endpoint is found by. */
export interface ServiceOfEndpoint {
  readonly metadata: Pick<ServiceModel['metadata'], 'endpointPrefix' | 'serviceId'>
}

/** Partitions by the start of a region's name. Source: AWS's partitions.json. */
const PARTITIONS: readonly { readonly regions: RegExp; readonly suffix: string; readonly dualStackSuffix: string }[] = [
  { regions: /^cn-\w+-\d+$/, suffix: 'amazonaws.com.cn', dualStackSuffix: 'api.amazonwebservices.com.cn' },
  { regions: /^us-iso-\w+-\d+$/, suffix: 'c2s.ic.gov', dualStackSuffix: 'api.aws.ic.gov' },
  { regions: /^us-isob-\w+-\d+$/, suffix: 'sc2s.sgov.gov', dualStackSuffix: 'api.aws.scloud' },
  { regions: /^eu-isoe-\w+-\d+$/, suffix: 'cloud.adc-e.uk', dualStackSuffix: 'api.cloud-aws.adc-e.uk' },
  { regions: /^us-isof-\w+-\d+$/, suffix: 'csp.hci.ic.gov', dualStackSuffix: 'api.aws.hci.ic.gov' },
  { regions: /^eusc-(de)-\w+-\d+$/, suffix: 'amazonaws.eu', dualStackSuffix: 'api.amazonwebservices.eu' },
  { regions: /^/, suffix: 'amazonaws.com', dualStackSuffix: 'api.aws' },
]

/** Refuse an --endpoint-url without scheme, as the AWS CLI does before anything else is looked at. */
export function checkEndpointOption(url: string): void {
  if (!/^[A-Za-z][A-Za-z0-9+.-]*:/.test(url)) {
    throw new ParamError(
      `Bad value for --endpoint-url "${url}": scheme is missing.  Must be of the form http://<hostname>/ or ` +
        'https://<hostname>/',
    )
  }
}

/**
 * The endpoint of a service: --endpoint-url, then AWS_ENDPOINT_URL_<SERVICE>, AWS_ENDPOINT_URL, the profile's
 * `services` block, its `endpoint_url`, else AWS's own host for the region.
 */
export function resolveEndpoint(
  session: Session,
  model: ServiceOfEndpoint,
  regionName: string | undefined,
  option: string | undefined,
): Endpoint {
  const region = regionName ?? (model.metadata.serviceId === 'IAM' ? 'us-east-1' : undefined)
  if (region === undefined) {
    throw new CliError('You must specify a region. You can also configure your region by running "aws configure".', {
      code: 'NoRegion',
    })
  }
  if (region !== '' && !/^(?!-)[A-Za-z\d-]{1,63}(?<!-)$/.test(region)) {
    throw new CliError(`Provided region_name '${region}' doesn't match a supported format.`)
  }
  const configured = option ?? configuredUrl(session, model.metadata.serviceId)
  if (configured !== undefined) return custom(configured, region)
  return standard(session, model, region)
}

function configuredUrl(session: Session, serviceId: string): string | undefined {
  if (flagSetting(session, ['AWS_IGNORE_CONFIGURED_ENDPOINT_URLS'], 'ignore_configured_endpoint_urls')) return undefined
  const name = serviceId.toLowerCase().replaceAll(' ', '_')
  const fromEnvironment = session.env[`AWS_ENDPOINT_URL_${name.toUpperCase()}`] || session.env['AWS_ENDPOINT_URL']
  if (fromEnvironment) return fromEnvironment
  const services = session.profileConfig.get('services')
  const block = typeof services === 'string' ? session.configuration.services.get(services)?.get(name) : undefined
  if (typeof block === 'object' && block.has('endpoint_url')) return block.get('endpoint_url')
  return setting(session, [], 'endpoint_url')
}

function custom(text: string, signingRegion: string): Endpoint {
  let url: URL
  try {
    url = new URL(text)
  } catch (error) {
    throw new CliError(`Invalid endpoint: ${text}`, { cause: error })
  }
  if ((url.protocol !== 'http:' && url.protocol !== 'https:') || url.hostname === '') {
    throw new CliError(`Invalid endpoint: ${text}`)
  }
  const path = url.pathname + url.search
  return { url, text: `${url.protocol}//${url.host}${path}`, signingRegion, isCustom: true }
}

function standard(session: Session, model: ServiceOfEndpoint, region: string): Endpoint {
  const fips = flagSetting(session, ['AWS_USE_FIPS_ENDPOINT'], 'use_fips_endpoint')
  const dualStack = flagSetting(session, ['AWS_USE_DUALSTACK_ENDPOINT'], 'use_dualstack_endpoint')
  const partition = PARTITIONS.find(candidate => candidate.regions.test(region))!
  const { endpointPrefix, serviceId } = model.metadata
  const name = fips ? `${endpointPrefix}-fips` : endpointPrefix
  const suffix = dualStack ? partition.dualStackSuffix : partition.suffix
  // IAM is one service for the whole partition; its host has no region and its scope is the partition's first.
  const global = serviceId === 'IAM' && partition.suffix === 'amazonaws.com'
  const url = new URL(`https://${global ? name : `${name}.${region}`}.${suffix}/`)
  return { url, text: url.href, signingRegion: global ? 'us-east-1' : region, isCustom: false }
}
