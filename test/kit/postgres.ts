import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { Client } from 'pg'

/** A PostgreSQL server of the test run's own, reached by a socket in a temporary folder. */
export interface Postgres {
  /** A new, empty database's URL. */
  database(): Promise<string>
  /** The socket that it listens on. */
  readonly socket: string
  /** Kills the server at once, with everything that it forked, as a crash does. */
  kill(): Promise<void>
  /** Starts it again on the same data. */
  start(): Promise<void>
  /** Stops it for good and removes its folder. */
  remove(): Promise<void>
}

const run = promisify(execFile)

/** Where the server's programs lie: Debian keeps them off the PATH. */
export function postgresPrograms(): string | undefined {
  const debian = '/usr/lib/postgresql'
  const versions = existsSync(debian) ? readdirSync(debian).sort((one, other) => Number(other) - Number(one)) : []
  const folders = [
    ...versions.map(version => join(debian, version, 'bin')),
    ...(process.env['PATH'] ?? '').split(delimiter),
  ]
  return folders.find(folder => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')))
}

/** PostgreSQL refuses to run as root: then it runs as nobody. */
function otherUser(): { readonly uid: number; readonly gid: number } | undefined {
  return process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : undefined
}

/** Makes a cluster and starts it. `programs` is what postgresPrograms found. */
export async function startPostgres(programs: string): Promise<Postgres> {
  const user = otherUser()
  const folder = mkdtempSync(join(tmpdir(), 'bellhop-pg-'))
  const data = join(folder, 'data')
  mkdirSync(data, { mode: 0o700 })
  if (user) for (const path of [folder, data]) chownSync(path, user.uid, user.gid)
  const env = { PATH: process.env['PATH'], LC_ALL: 'C' }
  const options = { ...user, env, cwd: folder }
  await run(
    join(programs, 'initdb'),
    ['--pgdata', data, '--username', 'bellhop', '--auth', 'trust', '--encoding', 'UTF8', '--no-sync'],
    options,
  )
  let server: ChildProcess | undefined
  let databases = 0
  const url = (database: string) => `postgresql://bellhop@localhost/${database}?host=${encodeURIComponent(folder)}`

  async function start(): Promise<void> {
    const args = [
      '-D',
      data,
      '-k',
      folder,
      '-c',
      'listen_addresses=',
      '-c',
      'max_connections=100',
      '-c',
      'log_min_messages=fatal',
    ]
    server = spawn(join(programs, 'postgres'), args, { ...options, stdio: 'ignore', detached: true })
    for (const end = Date.now() + 30_000; ; ) {
      const client = new Client({ connectionString: url('postgres') })
      try {
        await client.connect()
        await client.end()
        return
      } catch (error) {
        if (server.exitCode !== null || Date.now() > end) throw error
        await new Promise(resolve => setTimeout(resolve, 50))
      }
    }
  }
  const exited = async (signal: NodeJS.Signals, group: boolean) => {
    const child = server
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const gone = new Promise(resolve => child.once('exit', resolve))
    process.kill(group ? -child.pid! : child.pid!, signal)
    await gone
  }

  await start()
  return {
    socket: join(folder, '.s.PGSQL.5432'),
    async database() {
      databases += 1
      const name = `test${databases}`
      const client = new Client({ connectionString: url('postgres') })
      await client.connect()
      await client.query(`create database ${name}`)
      await client.end()
      return url(name)
    },
    kill: () => exited('SIGKILL', true),
    start,
    async remove() {
      await exited('SIGQUIT', false)
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
    },
  }
}
