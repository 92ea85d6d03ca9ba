import type { ServiceModel } from '../../aws/model.ts'
import type { Segment, Selector } from '../select.ts'

/** What a selector can find in the answers of an operation, judged by the service's model. */
export type Found =
  | { readonly state: 'found'; readonly shapes: readonly string[]; readonly isList: boolean }
  /** No answer has it: `name` is not among `members`. */
  | { readonly state: 'nothing'; readonly name: string; readonly members: readonly string[] }
  /** The model does not say what is there. */
  | { readonly state: 'unknown' }

export function answerShapes(model: ServiceModel, output: string | undefined, selector: Selector): Found {
  // Every answer is a map, of ResponseMetadata at least.
  if (selector.length === 0) return { state: 'unknown' }
  let shapes: readonly string[] = output === undefined ? [] : [output]
  let isList = false
  for (const [position, segment] of selector.entries()) {
    // Not in the models, and in every answer.
    if (position === 0 && segment.kind === 'name' && segment.name === 'ResponseMetadata') return { state: 'unknown' }
    if (segment.kind === 'name' && segment.name === 'length' && position > 0) return { state: 'unknown' }
    if (segment.kind === 'name' && segment.deep && segment.name === 'length') return { state: 'unknown' }
    if (shapes.some(name => isOpen(model, name))) return { state: 'unknown' }
    const next = [...new Set(shapes.flatMap(name => step(model, name, segment)))]
    if (next.length === 0) {
      const members = [...new Set(shapes.flatMap(name => membersOf(model, name, segment)))]
      return { state: 'nothing', name: nameOf(segment), members }
    }
    if (segment.kind === 'all' || segment.kind === 'filter' || (segment.kind === 'name' && segment.deep)) isList = true
    shapes = next
  }
  return { state: 'found', shapes, isList }
}

/** Whether anything may be in there: free-form documents, JSON in a string. */
function isOpen(model: ServiceModel, name: string): boolean {
  const shape = model.shapes[name]!
  return shape.document === true || shape.jsonvalue === true
}

function nameOf(segment: Segment): string {
  if (segment.kind === 'name') return segment.name
  return segment.kind === 'index' ? `[${segment.index}]` : 'item'
}

function step(model: ServiceModel, name: string, segment: Segment): readonly string[] {
  const shape = model.shapes[name]!
  switch (segment.kind) {
    case 'name':
      if (segment.deep) return [...within(model, name)].flatMap(inner => member(model, inner, segment.name))
      return member(model, name, segment.name)
    case 'index':
      return shape.type === 'list' ? [shape.member!.shape] : []
    case 'all':
      return segment.deep ? [...within(model, name)] : children(model, name)
    case 'filter':
      return children(model, name)
  }
}

function member(model: ServiceModel, name: string, wanted: string): readonly string[] {
  const { type, members = {}, value } = model.shapes[name]!
  if (type === 'map') return [value!.shape]
  return type === 'structure' && Object.hasOwn(members, wanted) ? [members[wanted]!.shape] : []
}

function children(model: ServiceModel, name: string): readonly string[] {
  const shape = model.shapes[name]!
  if (shape.type === 'list') return [shape.member!.shape]
  if (shape.type === 'map') return [shape.value!.shape]
  return Object.values(shape.members ?? {}).map(reference => reference.shape)
}

/** The shape and all that may lie in it. */
function within(model: ServiceModel, name: string): ReadonlySet<string> {
  const found = new Set([name])
  for (const each of found) for (const child of children(model, each)) found.add(child)
  return found
}

/** What could have been named instead. */
function membersOf(model: ServiceModel, name: string, segment: Segment): readonly string[] {
  if (segment.kind !== 'name') return []
  const shapes = segment.deep ? [...within(model, name)] : [name]
  return shapes.flatMap(each => Object.keys(model.shapes[each]!.members ?? {}))
}
