import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AwsApi } from '../aws/index.ts'
import { execution } from '../runbook/testing.ts'
import { createOwnApi } from './own-api.ts'
import type { OwnCall } from './pipeline.ts'

test('a step that is started again calls with the same token; one that the document gives stays', async () => {
  const bodies: any[] = []
  const principal = { accountId: '123456789012', arn: 'arn:aws:iam::123456789012:user/alice', userId: 'AIDA' }
  const who = { ...principal, groupArns: [], tags: [], permissions: { identity: [] } }
  const ownApi = createOwnApi({
    answerOwn: async ({ body }: OwnCall) => {
      bodies.push(JSON.parse(Buffer.from(body).toString()))
      return { status: 200, headers: [['Content-Type', 'application/x-amz-json-1.1']], body: '{}' }
    },
    rights: {
      identityOf: async () => ({ principal: who, identity: { accountId: '123456789012', userName: 'alice' } }),
    },
    now: () => 0,
  })
  const aws: AwsApi = { region: 'us-east-1', call: () => assert.fail(), credentials: () => assert.fail() }
  const api = ownApi(aws, execution() as never)
  const start = (parameters: object, token?: string) =>
    api.call('ssm', 'start_automation_execution', { DocumentName: 'A', ...parameters }, token ? { token } : {})
  await start({}, 'step-1')
  await start({}, 'step-1')
  await start({}, 'step-2')
  await start({ client_token: '11111111-2222-4333-8444-555555555555' }, 'step-1')
  await start({})
  const tokens = bodies.map(({ ClientToken }) => ClientToken)
  assert.match(tokens[0], /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
  assert.equal(tokens[1], tokens[0])
  assert.notEqual(tokens[2], tokens[0])
  assert.deepEqual(tokens.slice(3), ['11111111-2222-4333-8444-555555555555', undefined])
})
