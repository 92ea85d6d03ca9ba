import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createAws } from '../aws/index.ts'
import type { Execution } from '../catalog/execution.ts'
import { idsFrom } from '../catalog/ids.ts'
import { accountsBelow, organizationOf } from '../catalog/organization.ts'
import { createEngines } from '../engines/index.ts'
import { createNodes } from '../nodes/index.ts'
import type { Services } from '../operations/operation.ts'
import { createMessageWaiter } from '../operations/sqs/message-waiter.ts'
import { childUser } from '../processes/user.ts'
import { readReadyMadeDocuments } from '../runbook/ready-made.ts'
import { createScriptRunner } from '../runbook/scripts/runner.ts'
import { lockDataDirectory } from '../storage/sqlite/lock.ts'
import { automationTools } from '../worker/automation-tools.ts'
import type { Clock } from '../worker/clock.ts'
import { engineTools } from '../worker/engine-tools.ts'
import { Gate } from '../worker/gate.ts'
import { Worker } from '../worker/worker.ts'
import { ensureAdministrator, sealOldKeys } from './administrator.ts'
import { artifactParameters } from './artifact-parameters.ts'
import { createArtifactSource } from './artifacts/source.ts'
import { ArtifactStore } from './artifacts/store.ts'
import { createUpload, uploadPath } from './artifacts/upload.ts'
import { attachmentOf, createAttachmentStore } from './attachments.ts'
import type { Config } from './config.ts'
import { consoleRoutes } from './console/routes.ts'
import { openDatabase } from './database.ts'
import { documentRules } from './document-rules.ts'
import { engineServices } from './engine-services.ts'
import { createExecutionRights } from './execution-rights.ts'
import { createAccessExplainer } from './explain/index.ts'
import { createRefusedCalls } from './explain/refused-calls.ts'
import { Commits } from './health/commits.ts'
import { configuredEngines } from './health/configured-engines.ts'
import { EngineSightings } from './health/engine-sightings.ts'
import { createHealth } from './health/index.ts'
import { createHttpServer } from './http.ts'
import { hasLimits, limitsOf } from './limits.ts'
import type { Log } from './log.ts'
import { createNotifier } from './notifications/index.ts'
import { createObserver } from './observe/index.ts'
import { type Backlog, createMetrics } from './observe/metrics.ts'
import { observationRoutes } from './observe/routes.ts'
import { isLoopback, type ServerOptions } from './options.ts'
import { allowedHosts } from './outbound.ts'
import { createOwnApi } from './own-api.ts'
import { createPipeline, type Entrance, signedRequests } from './pipeline.ts'
import { createPrincipals } from './principals.ts'
import { withReadyMadeDocuments } from './ready-made-documents.ts'
import { startRetention } from './retention.ts'
import { sideRoutes } from './routes.ts'
import { createRuleAttributes } from './rule-attributes.ts'
import { createSecretBox } from './secret-box.ts'
import { readSecretKey } from './secret-key.ts'
import { testSecrets } from './secret-self-test.ts'
import { StartError } from './start-error.ts'
import { createTerraformBackend, createTerraformStates, statePath } from './terraform-states.ts'
import { postToWebhook } from './webhooks.ts'
import { refuseRequests } from './worker-answers.ts'

interface Surroundings {
  readonly config: Config
  /** The package's. */
  readonly version: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly clock: Clock
  readonly randomBytes: (size: number) => Uint8Array
  readonly log: Log
}

export interface RunningServer {
  /** E.g. http://127.0.0.1:4880 */
  readonly url: string
  /** Takes no more requests, lets those in hand end, leaves running work in the journal and closes storage. */
  close(): Promise<void>
}

/** How long requests in hand may take when the server is told to stop. */
const graceMilliseconds = 5_000

