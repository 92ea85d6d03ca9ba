import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'

/**
 * The part of the HCP Terraform API that runs need, over a real Terraform on this machine: what a workspace is told to do is
 * done. HashiCorp's own CLI is the judge of it (`cloud {}`, test/engines/terraform-cloud.test.ts). It has no teams, policies
 * or queues, and one organization, `acme`.
 */
export interface ContractServer {
  readonly url: string
  readonly token: string
  /** Method and path of everything that was asked, and what was not known of it. */
  readonly requests: readonly string[]
  readonly unknown: readonly string[]
  /** Names of the workspaces that are there. */
  workspaces(): readonly string[]
  projects(): readonly string[]
  variables(workspace: string): readonly Attributes[]
  /** Answers instead of the API, until it is taken away again. */
  fault: ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined
  close(): Promise<void>
}

type Attributes = Readonly<Record<string, any>>

interface Workspace {
  readonly id: string
  attributes: Attributes
  readonly project: string | undefined
  readonly variables: Map<string, Attributes>
  version: string | undefined
  state: string | undefined
  stateId: string | undefined
  locked: boolean
  lastRun: string | undefined
  /** Runs of a workspace are made one after the other. */
  queue: Promise<void>
}

interface Version {
  readonly id: string
  readonly workspace: Workspace
  readonly speculative: boolean
  status: 'pending' | 'uploaded'
  archive?: Buffer
}

interface Log {
  bytes: Buffer
}

interface Run {
  readonly id: string
  readonly planId: string
  readonly applyId: string
  readonly workspace: Workspace
  readonly version: Version
  readonly attributes: Attributes
  status: string
  planStatus: string
  applyStatus: string
  hasChanges: boolean
  process?: ChildProcess
  cancelled: boolean
  counts: readonly number[]
  planJson?: string
  confirm?: (confirmed: boolean) => void
}

const contentType = 'application/vnd.api+json'
const newId = (prefix: string) => `${prefix}-${randomBytes(8).toString('hex')}`

