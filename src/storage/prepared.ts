import type { Compilable, CompiledQuery, QueryCompiler, RootOperationNode } from 'kysely'
import type { Query } from './verb.ts'

/** What a query says with its place held for each value: text, and where the values go. */
interface Template {
  readonly sql: string
  /** A value that is always the same, or the place of a given one. */
  readonly parameters: readonly unknown[]
}

/** Stands in a template for the value of this name. */
class Place {
  readonly name: string

  constructor(name: string) {
    this.name = name
  }
}

/** A query that was built once and is run with these values. */
class PreparedQuery<Given extends object, T> implements Compilable<T> {
  readonly #given: Given
  readonly #build: (given: Given) => Compilable<T>
  readonly #templates: WeakMap<QueryCompiler, Template>

  constructor(given: Given, build: (given: Given) => Compilable<T>, templates: WeakMap<QueryCompiler, Template>) {
    this.#given = given
    this.#build = build
    this.#templates = templates
  }

  /** As the query would be without being prepared. */
  compile(): CompiledQuery<T> {
    return this.#build(this.#given).compile()
  }

  with(compiler: QueryCompiler): Template {
    let template = this.#templates.get(compiler)
    if (!template) {
      const places = Object.fromEntries(Object.keys(this.#given).map(name => [name, new Place(name)]))
      template = compileBuilt(this.#build(places as Given), compiler)
      this.#templates.set(compiler, template)
    }
    const given = this.#given as Readonly<Record<string, unknown>>
    const parameters = template.parameters.map(value => (value instanceof Place ? given[value.name] : value))
    return { sql: template.sql, parameters }
  }
}

/**
 * A query of one shape, for paths where it was measured that building and compiling it anew each time costs more than
 * running it. `build` is called once a database with places for the values: it may put them into the query and nothing
 * else, neither decide by them nor make lists of them.
 */
export function prepared<Given extends object, T>(
  build: (given: Given) => Compilable<T>,
): (given: Given) => Compilable<T> {
  const templates = new WeakMap<QueryCompiler, Template>()
  return given => new PreparedQuery(given, build, templates)
}

/** Compiles a query with the driver's own compiler, whatever the builder was made with. */
export function compile(query: Query, compiler: QueryCompiler): Template {
  return query instanceof PreparedQuery ? query.with(compiler) : compileBuilt(query, compiler)
}

function compileBuilt(query: Query, compiler: QueryCompiler): Template {
  if (!('toOperationNode' in query)) return query.compile()
  const builder = query as unknown as { toOperationNode(): RootOperationNode }
  return compiler.compileQuery(builder.toOperationNode(), { queryId: '' })
}
