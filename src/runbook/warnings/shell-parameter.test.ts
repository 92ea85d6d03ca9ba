import assert from 'node:assert/strict'
import { test } from 'node:test'
import { warningsOfStep } from './testing.ts'

const warn = (line: string) =>
  warningsOfStep(
    'shell-parameter',
    {
      action: 'aws:runCommand',
      outputs: [{ name: 'Output', selector: '$' }],
      inputs: { DocumentName: 'AWS-RunShellScript', Parameters: { commands: ['date', line] } },
    },
    {
      Free: { type: 'String' },
      Listed: { type: 'String', allowedValues: ['a', 'b'] },
      Checked: { type: 'String', allowedPattern: '[a-z]+' },
      Count: { type: 'Integer' },
    },
  )

test('warns of values that a shell would read', async () => {
  for (const line of ['echo {{ Free }}', "echo '{{Free}}'", 'echo {{ step.Output }}']) {
    const [message, ...more] = await warn(line)
    assert.match(message!, /^\{\{ (Free|step\.Output) \}\} becomes part of a shell line/)
    assert.deepEqual(more, [])
  }
})

test('does not where the values are limited, or nothing is pasted', async () => {
  for (const line of [
    'echo {{ Listed }} {{ Checked }} {{ Count }} {{ global:REGION }}',
    "docker inspect -f '{{ .State }}'",
  ]) {
    assert.deepEqual(await warn(line), [])
  }
})
