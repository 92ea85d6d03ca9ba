import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { Page } from 'playwright-core'
import { openPage, picture, requireBrowser, type Watched, watch } from './browser.ts'
import { type Answers, type Follower, standInFor } from './stand-in.ts'
import { gallery, now, runOf, world } from './world.ts'

const zalgo = `Z${'\u0300\u0323\u0489'.repeat(200)}o`
const hostile =
  '<img src=x onerror="globalThis.hacked = true"><script>globalThis.hacked = true</script>\u202e txt \u0000\u0007\u001b[31m ' +
  `<a href="https://evil.example/">x</a> javascript:alert(1) \u05e9\u05dc\u05d5\u05dd {{7*7}} \${7*7} ' OR 1=1 -- %s%n ` +
  `\ud800 ${zalgo} \u{1f469}\u200d\u{1f469}\u200d\u{1f467} ${'W'.repeat(300)}`

/** Members that hold what people and programs write. */
const written =
  /Name$|Description|Owner|Distributor|Support|Message|Value$|Key$|Arn$|ARN$|PhysicalId|Comment|Error|Principal$|ExecutedBy|Target$|Response|^by$|Content$|Category/

/** What may be written freely, made hostile; ids and statuses are the server's own. */
function poisoned<T>(value: T, member = ''): T {
  if (typeof value === 'string')
    return (written.test(member) && !/^(OutputKey|AccessLevel)/.test(member) ? `${value} ${hostile}` : value) as T
  if (Array.isArray(value)) return value.map(each => poisoned(each, member)) as T
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, each]) => [
      [name, poisoned(each, name)],
      ...(/^(Inputs|Outputs|Parameters)$/.test(member) ? [[hostile, each]] : []),
    ]),
  ) as T
}

async function openHostile(t: TestContext, width = 1440) {
  const browser = await requireBrowser(t)
  if (browser === undefined) return undefined
  t.after(() => browser.close())
  const opened = await openPage(browser, { width })
  // What is large takes its time where others work too.
  opened.page.setDefaultTimeout(30_000)
  const elsewhere: string[] = []
  opened.page.on('request', request => {
    if (!/^(http:\/\/127\.0\.0\.1:|data:|blob:)/.test(request.url())) elsewhere.push(request.url())
  })
  const watched = await watch(opened.page)
  return { ...opened, watched, elsewhere }
}

function assertHarmless(
  what: string,
  seen: Watched,
  { complaints, elsewhere }: { complaints: string[]; elsewhere: string[] },
) {
  assert.ok(!seen.hacked, `${what}: something was run`)
  assert.deepEqual([seen.violations, complaints, elsewhere], [[], [], []], what)
  assert.ok(seen.over <= 0, `${what}: ${seen.over} pixels wider than the window`)
}

/** What no task may be longer than: half a second, or as much more as this machine has to do besides. */
async function patience(page: Page, watched: Awaited<ReturnType<typeof watch>>): Promise<number> {
  const took = await page.evaluate(
    () =>
      new Promise<number>(done =>
        setTimeout(() => {
          const from = performance.now()
          let sum = 0
          for (let n = 0; n < 3e7; n++) sum += Math.sqrt(n)
          done(sum > 0 ? performance.now() - from : 0)
        }),
      ),
  )
  assert.ok(took < 60 || (await watched.look()).longestTask >= 50, 'long tasks are noticed')
  return 1_200 * Math.max(1, took / 75)
}

test('every main view, where all that may be written is hostile', async t => {
  const opened = await openHostile(t)
  if (!opened) return
  const { page, watched } = opened
  const answers = Object.fromEntries(
    Object.entries(world).map(([name, answer]) => [
      name,
      (input: never) => poisoned((answer as (input: never) => unknown)(input)),
    ]),
  ) as Answers
  const follow = (follower: Follower, id: string) => {
    const fails = id === 'rec-failed'
    follower.tell(poisoned(runOf({ fails })), fails)
  }
  const { url } = await standInFor(t, { answers, follow, arn: `arn:aws:iam::123456789012:user/${hostile}` })
  for (const [name, path, text] of gallery) {
    await page.goto(`${url}/#${path}`)
    await page.getByText(text).first().waitFor()
    assertHarmless(name, await watched.look(), opened)
    await page.setViewportSize({ width: 400, height: 900 })
    assertHarmless(`${name}, narrow`, await watched.look(), opened)
    await page.setViewportSize({ width: 1440, height: 900 })
  }
  // Odd text in the address, as somebody may send it in a link.
  for (const query of [
    'q=%E0%A4%A&page=-1',
    `q=${encodeURIComponent(hostile.toWellFormed())}&sort=__proto__`,
    'sort=-constructor&page=1e308',
    'q=((((&status=%22%3E%3Cscript%3E&of=__proto__',
  ])
    for (const path of ['/products', '/provisioned-products', '/records', '/approvals']) {
      await page.goto(`${url}/#${path}?${query}`)
      await page.locator('h1').waitFor()
      assertHarmless(`${path}?${query}`, await watched.look(), opened)
    }
})

