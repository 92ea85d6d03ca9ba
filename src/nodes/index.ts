import { randomBytes } from 'node:crypto'
import { chownSync, mkdirSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join, resolve } from 'node:path'
import { runProcess } from '../processes/run.ts'
import { childUser, type ProcessUser } from '../processes/user.ts'
import type { NodeConfig, NodesConfig } from './config.ts'
import { type CommandState, cancelText, pollText, quoted, readAnswer, startText } from './shell.ts'

export type { CommandState } from './shell.ts'

/** A node could not be reached, or is not set up; nothing is known of the command. */
export class NodeUnreachable extends Error {}

export interface NodesOptions {
  readonly config: NodesConfig
  readonly configDirectory: string
  /** Where this host's commands have their folders; below it, a folder per node. */
  readonly directory: string
  readonly env: Readonly<Record<string, string | undefined>>
}

/** The managed nodes that an account may use. */
export interface Nodes {
  has(id: string): boolean
  /** Ids of the nodes that have the tag with one of these values; a key alone: that have the tag. */
  tagged(key: string, values: readonly string[] | undefined): string[]
  /** Starts a program of shell text, unless this command was started there before. Throws NodeUnreachable. */
  start(id: string, commandId: string, program: string): Promise<CommandState>
  /** How far a command is. Throws NodeUnreachable. */
  poll(id: string, commandId: string): Promise<CommandState>
  /** Ends a command and what it started. Throws NodeUnreachable. */
  cancel(id: string, commandId: string): Promise<void>
}

/** Milliseconds that one exchange with a node may take. */
const exchangeTime = 60_000

/** Commands on nodes of our own: a shell on this host, or behind the system's ssh, that is told what to do. */
export function createNodes(options: NodesOptions): (accountId: string) => Nodes {
  return accountId => {
    const usable = new Map(Object.entries(options.config).filter(([, { accounts }]) => accounts.includes(accountId)))
    const tell = async (id: string, text: (base: string) => string, mark: string): Promise<CommandState> => {
      const { stdout, stderr, exitCode } = await exchange(id, usable.get(id)!, text, options)
      const answer = readAnswer(stdout, mark)
      if (answer) return answer
      throw new NodeUnreachable(`Node ${id}: ${stderr.trim().slice(-1000) || `the shell ended with ${exitCode}`}`)
    }
    return {
      has: id => usable.has(id),
      tagged: (key, values) =>
        [...usable]
          .filter(([, { tags }]) => Object.hasOwn(tags, key) && (values?.includes(tags[key]!) ?? true))
          .map(([id]) => id),
      start: (id, commandId, program) => {
        const mark = newMark()
        return tell(id, base => startText(base, commandId, program, mark), mark)
      },
      poll: (id, commandId) => {
        const mark = newMark()
        return tell(id, base => pollText(base, commandId, mark), mark)
      },
      cancel: async (id, commandId) => {
        const { exitCode, stderr } = await exchange(id, usable.get(id)!, base => cancelText(base, commandId), options)
        if (exitCode !== 0) throw new NodeUnreachable(`Node ${id}: ${stderr.trim().slice(-1000)}`)
      },
    }
  }
}

const newMark = () => `bellhop-${randomBytes(12).toString('hex')}`

async function exchange(
  id: string,
  node: NodeConfig,
  text: (base: string) => string,
  options: NodesOptions,
): Promise<{ readonly stdout: string; readonly stderr: string; readonly exitCode: number | null }> {
  const PATH = options.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin'
  const rest = { abort: AbortSignal.timeout(exchangeTime), maxOutputBytes: 200_000 }
  try {
    if (node.connection === 'ssh') {
      const env = { PATH, HOME: options.env['HOME'] ?? '/' }
      const stdin = text('"${HOME:?}"/.bellhop/commands')
      const args = sshArguments(node, options.configDirectory)
      return await runProcess({ command: 'ssh', args, cwd: '/', env, stdin, ...rest })
    }
    const user = await localUser(node, PATH)
    const base = join(options.directory, id)
    mkdirSync(base, { recursive: true, mode: 0o700 })
    if (user) chownSync(base, user.uid, user.gid)
    const env = { PATH, HOME: base, LANG: 'C.UTF-8' }
    return await runProcess({
      command: '/bin/sh',
      args: ['-s'],
      cwd: base,
      env,
      user,
      stdin: text(quoted(base)),
      ...rest,
    })
  } catch (error) {
    if (error instanceof NodeUnreachable) throw error
    throw new NodeUnreachable(`Node ${id}: ${(error as Error).message}`)
  }
}

function sshArguments(node: Extract<NodeConfig, { connection: 'ssh' }>, directory: string): string[] {
  const options = {
    BatchMode: 'yes',
    StrictHostKeyChecking: 'yes',
    UserKnownHostsFile: resolve(directory, node.knownHostsFile),
    GlobalKnownHostsFile: '/dev/null',
    IdentitiesOnly: 'yes',
    IdentityAgent: 'none',
    ConnectTimeout: '15',
    ServerAliveInterval: '10',
    ForwardAgent: 'no',
    ForwardX11: 'no',
    PermitLocalCommand: 'no',
    LogLevel: 'ERROR',
  }
  return [
    // No configuration of the server's user has a say.
    ...['-F', '/dev/null', '-T', '-i', resolve(directory, node.identityFile), '-p', String(node.port), '-l', node.user],
    ...Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value.replaceAll('%', '%%')}`]),
    ...['--', node.host, 'exec /bin/sh -s'],
  ]
}

async function localUser(
  { user }: Extract<NodeConfig, { connection: 'local' }>,
  PATH: string,
): Promise<ProcessUser | undefined> {
  if (user === undefined) return childUser()
  if (process.getuid?.() !== 0) {
    if (user === userInfo().username) return undefined
    throw new NodeUnreachable(`Commands cannot run as ${user}: the server is not root`)
  }
  const number = async (flag: string) => {
    const { stdout } = await runProcess({
      command: 'id',
      args: [flag, user],
      cwd: '/',
      env: { PATH },
      maxOutputBytes: 100,
    })
    if (!/^\d+\n$/.test(stdout)) throw new NodeUnreachable(`There is no user ${user} on this host`)
    return Number(stdout)
  }
  return { uid: await number('-u'), gid: await number('-g') }
}
