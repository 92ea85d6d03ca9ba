// Runs before `npm test`, `npm run demo` and the others: installs what the lockfile names, once, so that each of
// them works as the very first command in a fresh clone. Plain JavaScript, because it runs on whatever Node is there.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const stamp = join(root, 'node_modules', '.bellhop-installed')
const wanted = createHash('sha256')
  .update(readFileSync(join(root, 'package-lock.json')))
  .digest('hex')

if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) {
  process.stderr.write('Installing dependencies (npm ci, once) ...\n')
  const npm = process.env.npm_execpath ? [process.execPath, process.env.npm_execpath] : ['npm']
  const done = spawnSync(npm[0], [...npm.slice(1), 'ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    // npm started from an npm script inherits its settings as variables; those must not decide what is installed.
    env: { ...process.env, npm_config_ignore_scripts: 'false', npm_config_omit: '', npm_config_include: 'dev' },
  })
  if (done.status !== 0) {
    process.stderr.write('npm ci failed; see above.\n')
    process.exit(done.status ?? 1)
  }
  writeFileSync(stamp, wanted)
}
