import assert from 'node:assert/strict'
import { existsSync, mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import type { TestContext } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { pagesDirectory } from '../../src/server/console/pages.ts'

/** Where screenshots of the views are kept, to be looked at. */
export const screenshots = join(process.env['BELLHOP_SCREENSHOTS'] ?? join(tmpdir(), 'bellhop-console'))

const chromium = ['chromium', 'chromium-browser', 'google-chrome'].flatMap(name =>
  (process.env['PATH'] ?? '').split(delimiter).map(folder => join(folder, name)),
)

/** What the tests of the pages need, or undefined after the test was skipped, saying what it lacks. */
export async function requireBrowser(t: Pick<TestContext, 'skip'>): Promise<Browser | undefined> {
  const executablePath = chromium.find(existsSync)
  const playwright = await import('playwright-core').catch(() => undefined)
  const lacks = [
    ...(executablePath ? [] : ['Chromium (chromium on the PATH)']),
    ...(playwright && existsSync(join(pagesDirectory, 'index.html'))
      ? []
      : ['the built console (npm run build:console)']),
  ]
  if (lacks.length > 0 || !playwright) {
    assert.notEqual(process.env['BELLHOP_REQUIRE_ALL'], '1', `Not found: ${lacks.join(', ')}`)
    t.skip(`not found: ${lacks.join(', ')}`)
    return undefined
  }
  mkdirSync(screenshots, { recursive: true })
  // The sandbox needs a user of its own, whom CI does not have.
  return playwright.chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] })
}

/** A page of somebody's own; what it complains of, and what its policy forbade, is kept. */
export async function openPage(
  browser: Browser,
  options: { readonly width?: number; readonly dark?: boolean } = {},
): Promise<{ readonly page: Page; readonly complaints: string[] }> {
  const context = await browser.newContext({
    viewport: { width: options.width ?? 1280, height: 900 },
    colorScheme: options.dark ? 'dark' : 'light',
    timezoneId: 'Europe/Berlin',
    reducedMotion: 'reduce',
  })
  context.setDefaultTimeout(8_000)
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('pageerror', error => complaints.push(error.message))
  page.on('console', message => {
    // The API's refusals are answers of 400, which browsers tell of as errors.
    if (message.type() === 'error' && !/status of 4\d\d/.test(message.text())) complaints.push(message.text())
  })
  page.on('dialog', dialog => {
    complaints.push(`dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  return { page, complaints }
}

export async function signIn(
  page: Page,
  url: string,
  key: { readonly accessKeyId: string; readonly secretAccessKey: string },
): Promise<void> {
  await page.goto(url)
  await page.getByLabel('Access key ID').fill(key.accessKeyId)
  await page.getByLabel('Secret access key').fill(key.secretAccessKey)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.locator('#top header').waitFor()
}

/** What a page did while it was watched. */
export interface Watched {
  /** Milliseconds of the longest task that kept the page from answering. */
  readonly longestTask: number
  /** How much of the page jumped that nobody had moved, as browsers count it. */
  readonly layoutShift: number
  readonly violations: readonly string[]
  readonly elements: number
  /** Pixels by which something is wider than the window. */
  readonly over: number
  /** What hostile text would set if it were run. */
  readonly hacked: boolean
}

/** Has a page keep count, from its next load on. */
export async function watch(page: Page): Promise<{ look(): Promise<Watched>; forget(): Promise<void> }> {
  await page.addInitScript(() => {
    const kept = { longestTask: 0, layoutShift: 0, violations: [] as string[] }
    Object.assign(globalThis, { kept })
    const observe = (type: string, count: (entry: PerformanceEntry) => void) => {
      const observer = new PerformanceObserver(list => list.getEntries().forEach(count))
      observer.observe({ type, buffered: true })
      return () => observer.takeRecords().forEach(count)
    }
    const takes = [
      observe('longtask', ({ duration }) => {
        kept.longestTask = Math.max(kept.longestTask, duration)
      }),
      observe('layout-shift', entry => {
        const { value, hadRecentInput } = entry as PerformanceEntry & { value: number; hadRecentInput: boolean }
        if (!hadRecentInput) kept.layoutShift += value
      }),
    ]
    Object.assign(globalThis, {
      takeAll: () => {
        for (const take of takes) take()
      },
    })
    addEventListener('securitypolicyviolation', event => kept.violations.push(event.blockedURI || event.sourceFile))
  })
  return {
    look: () =>
      page.evaluate(async () => {
        // What is noticed is told after the frame that it is in.
        await new Promise(done => requestAnimationFrame(() => setTimeout(done, 50)))
        const all = globalThis as unknown as { kept: Watched; hacked?: boolean; takeAll(): void }
        all.takeAll()
        return {
          ...all.kept,
          elements: document.querySelectorAll('*').length,
          over: Math.max(document.documentElement.scrollWidth, document.body.scrollWidth) - innerWidth,
          hacked: all.hacked === true,
        }
      }),
    forget: () =>
      page.evaluate(() => {
        Object.assign((globalThis as unknown as { kept: Watched }).kept, { longestTask: 0, layoutShift: 0 })
      }),
  }
}

/** What axe has found in the pages so far: all of it is told at once, at the end. */
export const axeFindings: string[] = []
/** What the components themselves do, and we cannot change: the bar of narrow windows says which way it lies. */
const theComponents = /^aria-allowed-attr: <nav [^|]*aria-orientation="horizontal"[^|]*mobile-toolbar-nav[^|]*$/
let axeRuns = 0
export const axeRunsSoFar = () => axeRuns

/** Has axe look at the page as it is. */
export async function checkWithAxe(page: Page, what: string): Promise<void> {
  const { default: axe } = await import('axe-core')
  await page.evaluate(axe.source)
  const found = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run(): Promise<{ violations: AxeViolation[] }> } }
    const { violations } = await axe.run()
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(node => node.html.slice(0, 200)).join(' | ')}`)
  })
  axeRuns += 1
  axeFindings.push(...found.filter(each => !theComponents.test(each)).map(each => `${what}: ${each}`))
}

interface AxeViolation {
  readonly id: string
  readonly nodes: readonly { readonly html: string }[]
}

/** Keeps a picture of the page, and fails when something of it is wider than the window. */
export async function picture(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(screenshots, `${name}.png`), fullPage: true })
  const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
  assert.ok(over <= 0, `${name}: the page is ${over} pixels wider than the window`)
}
