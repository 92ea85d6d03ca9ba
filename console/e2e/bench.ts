/**
 * Measures the console's first page, and writes it into its section of docs/benchmarks.md. Needs Chromium and the built console.
 * Usage: node console/e2e/bench.ts [rounds]
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { median, shuffled } from '../../bench/measure.ts'
import { createPages } from '../../src/server/console/pages.ts'
import { requireBrowser } from './browser.ts'
import { startStandIn } from './stand-in.ts'

const root = join(import.meta.dirname, '../..')
const rows = 1_000

interface Load {
  /** Milliseconds until the first row is there. */
  readonly firstRow: number
  /** Milliseconds until the page answers: after the first row, when no long task is left. */
  readonly interactive: number
  readonly bytes: number
  readonly requests: number
}

/** How long the list of provisioned products takes with a cold cache, beside a page that has nothing but Cloudscape's table. */
async function benchConsole(rounds: number): Promise<string> {
  const browser = await requireBrowser({
    skip(why) {
      throw new Error(`Measuring the console needs a browser: ${why}`)
    },
  })
  const ours = await startStandIn({
    answers: {
      'servicecatalog.ListPortfolios': () => ({ PortfolioDetails: [] }),
      'servicecatalog.SearchProvisionedProducts': ({ PageToken = '0', PageSize = 20 }) => {
        const from = Number(PageToken)
        const products = Array.from({ length: PageSize }, (_, at) => ({ Id: `pp-${from + at}`, ...product(from + at) }))
        const next = from + PageSize
        return {
          ProvisionedProducts: products,
          TotalResultsCount: rows,
          ...(next < rows && { NextPageToken: String(next) }),
        }
      },
    },
  })
  const bare = await serveBare()
  const loads = new Map<string, Load[]>([
    [`${ours.url}/#/provisioned-products`, []],
    [bare.url, []],
  ])
  try {
    for (let round = 0; round <= rounds; round += 1) {
      for (const url of shuffled([...loads.keys()])) {
        const load = await coldLoad(browser!, url)
        if (round > 0) loads.get(url)!.push(load)
      }
    }
  } finally {
    ours.close()
    bare.close()
    await browser!.close()
  }
  const [console, table] = [...loads.values()] as [Load[], Load[]]
  const row = (name: string, of: keyof Load, unit = ' ms') => {
    const [one, other] = [console, table].map(all => median(all.map(load => load[of]))) as [number, number]
    const shown = (value: number) => `${Math.round(value).toLocaleString('en')}${unit}`
    return `| ${name} | ${shown(other)} | ${shown(one)} | **${(one / other).toFixed(2)}** |`
  }
  return `## The console's first page

The list of ${rows.toLocaleString('en')} provisioned products in Chromium, cache empty, signed in, against a page built the same way that holds one
Cloudscape table with 50 of the same rows written into it and asks for nothing: medians of ${rounds} loads each, in turns. The
server is a stand-in on the same machine, which answers at once. Interactive: the first row is there and no task of more than
50 ms is left.

| | bare Cloudscape table | the console | ratio |
| --- | --- | --- | --- |
${row('first row', 'firstRow')}
${row('interactive', 'interactive')}
${row('compressed bytes', 'bytes', '')}
${row('requests', 'requests', '')}
`
}

function product(at: number) {
  return {
    Name: `service-${at}`,
    Status: 'AVAILABLE' as const,
    ProductName: 'Web service',
    ProvisioningArtifactName: 'v1',
    UserArn: 'arn:aws:iam::123456789012:user/Alice',
    CreatedTime: 1.77e9 - at,
    LastRecordId: `rec-${at}`,
  }
}

