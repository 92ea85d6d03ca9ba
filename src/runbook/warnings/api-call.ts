import type { ServiceModel } from '../../aws/model.ts'
import { findService, loadModel, serviceNames } from '../../aws/models.ts'
import { loose } from '../../aws/names.ts'
import { parseSelector } from '../select.ts'
import { answerShapes } from './answer-shapes.ts'
import { orMeant } from './references.ts'
import type { Found, PlacedStep, WarningRule } from './warning.ts'

/** Inputs of the actions that call an API which are none of the API's own. */
const ownInputs: ReadonlySet<string> = new Set(['Service', 'Api', 'PropertySelector', 'DesiredValues'])

/** A call that its service does not know like that: its names, its parameters, what is selected from its answer. */
export const apiCall: WarningRule = {
  name: 'api-call',
  description: 'a service, operation or parameter that AWS does not have, or a selector that its answer cannot satisfy',
  async *inspect({ steps }) {
    for (const placed of steps) {
      const { Service, Api } = placed.step.inputs
      const isLiteral = [Service, Api].every(name => typeof name === 'string' && !name.includes('{{'))
      if (isLiteral) yield* call(placed, Service as string, Api as string)
    }
  },
}

async function* call({ step, path }: PlacedStep, service: string, api: string): AsyncIterable<Found> {
  const inputs = [...path, 'inputs']
  const name = findService(service)
  if (name === undefined) {
    const message = `There is no service ${service}${orMeant(service, serviceNames())}`
    return yield { message, path: [...inputs, 'Service'], step: step.name }
  }
  const model = await loadModel(name)
  const operation = Object.keys(model.operations).find(each => loose(each) === loose(api))
  if (operation === undefined) {
    const message = `Service ${service} has no operation ${api}${orMeant(api, Object.keys(model.operations))}`
    return yield { message, path: [...inputs, 'Api'], step: step.name }
  }
  for (const [input, message] of inputProblems(model, operation, step.inputs)) {
    yield { message, path: input === undefined ? inputs : [...inputs, input], step: step.name }
  }
  for (const [index, output] of step.outputs.entries()) {
    const message = selectorProblem(model, operation, output.selector, output.type)
    if (message !== undefined) {
      yield { message: `Output ${output.name}: ${message}`, path: [...path, 'outputs', index], step: step.name }
    }
  }
  const property = step.inputs['PropertySelector']
  const problem =
    typeof property === 'string' && !property.includes('{{') && selectorProblem(model, operation, property)
  if (problem) yield { message: problem, path: [...inputs, 'PropertySelector'], step: step.name }
}

function* inputProblems(
  model: ServiceModel,
  operation: string,
  inputs: Readonly<Record<string, unknown>>,
): Iterable<readonly [input: string | undefined, message: string]> {
  const reference = model.operations[operation]!.input
  const { members = {}, required = [] } = reference ? model.shapes[reference.shape]! : {}
  const given = Object.keys(inputs).filter(name => !ownInputs.has(name))
  const known = new Set(Object.keys(members).map(loose))
  for (const name of given) {
    if (!known.has(loose(name))) {
      yield [name, `${operation} has no parameter ${name}${orMeant(name, Object.keys(members))}`]
    }
  }
  const have = new Set(given.map(loose))
  for (const name of required) {
    if (!have.has(loose(name)) && !members[name]?.idempotencyToken) yield [undefined, `${operation} needs ${name}.`]
  }
}

const scalarTypes: readonly string[] = ['String', 'Integer', 'Boolean']

function selectorProblem(model: ServiceModel, operation: string, selector: string, type?: string): string | undefined {
  const reference = model.operations[operation]!.output
  const found = answerShapes(model, reference?.shape, parseSelector(selector))
  if (found.state === 'unknown') return undefined
  if (found.state === 'nothing') {
    const { members } = found
    const has = members.length > 0 ? `; there ${members.length > 1 ? 'are' : 'is'} ${shortened(members)}` : ''
    return `${selector} finds nothing in the answer of ${operation}: there is no ${found.name}${has}${orMeant(found.name, members)}`
  }
  if (type === undefined || found.isList) return undefined
  const kinds = new Set(found.shapes.map(name => model.shapes[name]!.type))
  const is = (kind: string) => kinds.size === 1 && kinds.has(kind)
  const isScalar = !['structure', 'map', 'list'].some(kind => kinds.has(kind))
  const clashes = scalarTypes.includes(type)
    ? is('structure') || is('map')
    : type === 'StringMap'
      ? isScalar
      : isScalar || is('structure') || is('map')
  return clashes
    ? `${selector} finds a ${[...kinds].join(' or ')} in the answer of ${operation}, which is no ${type}: the step fails.`
    : undefined
}

function shortened(names: readonly string[]): string {
  return names.length > 12 ? `${names.slice(0, 12).join(', ')} and ${names.length - 12} more` : names.join(', ')
}
