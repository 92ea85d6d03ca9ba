import { operationSlice } from '../../model/slices.ts'
import { parseKnownArguments } from '../arguments.ts'
import type { Surroundings } from '../client.ts'
import { UnknownOptionsError } from '../errors.ts'
import { printAnswer } from '../operation.ts'
import type { Value, ValueMap } from '../values.ts'
import { RESUME_RUN_OPTIONS } from './options.ts'
import { ask, maps, textOf } from './shared.ts'

const USAGE = `NAME
    resume-run

    Goes on with a run of a service action that failed, from the step that did: under a record of its own, with the same
    parameters. What the steps before came to is taken over, and they are not run again. Bellhop's own: SSM cannot.

SYNOPSIS
    resume-run RECORD [--show] [--step-name NAME]

OPTIONS
    --show             only say where it would go on, and what is taken over
    --step-name NAME   refuse to go on from any other step

    Whoever may run the action on the product may. Refused where the run did not fail or was cancelled, where its document,
    its parameters or the product are others by now, where what was done after the step that failed cannot be taken over,
    and where it was resumed before: then resume that run.
`

/** `bellhop resume-run RECORD`: ResumeServiceAction, or with --show DescribeResumePoint. */
export async function runResumeRun(words: readonly string[], surroundings: Surroundings): Promise<void> {
  const { globals, io } = surroundings
  if (words[0] === 'help') {
    io.stdout.write(USAGE)
    return
  }
  const { values, rest } = parseKnownArguments(words, RESUME_RUN_OPTIONS, [{ name: 'RECORD', required: true }])
  if (rest.length > 0) throw new UnknownOptionsError(rest)
  const input: ValueMap = new Map<string, Value>([['RecordId', values.get('RECORD') as string]])
  const isShown = values.get('show') === true
  const operation = isShown ? 'DescribeResumePoint' : 'ResumeServiceAction'
  const stepName = values.get('step-name') as string | undefined
  if (!isShown) {
    input.set('ExecuteToken', crypto.randomUUID())
    if (stepName !== undefined) input.set('StepName', stepName)
  }
  const answer = await ask(surroundings, 'bellhop', operation, input)
  if (globals.output !== undefined || globals.query !== undefined) {
    return printAnswer({ ...surroundings, ...operationSlice('bellhop', operation) }, answer)
  }
  if (!isShown) {
    const record = answer.get('RecordDetail')
    io.stdout.write(`Resumed as ${record instanceof Map ? textOf(record.get('RecordId')) : ''}.\n`)
    return
  }
  io.stdout.write(`It would go on from step ${textOf(answer.get('StepName'))}. Taken over:\n`)
  for (const step of maps(answer.get('TakenSteps'))) {
    const pass = step.get('Iteration')
    const where = pass === undefined ? '' : `, pass ${textOf(pass)}`
    io.stdout.write(
      `    ${textOf(step.get('StepName'))} (${textOf(step.get('Action'))})${where}: ${textOf(step.get('StepStatus'))}\n`,
    )
  }
}