test('a log of a hundred thousand lines, and a line of a million characters', async t => {
  const opened = await openHostile(t)
  if (!opened) return
  const { page, watched } = opened
  const line = (at: number) => `line ${at} ${at % 1_000 === 0 ? hostile : ''}`
  const lines = Array.from({ length: 100_000 }, (_, at) => line(at))
  const whole = `${lines.join('\n')}\n${'y'.repeat(1_000_000)}\nthe end`
  const step = {
    ...(runOf({ fails: true })['step:7'] as object),
    Inputs: { Huge: 'x'.repeat(1_000_000) },
    Response: whole,
  }
  let follower!: Follower
  const arrived = Promise.withResolvers<void>()
  const { url } = await standInFor(t, {
    answers: world,
    follow(each, id) {
      if (id === 'rec-live') {
        follower = each
        arrived.resolve()
      } else each.tell({ ...runOf({ fails: true }), 'step:7': step }, true)
    },
  })
  await page.goto(`${url}/#/records/rec-failed?step=7`)
  await page.getByText(/the end$/).waitFor()
  await page.getByText('100,002 lines').waitFor()
  assert.ok((await page.locator('.log-row').count()) < 200, 'lines out of sight are not drawn')
  const most = await patience(page, watched)
  await watched.forget()
  await page.locator('.log').hover()
  for (const by of [-400, -40_000, -900_000, 2_000_000, -300]) await page.mouse.wheel(0, by)
  const scrolled = await watched.look()
  assert.ok(
    scrolled.longestTask < most,
    `a task of ${scrolled.longestTask} ms while scrolling, where ${most} are allowed`,
  )
  assert.ok(scrolled.elements < 4_000, `${scrolled.elements} elements`)
  assertHarmless('a long log', scrolled, opened)
  await picture(page, 'hostile-run')

  // And the same while it comes, with the last line in sight all the time and none left out.
  await page.goto(`${url}/#/records/rec-live?step=7`)
  await arrived.promise
  const running = runOf({ fails: false })
  follower.tell({ ...running, 'step:7': { ...(running['step:7'] as object), Response: line(0) } })
  await page.getByText('1 lines').waitFor()
  await watched.forget()
  const most2 = await patience(page, watched)
  for (let part = 1; part <= 10; part++) {
    const count = part * 10_000
    follower.tell({ 'step:7': { ...(running['step:7'] as object), Response: lines.slice(0, count).join('\n') } })
    await page.getByText(`${count.toLocaleString('en')} lines`).waitFor()
    await page.locator('.log-row', { hasText: `line ${count - 1}` }).waitFor()
  }
  const came = await watched.look()
  t.diagnostic(
    `longest task: ${Math.round(scrolled.longestTask)} ms scrolling, ${Math.round(came.longestTask)} ms while 100,000 lines came; layout shift ${came.layoutShift.toFixed(4)}`,
  )
  assert.ok(came.longestTask < most2, `a task of ${came.longestTask} ms while lines came, where ${most2} are allowed`)
  assertHarmless('a log that grows', came, opened)
})

