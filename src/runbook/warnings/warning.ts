import type { AutomationDocument, StepDefinition } from '../document.ts'
import type { FlowGraph } from './graph.ts'

/** Where in the document: property names and positions in lists. */
export type Path = readonly (string | number)[]

/** Something in a document that AWS takes and that probably does not do what its author thinks. */
export interface Warning {
  /** The rule's name. */
  readonly rule: string
  readonly message: string
  readonly path: Path
  /** The step that it is about. */
  readonly step?: string
}

export interface PlacedStep {
  readonly step: StepDefinition
  readonly path: Path
}

/** What rules look at. */
export interface Inspection {
  readonly document: AutomationDocument
  /** All steps, those inside loops too. */
  readonly steps: readonly PlacedStep[]
  readonly byName: ReadonlyMap<string, PlacedStep>
  readonly graph: FlowGraph
}

/** A warning as its rule finds it. */
export type Found = Omit<Warning, 'rule'>

/** One rule: one file, one row in index.ts. */
export interface WarningRule {
  readonly name: string
  /** For the list of rules in the documentation. */
  readonly description: string
  readonly inspect: (inspection: Inspection) => Iterable<Found> | AsyncIterable<Found>
}