/** Puts the rooms together and listens. The only place that knows all of them. */
export async function startServer(options: Omit<ServerOptions, 'configFile'> & Surroundings): Promise<RunningServer> {
  const { config, env, clock, randomBytes, log, accountId } = options
  const asRoot = process.getuid?.() === 0
  const directories = prepareDataDirectory(options.dataDirectory, asRoot)
  const unlock = lockDataDirectory(directories.data)
  try {
    const warn = once((text: string) => log.warn(text))
    const metrics = (config.metrics ?? isLoopback(options.host)) ? createMetrics(backlog) : undefined
    async function backlog(): Promise<Backlog> {
      const now = clock.now()
      const { running, due, oldest } = await database.storage.executions.backlog(now)
      const ageOf = (since: number | undefined) => (since === undefined ? 0 : (now.getTime() - since) / 1000)
      const load = hasLimits(config.limits) ? await database.storage.places.load() : new Map()
      const limits = new Map(
        [...load].map(([key, { since, ...counts }]) => [key, { ...counts, oldestSeconds: ageOf(since) }]),
      )
      return { running, due, oldestSeconds: ageOf(oldest), limits }
    }
    const random = () => randomBytes(1)[0]! / 256
    const commits = new Commits()
    const sightings = new EngineSightings(() => clock.now().getTime())
    const database = await openDatabase({
      dataDirectory: directories.data,
      databaseUrl: options.databaseUrl,
      role: options.role,
      most: config.limits.node,
      clock,
      random,
      warn: text => log.warn(text),
      report: (message, error) => log.error(message, error),
      wrote: seconds => {
        metrics?.writeSeconds.observe(seconds)
        commits.add(seconds)
      },
    })
    const storage = withReadyMadeDocuments(database.storage, readReadyMadeDocuments())
    const observer = createObserver(log, metrics)
    const ids = idsFrom(randomBytes)
    const inUse = (await storage.accessKeys.secrets()).some(({ sealed }) => sealed !== null)
    const needsKey = inUse || database.shared
    const secrets = createSecretBox(readSecretKey(directories.data, env, randomBytes, needsKey), randomBytes)
    const administration = { storage, secrets, ids, now: clock.now }
    const oldSecrets = await sealOldKeys(administration)
    if (oldSecrets.length > 0) await database.compact()
    await testSecrets({ storage, secrets, atRest: database.atRest, oldSecrets, randomBytes })
    const administrator = { ...administration, dataDirectory: directories.data }
    await ensureAdministrator({ ...administrator, accountId, profile: 'bellhop', env })
    for (const account of config.accounts) {
      if (account === accountId) continue
      // The environment's key is the one account's.
      await ensureAdministrator({ ...administrator, accountId: account, profile: `bellhop-${account}`, env: {} })
    }

    if (Object.keys(config.console.oidc).length > 0 && config.console.url === undefined && !isLoopback(options.host)) {
      throw new StartError('console.oidc needs console.url: the address that people open the console at.')
    }
    if (asRoot) warn('The server runs as root; scripts and engines run as another user where they can.')
    if (!isLoopback(options.host))
      warn(`The server listens on ${options.host} without TLS: requests can be read and replayed by whoever sees them.`)
    const user = childUser()
    const scriptsDirectory = prepareScriptsDirectory(directories.data)
    const scripts = createScriptRunner({
      settings: config.scripts,
      directory: scriptsDirectory,
      user,
      env: config.aws.endpoint === undefined ? env : { ...env, AWS_ENDPOINT_URL: config.aws.endpoint },
      warn,
    })
    const nodesOf = createNodes({
      config: config.nodes,
      configDirectory: config.directory,
      directory: directories.commands,
      env,
    })
    const messages = createMessageWaiter(
      (milliseconds, callback) => clock.at(clock.now().getTime() + milliseconds, callback),
      database.shared ? 1_000 : undefined,
    )
    const hosts = allowedHosts(config.outbound.allow, env)
    const aws = createAws({ ...config.aws, env, now: () => clock.now().getTime() })
    const artifactStore = new ArtifactStore({ storage, aws, config: config.artifacts, now: clock.now, accountId })
    const artifactSource = createArtifactSource({
      aws,
      store: artifactStore,
      allowedHosts: hosts,
    })
    let url = ''
    // Whoever listens everywhere is reached on the loopback address, too.
    const stateKeeping = { storage, secrets, clock, url: () => url.replace('//0.0.0.0:', '//127.0.0.1:') }
    const engines = createEngines({
      aws,
      env,
      config: config.engines,
      terraformCloud: config.terraformCloud,
      terraform: { config: config.terraform, states: createTerraformStates(stateKeeping) },
      configDirectory: config.directory,
      jobsDirectory: directories.jobs,
      stateDirectory: directories.engines,
      now: () => clock.now().getTime(),
      sendMessage: async (scope, queue, body, deduplicationId) => {
        await storage.queues.send(scope, queue, JSON.stringify(body), deduplicationId, clock.now())
        messages.sent(scope, queue)
      },
      artifacts: artifactSource,
      cloudFormation: { ...config.cloudFormation, publish: content => artifactStore.publish(content) },
      onExit: token => dispatcher.wake(executionOf(token)),
      warn,
      user,
    })
    const principals = createPrincipals(storage)
    const rights = createExecutionRights({ storage, principals, clock })
    const ownApi = createOwnApi({
      answerOwn: call => pipeline.answerOwn(call),
      rights,
      now: () => clock.now().getTime(),
    })
    const awsOf = (execution: Execution) => {
      const api = aws.as({ ...execution.scope, roleArn: execution.roleArn, sessionName: execution.id })
      const judged = execution.roleArn === undefined ? rights.callersAws(api, execution) : api
      return config.aws.bellhopServes ? ownApi(judged, execution) : judged
    }
    const wake = (executionId: string) => dispatcher.wake(executionId)
    const limits = limitsOf(config.limits)
    // Limits that were taken away since have left places and lines.
    const counts = options.role !== 'api' && (hasLimits(config.limits) || !(await storage.places.isEmpty()))
    const gate = counts
      ? new Gate({ limits, storage, clock, name: ids.uuid(), random, wake, report: log.error, observer })
      : undefined
    const worker = new Worker({
      storage,
      clock,
      ids,
      report: log.error,
      observer,
      gate,
      mayPassRole: rights.mayPassRole,
      tools: (execution, signals) => ({
        runScript: scripts.run,
        attachment: name => attachmentOf(execution, name, storage, artifactStore),
        nodes: nodesOf(execution.scope.accountId),
        commandDocument: async (name, version) => {
          const document = await storage.documents.get(execution.scope, name)
          const number = version === undefined || version === '$DEFAULT' ? document?.defaultVersion : version
          const found = number === '$LATEST' ? document?.latestVersion : number
          return found && (await storage.documents.getVersion(execution.scope, name, found))?.content
        },
        serverCredentialsForScripts: config.scripts.serverCredentials,
        engine: engineTools(storage, engines.engineFor, execution, signals, sightings),
        aws: awsOf(execution),
        approvals: {
          requesterMayApprove: config.approvals.requesterMayApprove,
          notify: notification =>
            storage.notifications.enqueue({ ...notification, scope: execution.scope }, clock.now()),
        },
        automations: automationTools({ storage, clock, wake, mayPassRole: rights.mayPassRole }, execution),
        webhook: request =>
          postToWebhook({ webhooks: config.webhooks, allowedHosts: hosts, env }, execution.scope.accountId, request),
      }),
    })
    const dispatcher = database.dispatcher(worker)
    const organization = config.organization && organizationOf(config.organization)
    if (organization) {
      await storage.portfolioShares.sync(organization.id, node => accountsBelow(organization, node) ?? [])
    }
    const refusedCalls = createRefusedCalls()
    const health = createHealth({
      storage,
      database,
      clock,
      id: ids.uuid(),
      accountId,
      role: options.role,
      version: options.version,
      address: () => url,
      worker,
      commits,
      sightings,
      engines: configuredEngines(config),
      report: log.error,
    })
    const services: Services = {
      access: createAccessExplainer({ storage, principals, refusedCalls, clock }),
      storage,
      clock,
      ids,
      secrets,
      executions: dispatcher,
      messages,
      documents: documentRules,
      approvals: config.approvals,
      attachments: createAttachmentStore(artifactSource, artifactStore),
      artifacts: artifactParameters(engines.engineFor, artifactStore),
      ruleAttributes: createRuleAttributes(aws),
      engines: engineServices(storage, engines.engineFor),
      organization,
      health,
      limits,
    }

    const notifier = createNotifier({ storage, clock, config, env, dataDirectory: directories.data, randomBytes, log })

    let ready = false
    const report = (message: string, error: unknown, requestId: string) => log.error(message, error, { requestId })
    const pipeline = createPipeline({
      services,
      principals,
      ids,
      refusedCalls,
      observer,
      report,
      endpoint: () => url,
    })
    const uploadBy = (claim: Entrance['claim']) => createUpload({ services, store: artifactStore, ids, report, claim })
    const stateBackend = createTerraformBackend({ ...stateKeeping, report: log.error })
    const answersApi = options.role !== 'worker'
    const uploads = { method: 'PUT', path: uploadPath, answer: uploadBy(signedRequests(services, principals).claim) }
    const http = createHttpServer(
      answersApi ? pipeline.answer : refuseRequests,
      () => ready,
      sideRoutes([
        ...observationRoutes({ storage, isReady: () => ready, metrics }),
        // Engines on this node keep their state here, whatever else it answers.
        { method: '*', path: `${statePath}*`, answer: stateBackend },
        ...(answersApi
          ? [
              uploads,
              ...consoleRoutes({
                services,
                principals,
                ids,
                report,
                clock,
                pipeline,
                uploadBy,
                config: config.console,
                url: () => url,
                allowedHosts: hosts,
                log,
                env,
                configDirectory: config.directory,
              }),
            ]
          : []),
      ]),
    )
    await new Promise<void>((done, fail) => {
      http.once('error', fail)
      http.listen(options.port, options.host, () => {
        http.off('error', fail)
        done()
      })
    })
    const { port } = http.address() as AddressInfo
    const host = options.host.includes(':') ? `[${options.host}]` : options.host
    url = `http://${host}:${port}`
    await gate?.start()
    await dispatcher.start()
    await health.start()
    if (options.role !== 'api') notifier.start()
    const sweeper =
      options.role === 'api'
        ? undefined
        : startRetention({ storage, clock, retention: config.retention, warn: log.warn })
    ready = true
    // Neither waited for nor begun before the server is ready: the interpreter is run once to find out.
    setImmediate(() => {
      if (ready) void scripts.describeIsolation().then(text => log.info(text))
    })
    return {
      url,
      async close() {
        ready = false
        messages.close()
        const closed = new Promise<void>(done => http.close(() => done()))
        http.closeIdleConnections()
        const impatient = setTimeout(() => http.closeAllConnections(), graceMilliseconds)
        gate?.stop()
        await dispatcher.stop()
        await scripts.close()
        await notifier.stop()
        await sweeper?.stop()
        await health.stop()
        await closed
        clearTimeout(impatient)
        await storage.close()
        rmSync(scriptsDirectory, { recursive: true, force: true })
        unlock()
      },
    }
  } catch (error) {
    unlock()
    throw error
  }
}

