import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { call, noTools } from '../testing.ts'
import { runCommand } from './run-command.ts'

const commandId = '11111111-1111-4111-8111-111111111111'

/** SSM, with the commands that were sent to it. */
function ssm(statuses: string[]) {
  const sent: Record<string, any>[] = []
  const calls: string[] = []
  const aws = {
    ...noTools.aws,
    call: async (_service: string, operation: string, parameters: Readonly<Record<string, unknown>>) => {
      calls.push(operation)
      if (operation === 'ListCommands') return { Commands: sent }
      if (operation === 'SendCommand') {
        sent.push({ ...parameters, CommandId: commandId })
        return { Command: sent.at(-1) }
      }
      if (operation !== 'ListCommandInvocations') return {}
      const Status = statuses.length > 1 ? statuses.shift() : statuses[0]
      const code = Status === 'Success' ? 0 : 3
      return { CommandInvocations: [{ Status, CommandPlugins: [{ ResponseCode: code, Output: 'out' }] }] }
    },
  }
  return { sent, calls, tools: { ...noTools, aws } }
}

const inputs = {
  DocumentName: 'AWS-RunShellScript',
  InstanceIds: ['i-1'],
  Parameters: { commands: 'date' },
  Comment: 'c',
}

describe('aws:runCommand on nodes of SSM', () => {
  test('sends the command, and looks until it has ended', async () => {
    const { sent, tools } = ssm(['InProgress', 'Success'])
    const begun = await runCommand.start(call({ inputs, tools }))
    assert.ok(begun.state === 'waiting')
    assert.deepEqual(sent[0]!['Parameters'], { commands: ['date'] })
    assert.equal(sent[0]!['Comment'], 'c [token-1]')
    const handle = JSON.parse(JSON.stringify(begun.handle))
    const looked = await runCommand.poll!(call({ inputs, tools }), handle)
    assert.equal(looked.state, 'waiting')
    const done = await runCommand.poll!(call({ inputs, tools }), handle)
    assert.ok(done.state === 'succeeded')
    const result = { Status: 'Success', ResponseCode: 0, Output: 'out', CommandId: commandId }
    assert.deepEqual(done.response, { ...result, OutputPayload: JSON.stringify(result) })
  })

  test('started again after a crash, it finds what it sent', async () => {
    const { sent, tools } = ssm(['Success'])
    await runCommand.start(call({ inputs, tools }))
    await runCommand.start(call({ inputs, tools }))
    assert.equal(sent.length, 1)
    await runCommand.start(call({ inputs, tools, token: 'token-2' }))
    assert.equal(sent.length, 2)
  })

  test('fails with what SSM told, and cancels there', async () => {
    const { calls, tools } = ssm(['Failed'])
    const handle = { sent: true, commandId, looks: 1 }
    const done = await runCommand.poll!(call({ inputs, tools }), handle)
    assert.ok(done.state === 'failed')
    assert.match(done.failure.message, /\{Status=\[Failed\], ResponseCode=\[3\], Output=\[out\]/)
    await runCommand.cancel!(call({ inputs, tools }), handle)
    assert.equal(calls.at(-1), 'CancelCommand')
  })
})