test('ten thousand products, provisioned and to be launched', async t => {
  const opened = await openHostile(t)
  if (!opened) return
  const { page, watched } = opened
  const paged = <Row>(token: string | undefined, row: (at: number) => Row) => {
    const from = Number(token ?? 0)
    const rows = Array.from({ length: 2_500 }, (_, at) => row(from + at))
    return { rows, ...(from < 7_500 && { NextPageToken: String(from + 2_500) }) }
  }
  const { url } = await standInFor(t, {
    answers: {
      ...world,
      'servicecatalog.SearchProducts': ({ PageToken }) => {
        const { rows, ...more } = paged(PageToken, at => ({
          ProductId: `prod-${at}`,
          Name: `${at} ${hostile}`,
          Owner: hostile,
          ShortDescription: hostile,
        }))
        return { ProductViewSummaries: rows, ...more }
      },
      'servicecatalog.SearchProvisionedProducts': ({ PageToken }) => {
        const { rows, ...more } = paged(PageToken, at => ({
          Id: `pp-${at}`,
          Name: `service-${at}`,
          Status: 'AVAILABLE' as const,
          ProductName: hostile,
          CreatedTime: now - at,
          UserArn: hostile,
        }))
        return { ProvisionedProducts: rows, TotalResultsCount: 10_000, ...more }
      },
    },
  })
  await page.goto(`${url}/#/products?page=200&sort=name`)
  await page.getByText('(10000)').waitFor()
  assert.equal(await page.locator('[data-row]').count(), 50)
  assertHarmless('products', await watched.look(), opened)
  await page.goto(`${url}/#/provisioned-products?page=200`)
  await page.getByText('service-9999', { exact: true }).waitFor()
  const most = await patience(page, watched)
  await watched.forget()
  await page.keyboard.press('/')
  await page.keyboard.type('service-77', { delay: 20 })
  await page.getByText('(111/10000)').waitFor()
  await page.locator('[data-focus-id=sorting-control-name]').first().dispatchEvent('click')
  await page.mouse.wheel(0, 3_000)
  const seen = await watched.look()
  t.diagnostic(
    `longest task while filtering and sorting 10,000 rows: ${Math.round(seen.longestTask)} ms, ${seen.elements} elements`,
  )
  assert.ok(seen.longestTask < most, `a task of ${seen.longestTask} ms, where ${most} are allowed`)
  assert.ok(seen.elements < 6_000, `${seen.elements} elements`)
  assertHarmless('provisioned products', seen, opened)
})

test('a form of fifty parameters whose patterns would take for ever, and a document of three hundred steps', async t => {
  const opened = await openHostile(t)
  if (!opened) return
  const { page, watched } = opened
  const patterns = ['(a+)+$', '((a+)b?)+', '(a?){50}a{50}', 'a*a*a*a*a*a*a*b', '(a|a)*c', `(${'x|'.repeat(2_000)}y)+`]
  const names = Array.from({ length: 50 }, (_, at) => `P${at}`)
  const steps = Array.from(
    { length: 300 },
    (_, at) => `  - name: Step${at}\n    action: aws:sleep\n    inputs: {Duration: PT1S}\n`,
  )
  const document = `schemaVersion: '0.3'\nmainSteps:\n${steps.join('')}`
  const { url } = await standInFor(t, {
    answers: {
      ...world,
      'servicecatalog.DescribeServiceActionExecutionParameters': () => ({
        ServiceActionParameters: names.map(Name => ({ Name, Type: 'String' })),
      }),
      'ssm.GetDocument': ({ DocumentFormat }) => ({
        Name: 'Resize-Database',
        DocumentFormat: 'YAML',
        Content:
          DocumentFormat === 'JSON'
            ? JSON.stringify({
                parameters: Object.fromEntries(
                  names.map((name, at) => [
                    name,
                    { type: 'String', description: hostile, allowedPattern: patterns[at % patterns.length] },
                  ]),
                ),
              })
            : document,
      }),
    },
  })
  const action = gallery.find(([name]) => name === 'action')!
  await page.goto(`${url}/#${action[1]}`)
  await page.getByText('Has to match (a+)+$').first().waitFor()
  const most = await patience(page, watched)
  await watched.forget()
  for (const name of names.slice(0, patterns.length)) {
    await page.getByLabel(name, { exact: true }).fill(`${'a'.repeat(80)}!`)
    await page.getByLabel(name, { exact: true }).press('a')
  }
  const typed = await watched.look()
  assert.ok(typed.longestTask < most, `a task of ${typed.longestTask} ms while typing, where ${most} are allowed`)
  assertHarmless('fifty parameters', typed, opened)
  await page.setViewportSize({ width: 400, height: 900 })
  assertHarmless('fifty parameters, narrow', await watched.look(), opened)
  await page.setViewportSize({ width: 1440, height: 900 })

  await page.goto(`${url}/#/documents/Resize-Database/edit`)
  await page.locator('.graph-step').nth(299).waitFor()
  const most2 = await patience(page, watched)
  await watched.forget()
  const text = page.getByLabel('Text of the document')
  await text.press('Control+End')
  await text.pressSequentially('  - name: Last\n', { delay: 10 })
  const edited = await watched.look()
  t.diagnostic(
    `longest task: ${Math.round(typed.longestTask)} ms in the form, ${Math.round(edited.longestTask)} ms in the editor, ${edited.elements} elements`,
  )
  assert.ok(edited.longestTask < most2, `a task of ${edited.longestTask} ms in the editor, where ${most2} are allowed`)
  assert.ok(edited.elements < 8_000, `${edited.elements} elements`)
  assertHarmless('three hundred steps', edited, opened)
})