/** The execution that a step's token was made for (catalog/engine-work.ts): a UUID and an ordinal. */
function executionOf(token: string): string {
  return token.slice(0, 36)
}

/**
 * The data directory and what lies in it. Only the server's user may look into it; as root, others may pass through to
 * the jobs and engines that run as them, and to nothing else.
 */
function prepareDataDirectory(given: string, asRoot: boolean) {
  const data = resolve(given)
  const passage = asRoot ? 0o711 : 0o700
  const directories = {
    data,
    jobs: join(data, 'jobs'),
    engines: join(data, 'engines'),
    commands: join(data, 'commands'),
  }
  for (const directory of Object.values(directories)) {
    mkdirSync(directory, { recursive: true })
    chmodSync(directory, passage)
  }
  return directories
}

/**
 * Where scripts get their work directories: below the system's temporary folder, which every user can reach, wherever the
 * data directory lies. What a server that was killed left behind is removed; nothing of it is needed again.
 */
function prepareScriptsDirectory(data: string): string {
  const note = join(data, 'scripts-directory')
  const prefix = join(tmpdir(), 'bellhop-scripts-')
  const left = existsSync(note) ? readFileSync(note, 'utf8') : ''
  if (left.startsWith(prefix)) rmSync(left, { recursive: true, force: true })
  const directory = mkdtempSync(prefix)
  chmodSync(directory, 0o711)
  writeFileSync(note, directory, { mode: 0o600 })
  return directory
}

/** Says each text once. */
function once(say: (text: string) => void): (text: string) => void {
  const said = new Set<string>()
  return text => {
    if (said.has(text)) return
    said.add(text)
    say(text)
  }
}
