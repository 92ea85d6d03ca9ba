import type { OutlineStep } from './outline.ts'

/** The graph of a document's steps, with places: what is drawn. Units are pixels. */
export interface Graph {
  readonly nodes: readonly GraphNode[]
  readonly edges: readonly GraphEdge[]
  readonly width: number
  readonly height: number
}

export interface GraphNode {
  readonly id: string
  readonly kind: 'step' | 'loop' | 'end'
  readonly step?: OutlineStep
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export type EdgeKind = 'next' | 'choice' | 'failure' | 'cancel'

export interface GraphEdge {
  readonly from: string
  readonly to: string
  readonly kind: EdgeKind
  readonly label?: string
  /** The path of a line, as SVG writes it. */
  readonly path: string
  /** Where its label stands. */
  readonly at: { readonly x: number; readonly y: number }
}

const node = { width: 184, height: 52 }
const gap = { x: 32, y: 56 }
const margin = 16
/** Room for lines that go back or pass others by. */
const lane = 14
const endId = ' end'

interface Lead {
  readonly from: string
  readonly to: string
  readonly kind: EdgeKind
  readonly label?: string
}

/** Where every step leads, in the order of the document; what leads nowhere that there is, is left out. */
export function edgesOf(steps: readonly OutlineStep[]): readonly Lead[] {
  const names = new Set(steps.map(step => step.name))
  const found: Lead[] = []
  for (const [at, step] of steps.entries()) {
    const from = step.name
    const add = (kind: EdgeKind, to: string | undefined, label?: string) => {
      if (to !== undefined && (names.has(to) || to === endId)) found.push({ from, to, kind, label })
    }
    for (const choice of step.choices) add('choice', choice.nextStep, choice.when)
    // After the last choice it goes on as any step would, unless there is a default.
    const following = step.nextStep ?? (step.isEnd ? endId : (steps[at + 1]?.name ?? endId))
    if (step.otherwise !== undefined) add('choice', step.otherwise, 'otherwise')
    else add('next', following, step.choices.length > 0 ? 'otherwise' : undefined)
    const onFailure = /^step:(.*)$/.exec(step.onFailure ?? '')?.[1]
    add('failure', onFailure, 'if it fails')
    if (step.onFailure === 'Continue') add('failure', following, 'even if it fails')
    add('cancel', /^step:(.*)$/.exec(step.onCancel ?? '')?.[1], 'if it is cancelled')
  }
  return found
}

/**
 * Lays the steps out in rows: each as far down as the longest way to it, without ways that go back. A loop is a box with the
 * graph of its own steps in it.
 */
export function graphOf(steps: readonly OutlineStep[]): Graph {
  // Of two steps with one name, which is an error, the first is drawn.
  const drawn = [...new Map(steps.toReversed().map(step => [step.name, step])).values()].toReversed()
  const ids = [...drawn.map(step => step.name), ...(drawn.length > 0 ? [endId] : [])]
  const leads = edgesOf(drawn)
  const rows = rowsOf(ids, leads)
  const inner = new Map(drawn.filter(step => step.inner.length > 0).map(step => [step.name, graphOf(step.inner)]))
  const size = (id: string) => {
    const graph = inner.get(id)
    if (id === endId) return { width: 72, height: 28 }
    return graph ? { width: Math.max(node.width, graph.width), height: node.height + graph.height } : node
  }
  const byRow = Map.groupBy(ids, id => rows.get(id)!)
  const order = [...byRow.keys()].sort((one, other) => one - other)
  const widthOf = (row: number) =>
    byRow.get(row)!.reduce((sum, id) => sum + size(id).width, 0) + gap.x * (byRow.get(row)!.length - 1)
  const backs = leads.filter(({ from, to }) => isAside(rows.get(from)!, rows.get(to)!))
  const widest = Math.max(0, ...order.map(widthOf))
  const places = new Map<string, GraphNode>()
  const bottoms = new Map<string, number>()
  let y = margin
  for (const row of order) {
    let x = margin + (widest - widthOf(row)) / 2
    let tallest = 0
    for (const id of byRow.get(row)!) {
      const { width, height } = size(id)
      const step = drawn.find(each => each.name === id)
      places.set(id, { id, kind: id === endId ? 'end' : inner.has(id) ? 'loop' : 'step', step, x, y, width, height })
      x += width + gap.x
      tallest = Math.max(tallest, height)
    }
    for (const id of byRow.get(row)!) bottoms.set(id, y + tallest)
    y += tallest + gap.y
  }
  const right = margin + widest
  let taken = 0
  // Beside all the lines, each a little lower than the one before.
  const labelsAt = (nth: number) => ({ x: right + backs.length * lane + 6, down: 14 * (nth % 4) })
  const edges = leads.map((lead): GraphEdge => {
    const [from, to] = [places.get(lead.from)!, places.get(lead.to)!]
    if (!isAside(rows.get(lead.from)!, rows.get(lead.to)!)) return { ...lead, ...straight(from, to) }
    taken += 1
    return { ...lead, ...aside(from, to, bottoms.get(lead.from)!, right + taken * lane, labelsAt(taken)) }
  })
  const nested = [...inner].flatMap(([name, graph]) => moved(graph, name, places.get(name)!))
  return {
    nodes: [...places.values(), ...nested.flatMap(each => each.nodes)],
    edges: [...edges, ...nested.flatMap(each => each.edges)],
    width: right + (backs.length > 0 ? backs.length * lane + labelRoom : 0) + margin,
    height: Math.max(0, y - gap.y) + margin,
  }
}

/** What stands beside the lines at the right. */
const labelRoom = 96

/** Lines that go back, or past a row, run beside the steps. */
function isAside(from: number, to: number): boolean {
  return to !== from + 1
}

/** The longest way from the beginning to each, along ways that do not come back to where they have been. */
function rowsOf(ids: readonly string[], leads: readonly Lead[]): Map<string, number> {
  const following = Map.groupBy(leads, ({ from }) => from)
  const rows = new Map<string, number>()
  const done: string[] = []
  const state = new Map<string, 'open' | 'done'>()
  const forward = new Map<string, string[]>()
  // By hand rather than by calls: a document may have a thousand steps in a row.
  for (const root of ids) {
    if (state.has(root)) continue
    const stack: { readonly id: string; next: number }[] = [{ id: root, next: 0 }]
    state.set(root, 'open')
    while (stack.length > 0) {
      const top = stack.at(-1)!
      const lead = following.get(top.id)?.[top.next]
      top.next += 1
      if (!lead) {
        state.set(top.id, 'done')
        done.push(top.id)
        stack.pop()
      } else if (state.get(lead.to) !== 'open') {
        forward.set(top.id, [...(forward.get(top.id) ?? []), lead.to])
        if (!state.has(lead.to)) {
          state.set(lead.to, 'open')
          stack.push({ id: lead.to, next: 0 })
        }
      }
    }
  }
  for (const id of done.toReversed()) {
    const row = rows.get(id) ?? 0
    rows.set(id, row)
    for (const to of forward.get(id) ?? []) rows.set(to, Math.max(rows.get(to) ?? 0, row + 1))
  }
  return rows
}

function straight(from: GraphNode, to: GraphNode): Pick<GraphEdge, 'path' | 'at'> {
  const start = { x: from.x + from.width / 2, y: from.y + from.height }
  const end = { x: to.x + to.width / 2, y: to.y }
  const bend = (end.y - start.y) / 2
  return {
    path: `M${start.x} ${start.y}C${start.x} ${start.y + bend} ${end.x} ${end.y - bend} ${end.x} ${end.y}`,
    at: { x: end.x + (start.x - end.x) * 0.35, y: end.y - bend * 0.6 },
  }
}

/** Down out of one, beside all rows, and into the other from above: nothing is crossed but other lines. */
function aside(
  from: GraphNode,
  to: GraphNode,
  bottom: number,
  x: number,
  label: { x: number; down: number },
): Pick<GraphEdge, 'path' | 'at'> {
  const [start, end] = [from.x + from.width * 0.8, to.x + to.width * 0.8]
  const [below, above] = [bottom + 12, to.y - 16]
  return {
    path: `M${start} ${from.y + from.height}V${below}H${x}V${above}H${end}V${to.y}`,
    at: { x: label.x, y: Math.min(below, above) + label.down + 4 },
  }
}

/** A loop's own graph, inside its box. Ids are made of both names, since steps of loops have names of their own. */
function moved(graph: Graph, name: string, box: GraphNode) {
  const [dx, dy] = [box.x + (box.width - graph.width) / 2, box.y + node.height]
  const id = (inner: string) => `${name}/${inner}`
  return [
    {
      nodes: graph.nodes.map(each => ({ ...each, id: id(each.id), x: each.x + dx, y: each.y + dy })),
      edges: graph.edges.map(each => ({
        ...each,
        from: id(each.from),
        to: id(each.to),
        path: shifted(each.path, dx, dy),
        at: { x: each.at.x + dx, y: each.at.y + dy },
      })),
    },
  ]
}

/** Our paths have absolute commands only: every number is an x or a y, by its command. */
export function shifted(path: string, dx: number, dy: number): string {
  return path.replace(/([MCHV])([^MCHV]*)/g, (_, command: string, numbers: string) => {
    const values = numbers.trim().split(/\s+/).map(Number)
    const moves = values.map((value, at) => {
      if (command === 'H') return value + dx
      if (command === 'V') return value + dy
      return value + (at % 2 === 0 ? dx : dy)
    })
    return `${command}${moves.join(' ')}`
  })
}
