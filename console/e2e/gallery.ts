/**
 * Takes pictures of the main views over a company's catalog, light and dark, wide and narrow: to be looked at.
 * Usage: node console/e2e/gallery.ts [VIEW...], after npm run build:console; see BELLHOP_SCREENSHOTS.
 */
import { openPage, picture, requireBrowser, screenshots } from './browser.ts'
import { startStandIn } from './stand-in.ts'
import { followWorld, gallery, now, world } from './world.ts'

const wanted = process.argv.slice(2)
const browser = await requireBrowser({
  skip(why) {
    process.stderr.write(`${why}\n`)
    process.exit(1)
  },
})
const standIn = await startStandIn({ answers: world, follow: followWorld })
for (const dark of [false, true]) {
  for (const width of [1440, 400]) {
    const { page, complaints } = await openPage(browser!, { dark, width })
    await page.clock.install({ time: now * 1000 })
    for (const [name, path, text] of gallery) {
      if (wanted.length > 0 && !wanted.includes(name)) continue
      await page.goto(`${standIn.url}/#${path}`)
      await page.reload()
      await page.getByText(text).first().waitFor()
      const label = `${name}-${dark ? 'dark' : 'light'}-${width}`
      await picture(page, label)
      if (name === 'action') {
        await page.getByRole('button', { name: 'Run Resize' }).click()
        await page.getByRole('dialog').getByText('orders-db').first().waitFor()
        await picture(page, `${label}-asked`)
      }
    }
    if (complaints.length > 0) process.stderr.write(`${complaints.join('\n')}\n`)
  }
}
standIn.close()
await browser!.close()
process.stdout.write(`${screenshots}\n`)
