import type { EncodedAnswer } from '../protocol/server.ts'

/** What a node of role `worker` answers to requests: it runs executions, and others answer. */
export async function refuseRequests(): Promise<EncodedAnswer> {
  const message = 'This node only runs executions (--role worker): send requests to one of role api or all.'
  return {
    status: 503,
    headers: [['Content-Type', 'application/x-amz-json-1.1']],
    body: JSON.stringify({ __type: 'ServiceUnavailableException', message }),
  }
}
