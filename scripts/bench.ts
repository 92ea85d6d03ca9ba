/**
 * Benchmarks: each figure a ratio taken in one run, written to docs/benchmarks.md. Nothing here is a test.
 * Usage: node scripts/bench.ts [rounds]
 */
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { availableParallelism, cpus, totalmem } from 'node:os'
import { join } from 'node:path'
import { benchCli } from '../bench/cli.ts'

const root = join(import.meta.dirname, '..')
const rounds = Number(process.argv[2] ?? 25)
if (!Number.isInteger(rounds) || rounds < 1) {
  process.stderr.write('usage: npm run bench [-- ROUNDS]\n')
  process.exit(2)
}
const built = spawnSync(process.execPath, [join(import.meta.dirname, 'build.ts')], { stdio: 'inherit' })
if (built.status !== 0) process.exit(1)

const sections = [await benchCli(rounds)]
const text = `# Benchmarks

Written by \`npm run bench\`; run it to repeat them (\`npm run bench -- 50\` for 50 rounds). Read the ratios: both sides of
each were taken in the same run, in turns, so they hold where milliseconds do not.

Machine: ${machine()}.

${sections.join('\n')}`
writeFileSync(join(root, 'docs', 'benchmarks.md'), text)
process.stdout.write(`${text}\nwrote docs/benchmarks.md\n`)

function machine(): string {
  const aws = spawnSync('/usr/bin/aws', ['--version'], { encoding: 'utf8' })
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB of memory`
  const versions = [
    `Node ${process.versions.node}`,
    aws.status === 0 ? aws.stdout.split(' ').slice(0, 2).join(' ') : [],
  ]
  const processor = cpus()[0]?.model.trim() || 'unknown processor'
  return `${process.platform} ${process.arch}, ${availableParallelism()} cores (${processor}), ${memory}, ${versions.flat().join(', ')}`
}
