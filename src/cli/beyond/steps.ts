import type { Surroundings } from '../client.ts'
import { CliError } from '../errors.ts'
import type { Value, ValueMap } from '../values.ts'
import { ask, customEndpoint } from './shared.ts'

/** Pages of steps that are read at most; a document has far fewer steps. */
const MOST_PAGES = 20

/**
 * Tells the steps of the execution behind a record, where the endpoint is Bellhop: there the record's outputs name the
 * execution from its start, and the same address answers for SSM. AWS's own addresses are not asked.
 */
export class StepProgress {
  readonly #surroundings: Surroundings
  readonly #tell: (line: string) => void
  readonly #shown = new Map<string, string>()
  #isOff = false

  constructor(surroundings: Surroundings, tell: (line: string) => void) {
    this.#surroundings = surroundings
    this.#tell = tell
  }

  /** Tell what has changed since the last time. `answer` is DescribeRecord's. Never throws for the steps' sake. */
  async show(answer: ValueMap): Promise<void> {
    const execution = executionOf(answer)
    if (this.#isOff || execution === undefined) return
    try {
      for (const step of await this.#steps(execution)) this.#showStep(step)
    } catch (error) {
      if (!(error instanceof CliError)) throw error
      // Whoever may read the record may not be allowed to read the execution.
      this.#isOff = true
      this.#surroundings.trace?.line(`the steps are not shown: ${error.message}`)
    }
  }

  async #steps(execution: string): Promise<ValueMap[]> {
    const endpoint = customEndpoint(this.#surroundings)
    if (endpoint === undefined) {
      this.#isOff = true
      return []
    }
    const globals = { ...this.#surroundings.globals, endpointUrl: endpoint }
    const steps: ValueMap[] = []
    let token: Value | undefined
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const input: ValueMap = new Map([['AutomationExecutionId', execution]])
      if (token) input.set('NextToken', token)
      const answer = await ask({ ...this.#surroundings, globals }, 'ssm', 'DescribeAutomationStepExecutions', input)
      const found = answer.get('StepExecutions')
      if (Array.isArray(found)) steps.push(...found.filter(step => step instanceof Map))
      token = answer.get('NextToken')
      if (!token) break
    }
    return steps
  }

  #showStep(step: ValueMap): void {
    const [id, name, action, status] = ['StepExecutionId', 'StepName', 'Action', 'StepStatus'].map(member =>
      step.get(member),
    )
    if (typeof name !== 'string' || typeof status !== 'string' || status === 'Pending') return
    const key = typeof id === 'string' ? id : name
    if (this.#shown.get(key) === status) return
    this.#shown.set(key, status)
    const message = step.get('FailureMessage')
    const why = typeof message === 'string' && message !== '' ? `: ${message}` : ''
    this.#tell(`step ${name}${typeof action === 'string' ? ` (${action})` : ''} ${status}${why}`)
  }
}

function executionOf(answer: ValueMap): string | undefined {
  const outputs = answer.get('RecordOutputs')
  for (const output of Array.isArray(outputs) ? outputs : []) {
    if (!(output instanceof Map) || output.get('OutputKey') !== 'AutomationExecutionId') continue
    const value = output.get('OutputValue')
    return typeof value === 'string' ? value : undefined
  }
  return undefined
}
