/**
 * Writes dist/bellhop.cjs: the CLI and the server in one CommonJS file, the server's part run only for `server`. The data
 * that it reads file by file lies beside it.
 */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { buildHclWorker, buildYamlWorker, bundle, copyData } from './bundle.ts'

const outfile = join(import.meta.dirname, '..', 'dist', 'bellhop.cjs')
const { text, sizes } = await bundle()
mkdirSync(dirname(outfile), { recursive: true })
writeFileSync(outfile, text)
chmodSync(outfile, 0o755)
copyData(dirname(outfile))
await buildHclWorker(dirname(outfile))
await buildYamlWorker(dirname(outfile))
const [core, stored, packed] = [sizes.core, sizes.stored, sizes.packed].map(size => `${Math.round(size / 1000)} kB`)
process.stdout.write(`wrote ${outfile}: ${core} that every call runs, ${stored} on demand, ${packed} packed\n`)
