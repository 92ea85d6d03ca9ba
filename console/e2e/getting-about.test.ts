import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { Page } from 'playwright-core'
import { routes } from '../src/routes.ts'
import { axeFindings, checkWithAxe, openPage, requireBrowser, watch } from './browser.ts'
import { type Follower, standInFor } from './stand-in.ts'
import { followWorld, gallery, runOf, world } from './world.ts'

/** What has the focus, by its name, and whether that can be seen. */
function focused(page: Page): Promise<{ readonly name: string; readonly isSeen: boolean }> {
  return page.evaluate(() => {
    const element = document.activeElement!
    return {
      name: element.getAttribute('aria-label') ?? element.textContent ?? '',
      isSeen: element.matches(':focus-visible'),
    }
  })
}

async function openWorld(t: TestContext, options: Parameters<typeof openPage>[1] = {}) {
  const browser = await requireBrowser(t)
  if (!browser) return undefined
  t.after(() => browser.close())
  const standIn = await standInFor(t, { answers: world, follow: followWorld })
  return { ...(await openPage(browser, { width: 1440, ...options })), browser, url: standIn.url }
}

const pathOf = (wanted: string) => gallery.find(([name]) => name === wanted)![1]

test('from the list to a confirmed action by the keyboard alone', async t => {
  const opened = await openWorld(t)
  if (!opened) return
  const { page, url } = opened
  await page.goto(`${url}/#/provisioned-products`)
  await page.getByRole('link', { name: 'orders-db', exact: true }).waitFor()
  await page.keyboard.press('Tab')
  assert.deepEqual(await focused(page), { name: 'Skip to the content', isSeen: true })
  await page.keyboard.press('Enter')
  assert.equal(await page.evaluate(() => document.activeElement?.id), 'content')
  await page.keyboard.press('/')
  await page.keyboard.type('orders')
  await page
    .getByText(/^\d+ found$/)
    .first()
    .waitFor()
  await page.keyboard.press('Escape')
  await page.keyboard.press('j')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('k')
  assert.deepEqual(await focused(page), { name: 'orders-db', isSeen: true })
  await page.keyboard.press('Enter')
  await page.getByRole('link', { name: 'Restart' }).waitFor()
  await page.keyboard.press('r')
  assert.deepEqual(await focused(page), { name: 'Restart', isSeen: true })
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: /^Run / }).waitFor()
  await page.keyboard.press('r')
  const run = await focused(page)
  assert.match(run.name, /^Run /)
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog')
  await dialog.waitFor()
  assert.ok(await dialog.evaluate(element => element.contains(document.activeElement)), 'the focus is in the dialog')
  // Keys of the page mean nothing while it is asked.
  await page.keyboard.press('j')
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'hidden' })
  assert.deepEqual(await focused(page), run, 'the focus is where it was')
  // Back through what has been opened, to the list as it was filtered.
  await page.goBack()
  await page.getByRole('link', { name: 'Restart' }).waitFor()
  await page.goBack()
  assert.equal(await page.getByLabel('Filter provisioned products').inputValue(), 'orders')
  assert.deepEqual(opened.complaints, [])
})

test('every state has an address', async t => {
  const opened = await openWorld(t)
  if (!opened) return
  const { page, url } = opened
  await page.goto(`${url}/#/provisioned-products`)
  await page.getByRole('link', { name: 'orders-db', exact: true }).waitFor()
  await page.getByRole('button', { name: 'Page 2' }).click()
  await page.locator('[data-focus-id=sorting-control-name]').first().dispatchEvent('click')
  await page.getByRole('button', { name: 'Any status' }).click()
  await page.getByRole('option', { name: 'Error', exact: true }).click()
  await page.getByRole('button', { name: 'Mine' }).click()
  await page.getByRole('option', { name: 'Everybody' }).click()
  await page.getByLabel('Filter provisioned products').fill('e')
  await page.waitForURL(/q=e/)
  const shown = () => page.locator('table tbody').last().innerText()
  const before = await shown()
  const address = page.url()
  for (const part of ['sort=', 'status=ERROR', 'of=account', 'q=e'])
    assert.ok(address.includes(part), `${part} in ${address}`)
  await page.reload()
  await page.locator('[data-row]').first().waitFor()
  assert.deepEqual([page.url(), await shown()], [address, before])
  assert.equal(await page.getByLabel('Filter provisioned products').inputValue(), 'e')

  await page.goto(`${url}/#/records/rec-failed`)
  await page.getByRole('button', { name: 'Show the step' }).click()
  await page.getByText('Why it failed').waitFor()
  await page.reload()
  await page.getByText('Why it failed').waitFor()

  await page.goto(`${url}/#${pathOf('portfolio')}`)
  await page.getByRole('tab', { name: 'Access' }).click()
  await page.getByRole('button', { name: 'Give access' }).waitFor()
  await page.reload()
  await page.getByRole('button', { name: 'Give access' }).waitFor()
  assert.deepEqual(opened.complaints, [])
})

