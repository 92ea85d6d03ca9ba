import { type Aws, AwsApiError } from './api.ts'

export { type Aws, type AwsApi, AwsApiError, type AwsCredentials, type AwsIdentity, type AwsResponse } from './api.ts'

/** Any AWS operation from model data, through the official runtime. */
export function createAws(): Aws {
  return {
    as: identity => ({
      region: identity.region,
      call: (service, operation) =>
        Promise.reject(new AwsApiError('NotSupported', 'AWS cannot be called yet.', { service, operation })),
      credentials: () =>
        Promise.reject(
          new AwsApiError('NotSupported', 'AWS cannot be called yet.', { service: 'sts', operation: 'AssumeRole' }),
        ),
    }),
  }
}