export async function startContractServer(folder: string, terraform: string): Promise<ContractServer> {
  const token = randomBytes(16).toString('hex')
  const projects = new Map<string, string>()
  const workspaces = new Map<string, Workspace>()
  const versions = new Map<string, Version>()
  const runs = new Map<string, Run>()
  const logs = new Map<string, Log>()
  const states = new Map<string, { readonly workspace: Workspace; readonly text: string }>()
  const requests: string[] = []
  const unknown: string[] = []
  const work = join(folder, 'contract-server')
  mkdirSync(work, { recursive: true })
  let url = ''
  const server: { fault: ContractServer['fault'] } = { fault: undefined }

  const resource = (type: string, id: string, attributes: Attributes, relationships: object = {}) => ({
    id,
    type,
    attributes,
    relationships,
  })
  const reference = (type: string, id: string | undefined) => ({ data: id === undefined ? null : { type, id } })

  const shownWorkspace = (workspace: Workspace) =>
    resource(
      'workspaces',
      workspace.id,
      {
        'terraform-version': '1.11.4',
        'execution-mode': 'remote',
        'auto-apply': false,
        'working-directory': '',
        environment: 'default',
        operations: true,
        'structured-run-output-enabled': false,
        ...workspace.attributes,
        locked: workspace.locked,
        actions: { 'is-destroyable': true },
        permissions: Object.fromEntries(
          'queue-run queue-apply queue-destroy lock unlock update read-state-versions create-state-versions read-settings force-unlock update-variable destroy'
            .split(' ')
            .map(name => [`can-${name}`, true]),
        ),
      },
      {
        organization: reference('organizations', 'acme'),
        project: reference('projects', workspace.project),
        'current-run': reference('runs', workspace.lastRun),
      },
    )

  const shownRun = (run: Run) =>
    resource(
      'runs',
      run.id,
      {
        ...run.attributes,
        status: run.status,
        'has-changes': run.hasChanges,
        source: 'tfe-api',
        'terraform-version': '1.11.4',
        actions: {
          'is-confirmable': run.status === 'planned',
          'is-cancelable': ['pending', 'planning', 'applying'].includes(run.status),
          'is-discardable': run.status === 'planned',
          'is-force-cancelable': false,
        },
        permissions: Object.fromEntries(
          ['apply', 'cancel', 'discard', 'force-cancel', 'force-execute'].map(name => [`can-${name}`, true]),
        ),
        'status-timestamps': {},
      },
      {
        plan: reference('plans', run.planId),
        apply: reference('applies', run.applyId),
        workspace: reference('workspaces', run.workspace.id),
        'configuration-version': reference('configuration-versions', run.version.id),
        'cost-estimate': reference('', undefined),
        'task-stages': { data: [] },
      },
    )

  /** Runs terraform for a run, its output framed as logs are. */
  async function execute(run: Run, log: Log, directory: string, args: readonly string[]): Promise<number> {
    log.bytes = Buffer.from('\x02')
    const variables = [...run.workspace.variables.values()]
    const env: NodeJS.ProcessEnv = {
      PATH: process.env['PATH'],
      HOME: work,
      TF_IN_AUTOMATION: '1',
      CHECKPOINT_DISABLE: '1',
      ...Object.fromEntries(variables.filter(one => one['category'] === 'env').map(one => [one['key'], one['value']])),
      ...Object.fromEntries(
        variables.filter(one => one['category'] === 'terraform').map(one => [`TF_VAR_${one['key']}`, one['value']]),
      ),
      ...Object.fromEntries(
        (run.attributes['variables'] ?? []).map((one: Attributes) => [
          `TF_VAR_${one['key']}`,
          JSON.parse(one['value']),
        ]),
      ),
    }
    const child = spawn(terraform, args, { cwd: directory, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
    run.process = child
    const take = (chunk: Buffer) => {
      log.bytes = Buffer.concat([log.bytes, chunk])
    }
    child.stdout.on('data', take)
    child.stderr.on('data', take)
    const code = await new Promise<number>(resolve => child.on('close', status => resolve(status ?? 1)))
    log.bytes = Buffer.concat([log.bytes, Buffer.from('\x03')])
    return code
  }

  async function perform(run: Run): Promise<void> {
    if (run.cancelled) return
    const { workspace, version, attributes } = run
    const directory = join(work, run.id)
    const stateFile = join(work, `${workspace.id}.tfstate`)
    mkdirSync(directory)
    const archive = join(directory, 'archive.tar.gz')
    writeFileSync(archive, version.archive!)
    await promisify(execFile)('tar', ['xzf', archive, '-C', directory])
    // The state is the workspace's, whatever the module says.
    const backend = { terraform: { backend: { local: { path: stateFile } } } }
    writeFileSync(join(directory, '~~backend_override.tf.json'), JSON.stringify(backend))
    run.status = 'planning'
    run.planStatus = 'running'
    const planLog = logs.get(run.planId)!
    if ((await execute(run, planLog, directory, ['init', '-input=false', '-no-color'])) !== 0) {
      run.planStatus = 'errored'
      run.status = run.cancelled ? 'canceled' : 'errored'
      return
    }
    const list = (flag: string, name: string) => (attributes[name] ?? []).map((address: string) => `${flag}=${address}`)
    const planned = await execute(run, planLog, directory, [
      ...['plan', '-input=false', '-no-color', '-detailed-exitcode', '-out=tfplan'],
      ...(attributes['is-destroy'] ? ['-destroy'] : []),
      ...(attributes['refresh-only'] ? ['-refresh-only'] : []),
      ...list('-target', 'target-addrs'),
      ...list('-replace', 'replace-addrs'),
    ])
    run.hasChanges = planned === 2
    run.planStatus = planned === 1 ? 'errored' : 'finished'
    if (run.cancelled || planned === 1) {
      run.status = run.cancelled ? 'canceled' : 'errored'
      return
    }
    const shown = await promisify(execFile)(terraform, ['show', '-json', 'tfplan'], {
      cwd: directory,
      maxBuffer: 64 * 1024 * 1024,
    })
    run.planJson = shown.stdout
    const summary = /Plan: (\d+) to add, (\d+) to change, (\d+) to destroy/.exec(planLog.bytes.toString())
    run.counts = (summary ?? []).slice(1).map(Number)
    if (planned === 0 || attributes['plan-only'] || version.speculative) {
      run.status = 'planned_and_finished'
      return
    }
    run.status = 'planned'
    const confirmed = attributes['auto-apply'] || (await new Promise<boolean>(resolve => (run.confirm = resolve)))
    if (!confirmed) {
      run.status = 'discarded'
      return
    }
    run.status = 'applying'
    run.applyStatus = 'running'
    const applied = await execute(run, logs.get(run.applyId)!, directory, [
      'apply',
      '-input=false',
      '-no-color',
      'tfplan',
    ])
    if (existsSync(stateFile)) {
      const text = readFileSync(stateFile, 'utf8')
      const id = newId('sv')
      states.set(id, { workspace, text })
      workspace.state = text
      workspace.stateId = id
    }
    run.applyStatus = applied === 0 ? 'finished' : 'errored'
    run.status = applied === 0 ? 'applied' : run.cancelled ? 'canceled' : 'errored'
  }

  function newRun(data: any): Run {
    const workspace = workspaces.get(data.relationships.workspace.data.id)!
    const named = data.relationships['configuration-version']?.data?.id ?? workspace.version
    const run: Run = {
      id: newId('run'),
      planId: newId('plan'),
      applyId: newId('apply'),
      workspace,
      version: versions.get(named)!,
      attributes: { ...data.attributes, 'created-at': new Date().toISOString() },
      status: 'pending',
      planStatus: 'pending',
      applyStatus: 'pending',
      hasChanges: false,
      cancelled: false,
      counts: [],
    }
    runs.set(run.id, run)
    logs.set(run.planId, { bytes: Buffer.alloc(0) })
    logs.set(run.applyId, { bytes: Buffer.alloc(0) })
    workspace.lastRun = run.id
    workspace.queue = workspace.queue
      .then(() => perform(run))
      .catch(error => {
        run.status = 'errored'
        unknown.push(`run ${run.id}: ${error.stack}`)
      })
    return run
  }

  function cancel(run: Run): void {
    run.cancelled = true
    if (run.status === 'pending') run.status = 'canceled'
    run.confirm?.(false)
    if (run.process?.pid !== undefined && run.process.exitCode === null) {
      try {
        process.kill(-run.process.pid, 'SIGINT')
      } catch {
        // It has just ended.
      }
    }
  }

  const outputsOf = (text: string) =>
    Object.entries<any>(JSON.parse(text).outputs ?? {}).map(([name, { value, type, sensitive }]) =>
      resource('state-version-outputs', `wsout-${name}`, {
        name,
        type,
        sensitive: sensitive ?? false,
        value: sensitive ? null : value,
      }),
    )

  const http = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', chunk => chunks.push(chunk))
    request.on('end', () => {
      if (server.fault?.(request, response)) return
      const body = Buffer.concat(chunks)
      try {
        answer(request, response, body)
      } catch (error) {
        unknown.push(`${request.method} ${request.url}: ${(error as Error).stack}`)
        response.writeHead(500).end()
      }
    })
  })

  function answer(request: IncomingMessage, response: ServerResponse, body: Buffer): undefined {
    const { pathname: path, searchParams } = new URL(request.url ?? '/', 'http://localhost')
    const { method } = request
    requests.push(`${method} ${path}`)
    const send = (value: object | undefined, status = 200): undefined => {
      response.writeHead(status, {
        'content-type': contentType,
        'TFP-API-Version': '2.6',
        'TFP-AppName': 'HCP Terraform',
      })
      response.end(value === undefined ? undefined : JSON.stringify(value))
    }
    const one = (data: object | undefined, status = 200) => (data ? send({ data }, status) : none())
    const many = (data: readonly object[]) =>
      send({
        data,
        meta: { pagination: { 'current-page': 1, 'next-page': null, 'total-pages': 1, 'total-count': data.length } },
      })
    const none = () => send({ errors: [{ status: '404', title: 'not found' }] }, 404)
    const refuse = (status: number, detail: string) =>
      send({ errors: [{ status: `${status}`, title: 'invalid', detail }] }, status)
    const data = () => JSON.parse(body.toString()).data
    let match: RegExpExecArray | null
    const is = (wanted: string, pattern: RegExp) => {
      match = method === wanted ? pattern.exec(path) : null
      return match !== null
    }

    // Addresses that are good by themselves.
    if (is('PUT', /^\/upload\/(cv-\w+)$/)) {
      const version = versions.get(match![1]!)!
      version.archive = body
      version.status = 'uploaded'
      if (!version.speculative) version.workspace.version = version.id
      response.end()
      return
    }
    if (is('GET', /^\/log\/(\w+-\w+)$/)) {
      const offset = Number(searchParams.get('offset') ?? 0)
      const limit = Number(searchParams.get('limit') ?? 65_536)
      response.end(logs.get(match![1]!)!.bytes.subarray(offset, offset + limit))
      return
    }
    if (path === '/api/v2/ping') return send(undefined, 204)
    if (request.headers.authorization !== `Bearer ${token}`) {
      return send({ errors: [{ status: '401', title: 'unauthorized' }] }, 401)
    }
    if (is('GET', /^\/state\/(sv-\w+)$/)) {
      response.end(states.get(match![1]!)!.text)
      return
    }

    const organization = '/api/v2/organizations/acme'
    if (path === organization) return one(resource('organizations', 'acme', { name: 'acme', 'external-id': 'org-1' }))
    if (path === `${organization}/entitlement-set`) {
      return one(resource('entitlement-sets', 'org-1', { operations: true, 'state-storage': true }))
    }
    if (path === `${organization}/capacity`) {
      return one(resource('organization-capacity', 'acme', { pending: 0, running: 0 }))
    }
    if (path === `${organization}/runs/queue`) return many([])
    if (path === `${organization}/projects`) {
      if (method === 'GET') {
        const wanted = searchParams.get('filter[names]')
        const found = [...projects].filter(([, name]) => wanted === null || wanted.split(',').includes(name))
        return many(found.map(([id, name]) => resource('projects', id, { name })))
      }
      const { name } = data().attributes
      if ([...projects.values()].includes(name)) return refuse(422, 'Name has already been taken')
      const id = newId('prj')
      projects.set(id, name)
      return one(resource('projects', id, { name }), 201)
    }
    if (path === `${organization}/workspaces`) {
      if (method === 'GET') return many([...workspaces.values()].map(shownWorkspace))
      const { attributes, relationships } = data()
      if ([...workspaces.values()].some(one => one.attributes['name'] === attributes.name)) {
        return refuse(422, 'Name has already been taken')
      }
      const workspace: Workspace = {
        id: newId('ws'),
        attributes,
        project: relationships?.project?.data?.id,
        variables: new Map(),
        version: undefined,
        state: undefined,
        stateId: undefined,
        locked: false,
        lastRun: undefined,
        queue: Promise.resolve(),
      }
      workspaces.set(workspace.id, workspace)
      return one(shownWorkspace(workspace), 201)
    }
    if (is('GET', /^\/api\/v2\/organizations\/acme\/workspaces\/([^/]+)$/)) {
      const workspace = [...workspaces.values()].find(({ attributes }) => attributes['name'] === match![1])
      return one(workspace && shownWorkspace(workspace))
    }
    const inWorkspace = /^\/api\/v2\/workspaces\/(ws-\w+)(\/.*)?$/.exec(path)
    if (inWorkspace) {
      const workspace = workspaces.get(inWorkspace[1]!)
      return workspace ? answerWorkspace(workspace, inWorkspace[2] ?? '') : none()
    }
    if (is('GET', /^\/api\/v2\/configuration-versions\/(cv-\w+)$/)) {
      const version = versions.get(match![1]!)
      return one(version && resource('configuration-versions', version.id, { status: version.status }))
    }
    if (is('POST', /^\/api\/v2\/runs$/)) {
      const { relationships } = data()
      const workspace = workspaces.get(relationships.workspace.data.id)
      if (!workspace) return none()
      if (!relationships['configuration-version'] && !workspace.version)
        return refuse(422, 'Configuration version is missing')
      return one(shownRun(newRun(data())), 201)
    }
    const inRun = /^\/api\/v2\/runs\/(run-\w+)(?:\/(.*))?$/.exec(path)
    if (inRun) {
      const run = runs.get(inRun[1]!)
      if (!run) return none()
      switch (inRun[2]) {
        case undefined:
          return one(shownRun(run))
        case 'actions/apply':
          run.confirm?.(true)
          return send(undefined, 202)
        case 'actions/discard':
          run.confirm?.(false)
          return send(undefined, 202)
        case 'actions/cancel':
          cancel(run)
          return send(undefined, 202)
        default:
          return many([])
      }
    }
    if (is('GET', /^\/api\/v2\/plans\/(plan-\w+)\/json-output-redacted$/)) {
      response.end([...runs.values()].find(run => run.planId === match![1])!.planJson)
      return
    }
    if (is('GET', /^\/api\/v2\/(plans|applies)\/(\w+-\w+)$/)) {
      const id = match![2]!
      const run = [...runs.values()].find(({ planId, applyId }) => planId === id || applyId === id)!
      const [additions, changes, destructions] = run.counts
      const isPlan = match![1] === 'plans'
      return one(
        resource(match![1]!, id, {
          status: isPlan ? run.planStatus : run.applyStatus,
          'has-changes': run.hasChanges,
          'log-read-url': `${url}/log/${id}`,
          'resource-additions': additions ?? 0,
          'resource-changes': changes ?? 0,
          'resource-destructions': destructions ?? 0,
        }),
      )
    }
    unknown.push(`${method} ${path}`)
    none()

    function answerWorkspace(workspace: Workspace, rest: string): undefined {
      if (rest === '' && method === 'GET') return one(shownWorkspace(workspace))
      if (rest === '' && method === 'PATCH') {
        workspace.attributes = { ...workspace.attributes, ...data().attributes }
        return one(shownWorkspace(workspace))
      }
      if (rest === '' && method === 'DELETE') {
        workspaces.delete(workspace.id)
        return send(undefined, 204)
      }
      if (rest === '/actions/safe-delete') {
        const resources = workspace.state === undefined ? [] : JSON.parse(workspace.state).resources
        if (resources.length > 0) return refuse(409, 'the workspace manages resources')
        workspaces.delete(workspace.id)
        return send(undefined, 204)
      }
      if (rest === '/actions/lock') {
        if (workspace.locked) return refuse(409, 'already locked')
        workspace.locked = true
        return one(shownWorkspace(workspace))
      }
      if (/^\/actions\/(force-)?unlock$/.test(rest)) {
        workspace.locked = false
        return one(shownWorkspace(workspace))
      }
      if (rest === '/vars' || rest === '/all-vars') {
        if (method === 'GET') {
          // What is sensitive can be written, and not read.
          const shown = ([id, variable]: [string, Attributes]) =>
            resource('vars', id, variable['sensitive'] ? { ...variable, value: null } : variable)
          return many([...workspace.variables].map(shown))
        }
        const { attributes } = data()
        const same = (one: Attributes) => one['key'] === attributes.key && one['category'] === attributes.category
        if ([...workspace.variables.values()].some(same)) return refuse(422, 'Key has already been taken')
        const id = newId('var')
        workspace.variables.set(id, attributes)
        return one(resource('vars', id, attributes), 201)
      }
      const variable = /^\/vars\/(var-\w+)$/.exec(rest)
      if (variable) {
        const before = workspace.variables.get(variable[1]!)
        if (!before) return none()
        if (method === 'DELETE') {
          workspace.variables.delete(variable[1]!)
          return send(undefined, 204)
        }
        const { attributes } = data()
        if (before['sensitive'] && attributes.sensitive === false) return refuse(422, 'Sensitive cannot be changed')
        workspace.variables.set(variable[1]!, { ...before, ...attributes })
        return one(resource('vars', variable[1]!, attributes))
      }
      if (rest === '/configuration-versions') {
        const id = newId('cv')
        const { speculative = false } = data().attributes
        versions.set(id, { id, workspace, speculative, status: 'pending' })
        const attributes = { status: 'pending', 'upload-url': `${url}/upload/${id}`, source: 'tfe-api', speculative }
        return one(resource('configuration-versions', id, attributes), 201)
      }
      if (rest === '/runs') {
        return many(
          [...runs.values()]
            .filter(run => run.workspace === workspace)
            .reverse()
            .map(shownRun),
        )
      }
      if (rest === '/current-state-version') {
        if (workspace.stateId === undefined) return none()
        const address = `${url}/state/${workspace.stateId}`
        return one(
          resource('state-versions', workspace.stateId, {
            serial: JSON.parse(workspace.state!).serial,
            status: 'finalized',
            'hosted-state-download-url': address,
            'hosted-json-state-download-url': address,
            'resources-processed': true,
          }),
        )
      }
      if (rest === '/current-state-version-outputs') return many(workspace.state ? outputsOf(workspace.state) : [])
      if (rest.startsWith('/relationships')) return many([])
      unknown.push(`${method} ${path}`)
      none()
    }
  }

  await new Promise<void>(done => http.listen(0, '127.0.0.1', done))
  url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`
  return {
    url,
    token,
    requests,
    unknown,
    workspaces: () => [...workspaces.values()].map(({ attributes }) => attributes['name']),
    projects: () => [...projects.values()],
    variables: name =>
      [...workspaces.values()]
        .filter(({ attributes }) => attributes['name'] === name)
        .flatMap(workspace => [...workspace.variables.values()]),
    get fault() {
      return server.fault
    },
    set fault(fault) {
      server.fault = fault
    },
    async close() {
      for (const run of runs.values()) cancel(run)
      await Promise.all([...workspaces.values()].map(workspace => workspace.queue))
      http.closeAllConnections()
      await new Promise(done => http.close(done))
    },
  }
}
