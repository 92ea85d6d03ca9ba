import type { ServiceModel, Shape, ShapeRef, StructureShape } from '../model/service-model.ts'
import type { Structure } from './codec.ts'
import { ValidationException } from './errors.ts'
import { inputShape, isEmptyValue, isObject, membersOf, shapeOf } from './shapes.ts'

/** AWS's services stop after ten (seen by dynalite); it also bounds the work that bad input can cause. */
const MAX_VIOLATIONS = 10
/** Code points of a value shown in a text. Ours: enough to recognise it, too little to fill a log. */
const SHOWN_VALUE_MAX = 200

/**
 * Shapes whose values are not shown, though the models do not mark them sensitive: a provisioning parameter may be
 * NoEcho, an action's parameter may be a password, and a workflow token authorises its holder.
 */
const CONFIDENTIAL_SHAPES: ReadonlySet<string> = new Set([
  'AutomationParameterValue',
  'EngineWorkflowToken',
  'ExecutionParameterValue',
  'ParameterValue',
  'ProvisioningArtifactInfoValue',
  'ServiceActionDefinitionValue',
  'tokenCodeType',
])

/**
 * Check a decoded input against the model: required members, lengths, ranges, patterns and enums of every member at
 * any depth. Throws ValidationException in AWS's words, e.g. `1 validation error detected: Value null at
 * 'provisionedProductId' failed to satisfy constraint: Member must not be null`.
 *
 * Texts, as AWS's JSON 1.1 services print them: members in lower camel case, `tags.1.member.key` for what is in a list,
 * all constraints of a list's or a map's scalars in one violation, `Value at '...'` where the value is sensitive.
 */
export function validateInput(model: ServiceModel, operation: string, input: Structure): void {
  const shape = inputShape(model, operation)
  if (shape === undefined) return
  const violations: string[] = []
  try {
    validateStructure({ model, violations }, shape, '', input)
  } catch (error) {
    if (!(error instanceof EnoughViolations)) throw error
  }
  if (violations.length === 0) return
  const errors = violations.length === 1 ? 'error' : 'errors'
  throw new ValidationException(`${violations.length} validation ${errors} detected: ${violations.join('; ')}`)
}

interface Validation {
  readonly model: ServiceModel
  readonly violations: string[]
}

class EnoughViolations extends Error {}

function violate(validation: Validation, ref: ShapeRef, path: string, value: unknown, constraint: string): void {
  const shown = isEmptyValue(value)
    ? 'Value null'
    : isConfidential(validation.model, ref.shape)
      ? 'Value'
      : `Value '${showValue(value)}'`
  validation.violations.push(`${shown} at '${path}' failed to satisfy constraint: ${constraint}`)
  if (validation.violations.length >= MAX_VIOLATIONS) throw new EnoughViolations()
}

function validateStructure(validation: Validation, shape: StructureShape, path: string, value: Structure): void {
  for (const [name, ref] of membersOf(shape)) {
    const member = Object.hasOwn(value, name) ? value[name] : undefined
    if (isEmptyValue(member)) {
      if (shape.required?.includes(name)) violate(validation, ref, memberPath(path, name), null, NOT_NULL)
      continue
    }
    validateMember(validation, ref, memberPath(path, name), member)
  }
}

function memberPath(path: string, name: string): string {
  return `${path}${name[0]!.toLowerCase()}${name.slice(1)}`
}

function validateMember(validation: Validation, ref: ShapeRef, path: string, value: unknown): void {
  const shape = shapeOf(validation.model, ref)
  for (const { text, holds } of constraintsOf(shape)) {
    if (!holds(value)) violate(validation, ref, path, value, text)
  }
  if (shape.type === 'structure') {
    validateStructure(validation, shape, `${path}.`, value as Structure)
  } else if (shape.type === 'list') {
    const items = (value as unknown[]).entries().map(([i, item]) => [String(i + 1), item] as const)
    validateItems(validation, ref, shape.member, path, value, items, 'Member must satisfy constraint')
  } else if (shape.type === 'map') {
    const entries = Object.entries(value as Structure)
    const keys = entries.values().map(([key]) => [key, key] as const)
    validateItems(validation, ref, shape.key, path, value, keys, 'Map keys must satisfy constraint')
    validateItems(validation, ref, shape.value, path, value, entries.values(), 'Map value must satisfy constraint')
  }
}

