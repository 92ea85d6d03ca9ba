import { existsSync, readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { LeastRecentlyUsed } from './least-recently-used.ts'
import type { ServiceModel } from './model.ts'
import { loose, serviceAliases } from './names.ts'

/** One gzipped JSON a service. The build lays the folder beside the bundle, where `import.meta.dirname` points then. */
const folder = join(import.meta.dirname, 'services')

const suffix = '.json.gz'

/** A parsed model has a few megabytes. */
const models = new LeastRecentlyUsed<Promise<ServiceModel>>(32)

let names: ReadonlyMap<string, string> | undefined

/** All services, by boto3's names. */
export function serviceNames(): readonly string[] {
  return [...byLooseName().values()]
}

/** boto3's name of the service that is meant; undefined: there is none. */
export function findService(name: string): string | undefined {
  const key = loose(name)
  return byLooseName().get(key) ?? byLooseName().get(loose(serviceAliases.get(key) ?? ''))
}

/** The model of a service by boto3's name. */
export function loadModel(name: string): Promise<ServiceModel> {
  return models.get(name, async () => {
    const bytes = await promisify(gunzip)(await readFile(join(folder, name + suffix)))
    return JSON.parse(bytes.toString('utf8')) as ServiceModel
  })
}

function byLooseName(): ReadonlyMap<string, string> {
  names ??= new Map(
    (existsSync(folder) ? readdirSync(folder) : [])
      .filter(file => file.endsWith(suffix))
      .map(file => file.slice(0, -suffix.length))
      .map(name => [loose(name), name]),
  )
  return names
}
