import { type Aws, AwsApiError } from '../aws/api.ts'

/** Stands where a test does not expect AWS to be called. */
export const noAws: Aws = {
  as: ({ region }) => {
    const refuse = (service: string, operation: string) =>
      Promise.reject(new AwsApiError('Unexpected', 'This test does not call AWS.', { service, operation }))
    return { region, call: refuse, credentials: () => refuse('sts', 'AssumeRole') }
  },
}
