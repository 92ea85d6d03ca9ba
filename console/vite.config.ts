import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { build, defineConfig, type Plugin, type Rolldown } from 'vite'

/** The theme as a style sheet, made now: what would be made in the browser needs inline styles, which our pages forbid. */
function themeSheet(): Plugin {
  const name = 'virtual:theme.css'
  return {
    name: 'theme-sheet',
    resolveId: id => (id === name ? `\0${name}` : undefined),
    async load(id) {
      if (id !== `\0${name}`) return undefined
      // The generator is written for bundlers, so it is bundled before it is run.
      const { output } = (await build({
        configFile: false,
        logLevel: 'error',
        ssr: { noExternal: true },
        build: { ssr: join(import.meta.dirname, 'theme.ts'), write: false, minify: false },
      })) as Rolldown.RolldownOutput
      const [{ code }] = output
      const { sheet } = await import(`data:text/javascript;base64,${Buffer.from(code).toString('base64')}`)
      return { code: sheet, moduleType: 'css' }
    },
  }
}

/** Drops the fonts that come inside the components' style sheets, half of their bytes: the system's own are used. */
function noFonts(): Plugin {
  return {
    name: 'no-fonts',
    enforce: 'pre',
    transform(code, id) {
      if (!id.includes('@cloudscape-design') || !/\.css$/.test(id.split('?')[0]!)) return undefined
      return { code: code.replace(/@font-face\s*\{[^}]*\}/g, ''), map: null }
    },
  }
}

/** Lays what is served beside itself, compressed as well as can be, so that the server compresses nothing. */
function compressed(): Plugin {
  return {
    name: 'compressed',
    apply: 'build',
    // When everything has been written: before that, files still change.
    writeBundle({ dir = '.' }, bundle) {
      for (const fileName of Object.keys(bundle)) {
        const source = readFileSync(join(dir, fileName))
        const options = { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }
        writeFileSync(join(dir, `${fileName}.br`), brotliCompressSync(source, options))
        writeFileSync(join(dir, `${fileName}.gz`), gzipSync(source, { level: 9 }))
      }
    },
  }
}

export default defineConfig({
  plugins: [themeSheet(), noFonts(), compressed()],
  oxc: { jsx: { runtime: 'automatic' } },
  build: {
    outDir: join(import.meta.dirname, '../dist/console'),
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: { polyfill: false },
    // A file is a file: nothing of a page is written into it.
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 2000,
    // 'use client' at the head of the components' files is for servers that render.
    rolldownOptions: { checks: { moduleLevelDirective: false, pluginTimings: false } },
    manifest: 'manifest.json',
  },
  server: { proxy: { '/console': 'http://127.0.0.1:4880' } },
})