/** What is in a list or a map: structures are visited one by one, anything else is one violation of the whole. */
function validateItems(
  validation: Validation,
  containerRef: ShapeRef,
  itemRef: ShapeRef,
  path: string,
  container: unknown,
  items: Iterable<readonly [position: string, item: unknown]>,
  text: string,
): void {
  const visited = isStructured(validation.model, itemRef)
  for (const [position, item] of items) {
    if (visited && !isEmptyValue(item)) {
      const itemPath = Array.isArray(container) ? `${path}.${position}.member` : `${path}.${cut(position)}.member`
      validateMember(validation, itemRef, itemPath, item)
      continue
    }
    const broken = brokenConstraints(validation.model, itemRef, item)
    if (broken !== undefined) {
      violate(validation, containerRef, path, container, `${text}: [${broken}]`)
      if (!visited) return
    }
  }
}

/** All constraints of an item that breaks one of them, as AWS lists them; undefined when it keeps all. */
function brokenConstraints(model: ServiceModel, ref: ShapeRef, item: unknown): string | undefined {
  const shape = shapeOf(model, ref)
  const constraints = constraintsOf(shape)
  const texts = constraints.map(({ text }) => text)
  if (isEmptyValue(item)) return [...texts, NOT_NULL].join(', ')
  if (constraints.some(({ holds }) => !holds(item))) return texts.join(', ')
  if (shape.type === 'list') {
    const inner = (item as unknown[]).values().map(value => brokenConstraints(model, shape.member, value))
    const broken = inner.find(text => text !== undefined)
    return broken && [...texts, `Member must satisfy constraint: [${broken}]`].join(', ')
  }
  if (shape.type === 'map') {
    for (const [key, value] of Object.entries(item as Structure)) {
      const brokenKey = brokenConstraints(model, shape.key, key)
      if (brokenKey) return [...texts, `Map keys must satisfy constraint: [${brokenKey}]`].join(', ')
      const brokenValue = brokenConstraints(model, shape.value, value)
      if (brokenValue) return [...texts, `Map value must satisfy constraint: [${brokenValue}]`].join(', ')
    }
  }
  return undefined
}

/** Whether a structure is somewhere within, so that its members deserve paths of their own. */
function isStructured(model: ServiceModel, ref: ShapeRef): boolean {
  const shape = shapeOf(model, ref)
  if (shape.type === 'list') return isStructured(model, shape.member)
  if (shape.type === 'map') return isStructured(model, shape.value)
  return shape.type === 'structure'
}

interface Constraint {
  readonly text: string
  readonly holds: (value: unknown) => boolean
}

const NOT_NULL = 'Member must not be null'

/** By shape, so that every pattern is compiled once. */
const constraintsByShape = new WeakMap<Shape, readonly Constraint[]>()

function constraintsOf(shape: Shape): readonly Constraint[] {
  let constraints = constraintsByShape.get(shape)
  if (constraints === undefined) {
    constraints = makeConstraints(shape)
    constraintsByShape.set(shape, constraints)
  }
  return constraints
}

