/** Writes dist/bellhop.cjs: the CLI and the server in one CommonJS file, the server's part run only for `server`. */
import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'

const root = join(import.meta.dirname, '..')
const outfile = join(root, 'dist', 'bellhop.cjs')
await build({
  entryPoints: [join(root, 'src', 'bin.ts')],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  minifyWhitespace: true,
  minifySyntax: true,
  // Names stay: error names and stack traces are read by people.
  keepNames: true,
  legalComments: 'none',
  banner: { js: '#!/usr/bin/env node' },
  define: { 'import.meta.dirname': '__dirname' },
  logLevel: 'warning',
})
chmodSync(outfile, 0o755)
process.stdout.write(`wrote ${outfile}\n`)