/** A page of its own, with an empty cache. */
async function coldLoad(browser: Browser, url: string): Promise<Load> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } })
  try {
    const page = await context.newPage()
    let bytes = 0
    let requests = 0
    const devtools = await context.newCDPSession(page)
    await devtools.send('Network.enable')
    devtools.on('Network.responseReceived', () => {
      requests += 1
    })
    devtools.on('Network.loadingFinished', ({ encodedDataLength }) => {
      bytes += encodedDataLength
    })
    await page.addInitScript(() => {
      const seen = { firstRow: 0, lastTask: 0 }
      Object.assign(globalThis, { seen })
      new PerformanceObserver(list => {
        for (const { startTime, duration } of list.getEntries()) seen.lastTask = startTime + duration
      }).observe({ type: 'longtask', buffered: true })
      const look = () => {
        if (document.querySelector('tbody tr td a, tbody tr th a')) seen.firstRow = performance.now()
        else requestAnimationFrame(look)
      }
      look()
    })
    await page.goto(url)
    await page.locator('tbody a').first().waitFor()
    await page.waitForTimeout(700)
    const seen = await page.evaluate(() => (globalThis as unknown as { seen: Record<string, number> }).seen)
    return {
      firstRow: seen['firstRow']!,
      interactive: Math.max(seen['firstRow']!, seen['lastTask']!),
      bytes,
      requests,
    }
  } finally {
    await context.close()
  }
}

/** Builds the bare page with the console's own settings, and serves it as the console is served. */
async function serveBare(): Promise<{ readonly url: string; close(): void }> {
  const folder = join(root, 'console/node_modules/.bellhop-bare')
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  writeFileSync(
    join(folder, 'index.html'),
    '<!doctype html><html lang="en"><title>Bare</title><div id="root"></div><script type="module" src="/main.tsx"></script></html>',
  )
  writeFileSync(
    join(folder, 'main.tsx'),
    `import '@cloudscape-design/global-styles/index.css'
import 'virtual:theme.css'
import Link from '@cloudscape-design/components/link'
import Table from '@cloudscape-design/components/table'
import { createRoot } from 'react-dom/client'
const items = ${JSON.stringify(Array.from({ length: 50 }, (_, at) => product(at)))}
const names = ['Status', 'ProductName', 'ProvisioningArtifactName', 'UserArn', 'CreatedTime', 'LastRecordId']
createRoot(document.getElementById('root')!).render(
  <Table
    contentDensity="compact"
    items={items}
    columnDefinitions={[
      { id: 'Name', header: 'Name', cell: row => <Link href="#">{row.Name}</Link> },
      ...names.map(id => ({ id, header: id, cell: (row: object) => String((row as Record<string, unknown>)[id]) })),
    ]}
  />,
)
`,
  )
  const vite = join(root, 'console/node_modules/vite/bin/vite.js')
  const args = ['build', folder, '--config', join(root, 'console/vite.config.ts'), '--outDir', join(folder, 'built')]
  const built = spawnSync(process.execPath, [vite, ...args, '--logLevel', 'warn'], { stdio: 'inherit' })
  if (built.status !== 0) throw new Error('The bare page could not be built.')
  const pages = createPages(join(folder, 'built'))
  const server = createServer(async (request, response) => {
    const header = (name: string) => request.headers[name] as string | undefined
    const path = (request.url ?? '/').split('?')[0]!
    const { status, headers, body } = (await pages({ head: { path }, header } as never)) as {
      readonly status: number
      readonly headers: [string, string][]
      readonly body: Uint8Array
    }
    response.writeHead(status, Object.fromEntries(headers)).end(body)
  })
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close() {
      server.closeAllConnections()
      server.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

const rounds = Number(process.argv[2] ?? 15)
if (!Number.isInteger(rounds) || rounds < 1) {
  process.stderr.write('usage: npm run bench:console [-- ROUNDS]\n')
  process.exit(2)
}
const file = join(root, 'docs/benchmarks.md')
const section = await benchConsole(rounds)
const text = readFileSync(file, 'utf8')
const own = /## The console's first page\n[\s\S]*?(?=\n## |$)/
const after = '\n## What made the call quick'
writeFileSync(
  file,
  own.test(text) ? text.replace(own, () => section) : text.replace(after, () => `\n${section}${after}`),
)
process.stdout.write(section)