test('a run is told as it happens: no jumps, no line lost with a connection, failure first', async t => {
  const browser = await requireBrowser(t)
  if (!browser) return
  t.after(() => browser.close())
  let follower!: Follower
  let came = Promise.withResolvers<void>()
  const { url } = await standInFor(t, {
    answers: world,
    follow(each) {
      follower = each
      came.resolve()
    },
  })
  const { page, complaints } = await openPage(browser, { width: 1440 })
  const watched = await watch(page)
  const whole = Object.entries(runOf({ fails: true }))
  const steps = whole.filter(([name]) => name.startsWith('step:'))
  const { record, execution } = runOf({ fails: false })
  const pending = steps.map(([name, step]) => [
    name,
    { ...(step as object), StepStatus: 'Pending', ExecutionStartTime: undefined },
  ])
  await page.goto(`${url}/#/records/rec-1?step=0`)
  await came.promise
  follower.tell({ record, execution, ...Object.fromEntries(pending) })
  await page.getByRole('button', { name: /^Undo/ }).waitFor()
  await watched.look()
  await watched.forget()
  const lines: string[] = []
  const [[first, firstStep]] = steps as [[string, object]]
  const says = async (count: number) => {
    for (let n = 0; n < count; n++) lines.push(`copied ${lines.length}`)
    follower.tell({
      [first]: { ...firstStep, StepStatus: 'InProgress', ExecutionEndTime: undefined, Response: lines.join('\n') },
    })
    await page.locator('.log-row', { hasText: new RegExp(`copied ${lines.length - 1}$`) }).waitFor()
  }
  await says(40)
  await watched.look()
  await watched.forget()
  for (let n = 0; n < 5; n++) await says(100)
  came = Promise.withResolvers()
  follower.cut()
  await page.getByText('Reconnecting').waitFor()
  await came.promise
  assert.ok(Number(follower.lastEventId) > 0, 'who comes back says what they have')
  await says(100)
  await page.getByText('Live', { exact: true }).waitFor()
  for (const [name, step] of steps.slice(1, 7)) follower.tell({ [name]: step })
  await page.getByText('640 lines').waitFor()
  const seen = await watched.look()
  t.diagnostic(`layout shift of a run under way: ${seen.layoutShift.toFixed(4)}`)
  assert.ok(seen.layoutShift < 0.02, `the page jumped by ${seen.layoutShift}`)
  // All of the lines, one after the other.
  await page.locator('.log').press('Home')
  await page.locator('.log').evaluate(element => element.scrollTo(0, 0))
  await page.locator('.log-row', { hasText: /copied 0$/ }).waitFor()
  // Who reads is left where they are.
  await says(0).catch(() => undefined)

  follower.tell(Object.fromEntries(whole), true)
  await page.getByText('Step Resize failed').waitFor()
  const isFirst = await page.evaluate(() => {
    const place = (text: string) =>
      [...document.querySelectorAll('*')].findLast(each => each.textContent?.includes(text))!
    return !!(place('Step Resize failed').compareDocumentPosition(document.querySelector('.timeline')!) & 4)
  })
  assert.ok(isFirst, 'the failure stands before the steps')
  assert.equal((await page.locator('[role=status]', { hasText: 'Failed' }).count()) > 0, true, 'and is announced')
  assert.deepEqual(
    complaints.filter(each => !/ERR_|status of/.test(each)),
    [],
  )
})

test('axe finds nothing in any view, and nothing is wider than the window, at 200 % or on a phone', async t => {
  const opened = await openWorld(t, { width: 720 })
  if (!opened) return
  const { browser, url } = opened
  const paths = routes.map(({ path }) => {
    const known = gallery.find(([, each]) =>
      new RegExp(`^${path.replace(/:\w+/g, '[^/?]+')}$`).test(each.split('?')[0]!),
    )
    return known?.[1] ?? path.replace(':id', 'some-id').replace(':other', 'act-other')
  })
  // Each view in one of two looks, in turns; in both where there is time. 720 pixels are 1440 at twice the size.
  const isThorough = process.env['BELLHOP_EVERY_LOOK'] === '1'
  for (const [look, [what, options]] of (
    [
      ['light, 200 %', { width: 720 }],
      ['dark, narrow', { width: 400, dark: true }],
    ] as const
  ).entries()) {
    const { page, complaints } = await openPage(browser, options)
    for (const path of paths.filter((_, at) => isThorough || at % 2 === look)) {
      await page.goto(`${url}/#${path}`)
      await page.locator('#content > *').first().waitFor()
      await page.getByRole('status').filter({ hasText: 'Loading' }).waitFor({ state: 'detached' })
      await checkWithAxe(page, `${path}, ${what}`)
      const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
      assert.ok(over <= 0, `${path}, ${what}: ${over} pixels wider than the window`)
    }
    assert.deepEqual(complaints, [])
  }
  t.diagnostic(`axe looked at ${paths.length} views${isThorough ? ', twice' : ''}`)
  assert.deepEqual(axeFindings, [])
})
