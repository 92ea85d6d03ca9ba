export interface EndpointSettings {
  readonly env: Readonly<Record<string, string | undefined>>
  /** For all services; AWS_ENDPOINT_URL and AWS_ENDPOINT_URL_<SERVICE> come first. */
  readonly endpoint?: string
}

/** Where a service is called, when it is not where AWS's rules say. */
export function endpointOf(serviceId: string, { env, endpoint }: EndpointSettings): string | undefined {
  if (env['AWS_IGNORE_CONFIGURED_ENDPOINT_URLS']?.toLowerCase() === 'true') return endpoint
  const ofService = env[`AWS_ENDPOINT_URL_${serviceId.replaceAll(' ', '_').toUpperCase()}`]
  return ofService || env['AWS_ENDPOINT_URL'] || endpoint
}
