/**
 * `npm run cluster`: two nodes on one PostgreSQL, to try out what happens when one is killed. The database is the one in
 * BELLHOP_DATABASE_URL, or one of its own where PostgreSQL's server programs are installed. Ctrl-C stops everything.
 */
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { postgresPrograms, startPostgres } from '../test/kit/postgres.ts'
import { root, startServerProcess } from './server-process.ts'

const data = join(root, 'bellhop-data/cluster')
mkdirSync(data, { recursive: true })
const given = process.env['BELLHOP_DATABASE_URL']
const programs = postgresPrograms()
if (!given && !programs) {
  process.stderr.write('Set BELLHOP_DATABASE_URL, or install PostgreSQL (Debian: postgresql).\n')
  process.exit(1)
}
const postgres = given ? undefined : await startPostgres(programs!)
const url = given ?? (await postgres!.database())
const keyFile = join(data, 'secret.key')
if (!existsSync(keyFile)) writeFileSync(keyFile, randomBytes(32).toString('base64'), { mode: 0o600 })

const nodes = await Promise.all(
  [1, 2].map(number =>
    startServerProcess(
      ['--port', String(4879 + number), '--data', join(data, `node-${number}`), '--database-url', url],
      {
        ...process.env,
        BELLHOP_SECRET_KEY: process.env['BELLHOP_SECRET_KEY'] ?? readFileSync(keyFile, 'utf8').trim(),
      },
      'inherit',
    ),
  ),
)
for (const { child, url: address } of nodes)
  process.stdout.write(`bellhop: listening on ${address}, process ${child.pid}\n`)
process.stdout.write(`
  export AWS_SHARED_CREDENTIALS_FILE=${join(data, 'node-1/credentials')} AWS_PROFILE=bellhop AWS_REGION=us-east-1
  kill -9 ${nodes[1]!.child.pid}      # its work goes on at the other within some ten seconds
`)

let open = nodes.length
const stop = () => {
  for (const { child } of nodes) child.kill('SIGTERM')
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop)
for (const { child } of nodes) {
  child.once('exit', async () => {
    open -= 1
    if (open > 0) return
    await postgres?.remove()
    process.exit(0)
  })
}
