import { createHash } from 'node:crypto'
import type { Scope } from '../catalog/scope.ts'
import type { TerraformStates } from '../engines/terraform-open-source/states.ts'
import type { Secrets } from '../operations/operation.ts'
import { RequestEntityTooLargeException, RequestTimeoutException } from '../protocol/errors.ts'
import type { EncodedAnswer } from '../protocol/server.ts'
import type { Storage } from '../storage/storage.ts'
import type { TerraformRun } from '../storage/verbs/terraform-states.ts'
import type { Clock } from '../worker/clock.ts'
import type { Request } from './pipeline.ts'

interface Options {
  readonly storage: Storage
  readonly secrets: Secrets
  readonly clock: Clock
  /** Where this server is reached from this machine; asked for once it listens. */
  readonly url: () => string
}

/** Where states are, each under the id of its provisioned product. */
export const statePath = '/terraform/state/'
const userName = 'bellhop'
/** A lock whose run nobody has looked after for so long may be taken by another. */
const leaseMilliseconds = 120_000
const mostStateBytes = 64 * 1024 * 1024
const mostLockBytes = 64 * 1024

/** What a state is sealed for: one product's state cannot be passed off as another's. */
function stateContext({ accountId, region }: Scope, provisionedProductId: string): string {
  return `terraform-state:${accountId}:${region}:${provisionedProductId}`
}

const credentialContext = 'terraform-run'

/** The states as the engine uses them: encrypted at rest, with credentials that are good for one run. */
export function createTerraformStates({ storage, secrets, clock, url }: Options): TerraformStates {
  const lease = () => clock.now().getTime() + leaseMilliseconds
  const open = (scope: Scope, id: string, state: string) => secrets.open(state, stateContext(scope, id))
  return {
    async begin(run) {
      await storage.terraformStates.begin(run, lease())
      return {
        address: `${url()}${statePath}${run.provisionedProductId}`,
        username: userName,
        password: secrets.seal(run.token, credentialContext),
      }
    },
    renew: run => storage.terraformStates.renew(run.token, lease()),
    end: run => storage.terraformStates.end(run.token),
    async read(scope, id) {
      const latest = await storage.terraformStates.latest(scope, id)
      return latest && open(scope, id, latest.state)
    },
    async save(run, state) {
      const sealed = secrets.seal(state, stateContext(run.scope, run.provisionedProductId))
      const held = await storage.terraformStates.save(run, sealed, undefined, clock.now().getTime())
      if (held) throw new Error(`The Terraform state of ${run.provisionedProductId} is locked: ${held.info}`)
    },
    versions: (scope, id) => storage.terraformStates.versions(scope, id),
    async readVersion(scope, id, version) {
      const found = (await storage.terraformStates.versions(scope, id)).find(state => state.version === version)
      return found && open(scope, id, found.state)
    },
    remove: (scope, id) => storage.terraformStates.remove(scope, id),
  }
}

/**
 * What Terraform's `http` backend speaks: GET, POST and DELETE for the state, LOCK and UNLOCK for the lock, with Basic
 * authentication. The password is made for one run and good while that lasts. Never rejects.
 */
export function createTerraformBackend({
  storage,
  secrets,
  clock,
  report,
}: Pick<Options, 'storage' | 'secrets' | 'clock'> & {
  readonly report: (message: string, error: unknown) => void
}): (request: Request) => Promise<EncodedAnswer> {
  const authenticate = async ({ head, header }: Request): Promise<TerraformRun | undefined> => {
    const [, encoded] = /^Basic\s+([A-Za-z0-9+/=]+)$/i.exec(header('authorization') ?? '') ?? []
    const given = Buffer.from(encoded ?? '', 'base64').toString()
    if (!given.startsWith(`${userName}:`)) return undefined
    try {
      const token = secrets.open(given.slice(userName.length + 1), credentialContext)
      const run = await storage.terraformStates.run(token)
      return run && head.path === `${statePath}${run.provisionedProductId}` ? run : undefined
    } catch {
      // Not one of ours, or made with another key.
      return undefined
    }
  }

  const save = async (run: TerraformRun, request: Request): Promise<EncodedAnswer> => {
    const body = await request.body(mostStateBytes)
    const md5 = request.header('content-md5')
    if (md5 && md5 !== createHash('md5').update(body).digest('base64')) {
      return text(400, 'The state arrived damaged: Content-MD5 does not match.')
    }
    const sealed = secrets.seal(Buffer.from(body).toString(), stateContext(run.scope, run.provisionedProductId))
    const lockId = new URLSearchParams(request.head.query).get('ID') ?? undefined
    if (lockId === undefined) return text(409, 'The state is written under a lock only.')
    const held = await storage.terraformStates.save(run, sealed, lockId, clock.now().getTime())
    return held ? json(409, held.info) : text(200, '')
  }

  const lock = async (run: TerraformRun, request: Request): Promise<EncodedAnswer> => {
    const info = Buffer.from(await request.body(mostLockBytes)).toString()
    const id = lockIdIn(info)
    if (id === undefined) return text(400, 'The body is not what Terraform says of a lock.')
    const now = clock.now().getTime()
    const held = await storage.terraformStates.lock(run, { id, info }, now, now + leaseMilliseconds)
    return held ? json(423, held.info) : text(200, '')
  }

  const unlock = async (run: TerraformRun, request: Request): Promise<EncodedAnswer> => {
    const id = lockIdIn(Buffer.from(await request.body(mostLockBytes)).toString())
    const held = await storage.terraformStates.unlock(run, id, clock.now().getTime())
    return held ? json(409, held.info) : text(200, '')
  }

  const get = async ({ scope, provisionedProductId: id }: TerraformRun): Promise<EncodedAnswer> => {
    const latest = await storage.terraformStates.latest(scope, id)
    return latest ? json(200, secrets.open(latest.state, stateContext(scope, id))) : text(404, '')
  }

  const answer = async (request: Request): Promise<EncodedAnswer> => {
    const run = await authenticate(request)
    if (!run) return { ...text(401, 'No run of Terraform has these credentials.'), headers: challenge }
    switch (request.head.method) {
      case 'GET':
        return get(run)
      case 'POST':
        return save(run, request)
      case 'LOCK':
        return lock(run, request)
      case 'UNLOCK':
        return unlock(run, request)
      default:
        return text(405, 'GET, POST, LOCK and UNLOCK only.')
    }
  }

  return async request => {
    try {
      return await answer(request)
    } catch (error) {
      if (error instanceof RequestEntityTooLargeException) return text(413, error.message)
      if (error instanceof RequestTimeoutException) return text(408, error.message)
      report('A request for a Terraform state failed.', error)
      return text(500, 'Internal failure')
    }
  }
}

const challenge = [['WWW-Authenticate', 'Basic realm="terraform"']] as const

function lockIdIn(info: string): string | undefined {
  try {
    const { ID: id } = JSON.parse(info) as { ID?: unknown }
    return typeof id === 'string' && id !== '' ? id : undefined
  } catch {
    return undefined
  }
}

function json(status: number, body: string): EncodedAnswer {
  return { status, headers: [['Content-Type', 'application/json']], body }
}

function text(status: number, body: string): EncodedAnswer {
  return { status, headers: [['Content-Type', 'text/plain']], body }
}
