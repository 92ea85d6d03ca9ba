import type { Bellhop } from '../../kit/bellhop.ts'
import type { ToolName } from '../../kit/tools.ts'

/** The suite's tests, in order: the table's rows. */
export const rows = [
  'provision',
  'update',
  'terminate',
  'failure in the middle',
  're-provision after ERROR',
  'update of TAINTED',
  'service action',
  'cancel',
  'time-out',
  'server killed in the middle',
  'duplicate notify',
  'terminate with IgnoreErrors',
  'terminate with RetainPhysicalResources',
  'secrets never printed',
] as const

export type Row = (typeof rows)[number]

/** An engine with what it is tested on: a column of the table (docs/engines-conformance.md). */
export interface Subject {
  readonly name: string
  /** What is really behind it. */
  readonly backEnd: string
  readonly productType: string
  readonly tool?: ToolName
  /** What has to run beside the server, with the tool's command; answers how it is stopped. */
  readonly start?: (world: World, tool: string | undefined) => Promise<() => Promise<void> | void>
  /** The server's configuration, with the engines `main` and `hasty`; the second gives work two seconds. */
  readonly config: (world: World) => object
  /** Where engines are not told apart by name: what the server is configured with instead of `hasty`. */
  readonly hastyConfig?: (world: World) => object
  readonly env?: (world: World) => Readonly<Record<string, string>>
  /** Where the product's artifact lies. */
  readonly artifact: (world: World) => Promise<string>
  /** Instead of a LAUNCH constraint. */
  readonly constraint?: () => { readonly type: string; readonly parameters: object }
  /** The type of the resource that is there, for TARGET parameters; absent: this engine cannot tell resources. */
  readonly resourceType?: string
  /** The only output, where the product's own outputs are not to be had. */
  readonly onlyOutput?: string
  /** Parameters are taken as they are given: nobody can be asked for them. */
  readonly parametersAsGiven?: boolean
  /** A step that has the engine change some of the product's parameters; absent: the engine has no actions. */
  readonly action?: (values: Readonly<Record<string, string>>) => {
    readonly Action: string
    readonly Parameters: object
  }
  /** Work that was given up goes on: the engine cannot be told. */
  readonly deaf?: boolean
  /** Where to look for what was made, and for what was done, when it is not in the world's folder. */
  readonly look?: Look
  /** Rows that this engine, or what it is tested on, does not have, and why. */
  readonly lacks?: Readonly<Partial<Record<Row, string>>>
}

export interface Look {
  /** Whether the product of that key is there. */
  exists(key: string): Promise<boolean>
}

export interface World {
  /** Everybody may read and write here: the products' files. */
  readonly folder: string
  /** The test's own. */
  readonly directory: string
  /** The server that is up. */
  readonly server: () => Bellhop
}