/** In the order AWS prints them inside brackets. */
function makeConstraints(shape: Shape): Constraint[] {
  if (shape.type === 'structure') return []
  const constraints: Constraint[] = []
  const measured = shape.type === 'string' || shape.type === 'list' || shape.type === 'map' || shape.type === 'blob'
  const [what, measure] = measured ? (['length', lengthOf] as const) : (['value', Number] as const)
  const { min, max } = shape
  if (max !== undefined) {
    constraints.push({
      text: `Member must have ${what} less than or equal to ${max}`,
      holds: value => measure(value) <= max,
    })
  }
  if (min !== undefined) {
    constraints.push({
      text: `Member must have ${what} greater than or equal to ${min}`,
      holds: value => measure(value) >= min,
    })
  }
  if ('pattern' in shape && shape.pattern !== undefined) {
    const expression = compilePattern(shape.pattern)
    constraints.push({
      text: `Member must satisfy regular expression pattern: ${shape.pattern}`,
      holds: value => expression.test(value as string),
    })
  }
  if ('enum' in shape && shape.enum !== undefined) {
    const allowed = new Set<unknown>(shape.enum)
    constraints.push({
      text: `Member must satisfy enum value set: [${shape.enum.join(', ')}]`,
      holds: value => allowed.has(value),
    })
  }
  return constraints
}

/**
 * Strings are counted in code points: Smithy, which the models come from, defines the length trait so, and botocore
 * counts the same. Lists and maps count entries, blobs bytes.
 */
function lengthOf(value: unknown): number {
  if (typeof value === 'string') return codePoints(value)
  if (Array.isArray(value) || value instanceof Uint8Array) return value.length
  return Object.keys(value as Structure).length
}

function codePoints(text: string): number {
  let count = 0
  for (const _ of text) count += 1
  return count
}

/**
 * Patterns match the whole value, also those without anchors. They are Java's; by code point (the u flag) they mean the
 * same here, but for two of SSM's whose needless escapes only the older syntax takes.
 */
function compilePattern(pattern: string): RegExp {
  try {
    return new RegExp(`^(?:${pattern})$`, 'u')
  } catch {
    return new RegExp(`^(?:${pattern})$`)
  }
}

const confidentialByModel = new WeakMap<ServiceModel, Map<string, boolean>>()

/** Whether a shape is, or holds, something that must not be shown. */
function isConfidential(model: ServiceModel, name: string): boolean {
  let known = confidentialByModel.get(model)
  if (known === undefined) {
    known = new Map()
    confidentialByModel.set(model, known)
  }
  const before = known.get(name)
  if (before !== undefined) return before
  known.set(name, false) // A shape that holds itself is as confidential as its other parts.
  const shape = shapeOf(model, { shape: name })
  const parts =
    shape.type === 'structure'
      ? Object.values(shape.members)
      : shape.type === 'list'
        ? [shape.member]
        : shape.type === 'map'
          ? [shape.key, shape.value]
          : []
  const confidential =
    CONFIDENTIAL_SHAPES.has(name) ||
    ('sensitive' in shape && shape.sensitive === true) ||
    parts.some(part => isConfidential(model, part.shape))
  known.set(name, confidential)
  return confidential
}

/** A value as Java prints it, which is what AWS shows: `[a, b]`, `{key=value}`. Cut to a length a reader can bear. */
function showValue(value: unknown): string {
  let text = ''
  append(value)
  return cut(text)

  function append(item: unknown): void {
    if (text.length > 2 * SHOWN_VALUE_MAX) return
    if (Array.isArray(item)) {
      text += '['
      for (const [i, member] of item.entries()) {
        if (text.length > 2 * SHOWN_VALUE_MAX) return
        if (i > 0) text += ', '
        append(member)
      }
      text += ']'
    } else if (item instanceof Date) {
      text += item.toISOString()
    } else if (item instanceof Uint8Array) {
      text += `${item.length} bytes`
    } else if (isObject(item)) {
      text += '{'
      for (const [i, [key, member]] of Object.entries(item).entries()) {
        if (text.length > 2 * SHOWN_VALUE_MAX) return
        text += `${i > 0 ? ', ' : ''}${key}=`
        append(member)
      }
      text += '}'
    } else {
      text += String(item)
    }
  }
}

function cut(text: string): string {
  if (text.length <= SHOWN_VALUE_MAX) return text
  // Enough units for one character more than is shown, however many of them take two.
  const characters = [...text.slice(0, 2 * (SHOWN_VALUE_MAX + 1))]
  return characters.length <= SHOWN_VALUE_MAX ? text : `${characters.slice(0, SHOWN_VALUE_MAX).join('')}...`
}
