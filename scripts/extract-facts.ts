/**
 * Takes operations of a botocore service model into src/model/facts: those that are there already and those that are
 * named, with every shape they reach, without documentation. Nothing else is changed. See src/model/facts/README.md.
 * Usage: node scripts/extract-facts.ts iam botocore/data/iam/2010-05-08/service-2.json.gz [OPERATION...]
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { OperationModel, ServiceModel, Shape } from '../src/model/service-model.ts'
import { sliceOf } from '../src/model/slices.ts'

const [name, source, ...named] = process.argv.slice(2)
if (!name || !source) {
  process.stderr.write('usage: node scripts/extract-facts.ts NAME SERVICE_MODEL [OPERATION...]\n')
  process.exit(2)
}
const bytes = readFileSync(source)
const whole = JSON.parse((source.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString()) as ServiceModel
const file = join(import.meta.dirname, `../src/model/facts/${name}.json`)
const there: string[] = existsSync(file) ? Object.keys(JSON.parse(readFileSync(file, 'utf8')).operations) : []

const operations: Record<string, OperationModel> = {}
const shapes: Record<string, Shape> = {}
for (const operation of [...new Set([...there, ...named])].sort()) {
  if (!Object.hasOwn(whole.operations, operation)) throw new Error(`${source} has no operation ${operation}.`)
  operations[operation] = whole.operations[operation]!
  Object.assign(shapes, sliceOf(whole, operation, undefined).model.shapes)
}
const facts = {
  ...whole,
  operations,
  shapes: Object.fromEntries(Object.entries(shapes).sort(([a], [b]) => (a < b ? -1 : 1))),
}
writeFileSync(file, `${JSON.stringify(undocumented(facts), undefined, 1)}\n`)

/** The same value without its prose: `documentation` is text wherever it is not a member's name. */
function undocumented(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(undocumented)
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).filter(([key, member]) => key !== 'documentation' || typeof member === 'object')
  return Object.fromEntries(members.map(([key, member]) => [key, undocumented(member)]))
}
