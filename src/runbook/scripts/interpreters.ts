import { lstatSync, realpathSync } from 'node:fs'
import { dirname, isAbsolute } from 'node:path'
import { runProcess } from '../../processes/run.ts'
import { closedPath, type ProcessUser } from '../../processes/user.ts'
import { baseEnvironment, type Environment, onPath } from './environment.ts'
import { program } from './program/index.ts'
import { requestFor, type ScriptRules } from './request.ts'

export interface Python {
  /** The interpreter itself: what a shim of pyenv and the like leads to. */
  readonly command: string
  readonly version: string
  /** What it imports from. */
  readonly path: readonly string[]
  readonly isolation: readonly string[]
  /** Whom it runs as; undefined: the server's own user. */
  readonly user?: ProcessUser
}

/** Isolated (no PYTHON* variables, no user site, no current directory on the path), and no bytecode written. */
export const pythonArguments = (...words: string[]) => ['-I', '-B', '-c', program, ...words]

/** The first Python that the user can really run, or in words why there is none. */
export async function findPython(
  env: Environment,
  user: ProcessUser | undefined,
  rules: ScriptRules,
  warn: (text: string) => void,
): Promise<Python | string> {
  const wanted = env['BELLHOP_PYTHON']
  const candidates = new Set([...onPath('python3', env), '/usr/bin/python3'])
  for (const command of wanted ? [wanted, ...candidates] : candidates) {
    const python = await probe(command, user, env, rules)
    if (!python) continue
    if (wanted && command !== wanted) {
      warn(`BELLHOP_PYTHON (${wanted}) cannot be run ${as(user)}; scripts run with ${command}.`)
    }
    return python
  }
  if (user) {
    for (const command of wanted ? [wanted, ...candidates] : candidates) {
      const python = await probe(command, undefined, env, rules)
      if (!python) continue
      const closed = closedPath(python.command, user, 'execute')
      const why = closed === undefined ? '' : `: ${closed} is closed to it`
      warn(`No python3 can be run ${as(user)}${why}; scripts run with ${python.command} as the server's own user.`)
      return python
    }
  }
  return 'No python3 of version 3.7 or later was found on this server (BELLHOP_PYTHON, PATH, /usr/bin/python3).'
}

function as(user: ProcessUser | undefined): string {
  return user ? `as uid ${user.uid}` : "as the server's own user"
}

/** Milliseconds for a Python to start and confine itself. */
const probeTime = 30_000

async function probe(
  command: string,
  user: ProcessUser | undefined,
  env: Environment,
  rules: ScriptRules,
): Promise<Python | undefined> {
  const run = {
    directory: '/',
    environment: {},
    become: null,
    ownUser: user !== undefined,
    command: null,
    readable: [],
    parent: process.pid,
    proxy: null,
  }
  try {
    const { channel } = await runProcess({
      command,
      args: pythonArguments('once'),
      cwd: '/',
      env: baseEnvironment('/', env),
      stdin: requestFor(run, rules, 'probe'),
      user,
      abort: AbortSignal.timeout(probeTime),
      channel: true,
      maxOutputBytes: 65_536,
    })
    const [found, end] = channel.split('\n').map(line => JSON.parse(line || 'null'))
    if (!Array.isArray(end?.isolation)) return undefined
    return {
      command: found.executable || command,
      version: found.python,
      path: found.path,
      isolation: end.isolation,
      user,
    }
  } catch {
    // Not there, not for this user, or not a Python that can do it: the next one may.
    return undefined
  }
}

/**
 * Whether nobody but root can change what this Python is made of, so that root may run it. Looks at the interpreter and at
 * every directory it imports from, with all directories above.
 */
export function onlyRootCanChange({ command, path }: Python): boolean {
  return [command, ...path.filter(isAbsolute)].every(safeForRoot)
}

function safeForRoot(path: string): boolean {
  try {
    return ownedByRoot(path) && ownedByRoot(realpathSync(path))
  } catch (error) {
    // What is not there is imported by nobody, as long as nobody else can make it.
    return (error as NodeJS.ErrnoException).code === 'ENOENT' && safeForRoot(dirname(path))
  }
}

function ownedByRoot(path: string): boolean {
  const { uid, mode } = lstatSync(path)
  const isLink = (mode & 0o170000) === 0o120000
  if (uid !== 0 || (!isLink && (mode & 0o022) !== 0)) return false
  const parent = dirname(path)
  return parent === path || ownedByRoot(parent)
}
