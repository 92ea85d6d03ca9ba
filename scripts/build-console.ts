/**
 * Builds the console's pages into dist/console, installing first what its own lockfile names. With --if-needed: only when
 * they are not built yet, or its sources have changed since; and then a failure is told and forgiven, since the server does
 * everything else without them.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const folder = join(root, 'console')
const stamp = join(root, 'dist/console/.built-from')
const installed = join(folder, 'node_modules/.bellhop-installed')
const onlyIfNeeded = process.argv.includes('--if-needed')

const hash = (files: readonly string[]) => {
  const sum = createHash('sha256')
  for (const file of files) sum.update(`${file}\n`).update(readFileSync(join(folder, file)))
  return sum.digest('hex')
}
const sources = globSync(['src/**/*', 'public/*', '*.ts', '*.html', 'package-lock.json'], { cwd: folder })
  .filter(file => /\.\w+$/.test(file) && !/\.test\.ts$/.test(file))
  .sort()
const wanted = hash(sources)

function run(command: string, args: readonly string[]): boolean {
  const env = { ...process.env, npm_config_omit: '', npm_config_include: 'dev' }
  return spawnSync(command, args, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'], env }).status === 0
}

function build(): boolean {
  const lock = hash(['package-lock.json'])
  if (!existsSync(installed) || readFileSync(installed, 'utf8') !== lock) {
    process.stderr.write('Installing what the console is built with (npm ci, once) ...\n')
    const npm = process.env['npm_execpath'] ? [process.execPath, process.env['npm_execpath']] : ['npm']
    const flags = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
    if (!run(npm[0]!, [...npm.slice(1), ...flags])) return false
    writeFileSync(installed, lock)
  }
  process.stderr.write('Building the console ...\n')
  if (!run(process.execPath, [join(folder, 'node_modules/vite/bin/vite.js'), 'build', '--logLevel', 'warn']))
    return false
  writeFileSync(stamp, wanted)
  return true
}

const isBuilt = existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted
if (!(onlyIfNeeded && isBuilt) && !build()) {
  process.stderr.write('The console could not be built; see above.\n')
  if (!onlyIfNeeded) process.exit(1)
}
