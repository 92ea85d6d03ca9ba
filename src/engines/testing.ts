import { type Aws, AwsApiError } from '../aws/api.ts'
import type { EngineRequest } from './engine.ts'

/** Stands where a test does not expect AWS to be called. */
export const noAws: Aws = {
  as: ({ region }) => {
    const refuse = (service: string, operation: string) =>
      Promise.reject(new AwsApiError('Unexpected', 'This test does not call AWS.', { service, operation }))
    return { region, call: refuse, credentials: () => refuse('sts', 'AssumeRole') }
  },
}

/** A request that an engine can do something with; its token is the one of every first attempt. */
export function engineRequest(more: Partial<EngineRequest> = {}): EngineRequest {
  return {
    work: 'provision',
    token: '0f8fad5b-d9cb-469f-a165-70867728950e-1',
    accountId: '111122223333',
    region: 'eu-west-1',
    recordId: 'rec-ddddddddddddd',
    provisionedProductId: 'pp-aaaaaaaaaaaaa',
    provisionedProductName: 'shop',
    productId: 'prod-bbbbbbbbbbbbb',
    provisioningArtifactId: 'pa-ccccccccccccc',
    artifact: { id: 'pa-ccccccccccccc', path: 's3://bucket/key.tar.gz', type: 'AWS_S3' },
    launchRoleArn: 'arn:aws:iam::111122223333:role/SCLaunch',
    principal: 'arn:aws:iam::111122223333:user/ada',
    parameters: { size: '3' },
    tags: [{ key: 'team', value: 'blue' }],
    ...more,
  }
}
