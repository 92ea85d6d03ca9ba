import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { requireTool } from '../../test/kit/tools.ts'

const engine = fileURLToPath(new URL('engine.mjs', import.meta.url))

test('playbooks provision a site, act on it and remove it', async t => {
  const ansible = await requireTool(t, 'ansible')
  if (!ansible) return
  const folder = mkdtempSync(join(tmpdir(), 'ansible-'))
  const state = join(folder, 'state')

  async function run(work: string, more: object = {}) {
    const job = mkdtempSync(join(folder, 'job-'))
    const request = { provisionedProductId: 'pp-aaaaaaaaaaaaa', provisionedProductName: 'shop', ...more }
    writeFileSync(join(job, 'request.json'), JSON.stringify(request))
    const child = spawn(process.execPath, [engine, work], {
      cwd: job,
      env: {
        PATH: [dirname(ansible!), process.env['PATH']].join(delimiter),
        ENGINE_REQUEST: join(job, 'request.json'),
        ENGINE_JOB_DIR: job,
        ENGINE_STATE_DIR: state,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let printed = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => (printed += chunk))
    const code = await new Promise<number | null>(resolve => child.on('close', resolve))
    const result = JSON.parse(readFileSync(join(job, 'outputs.json'), 'utf8'))
    const outputs = new Map<string, string>(result.outputs?.map((one: any) => [one.key, String(one.value)]))
    return { code, printed, result, outputs }
  }
  const parameters = (values: Record<string, string>) => ({
    parameters: Object.entries(values).map(([key, value]) => ({ key, value })),
  })
  const action = (name: string, values: object = {}) =>
    run('action', { 'x-bellhop': { action: { name, parameters: values } } })
  const page = async (url: string) => (await fetch(url, { headers: { connection: 'close' } })).text()
  t.after(async () => {
    assert.equal((await run('terminate')).code, 0, 'nothing left is well terminated')
    rmSync(folder, { recursive: true, force: true })
  })

  const { result: parsed } = await run('parse')
  assert.deepEqual(
    parsed.parameters.map(({ key }: { key: string }) => key),
    ['title', 'greeting'],
  )

  // A requester's text is data: nothing in it is evaluated.
  const greeting = "{{ lookup('pipe', 'echo pwned') }} <b>"
  const provisioned = await run('provision', parameters({ title: 'Shop', greeting }))
  assert.equal(provisioned.code, 0, provisioned.printed)
  const url = provisioned.outputs.get('Url')!
  const text = await page(url)
  assert.match(text, /<h1>Shop<\/h1>/)
  assert.ok(text.includes('lookup(') && text.includes('&lt;b&gt;') && !text.includes('>pwned'), text)
  assert.deepEqual(provisioned.result.resources, [
    { type: 'Ansible::Site', physicalId: 'pp-aaaaaaaaaaaaa', logicalId: 'Site' },
  ])
  assert.match(provisioned.printed, /^\{"message": "Write its page: changed"/m)

  const restarted = await action('restart')
  assert.equal(restarted.code, 0, restarted.printed)
  const { oldPid, newPid } = restarted.result.response
  assert.equal(String(oldPid), provisioned.outputs.get('Pid'))
  assert.notEqual(newPid, oldPid)
  assert.equal(await page(url), text)

  const published = await action('publish', { Page: 'about.html', Text: '{{ 7 * 7 }}' })
  assert.equal(published.code, 0, published.printed)
  assert.equal(await page(`${url}about.html`), '{{ 7 * 7 }}\n')

  const refused = await action('publish', { Page: '../about', Text: '' })
  assert.equal(refused.code, 1)
  assert.equal(
    refused.result.error.message,
    'Task "Take only a plain name" failed: ../about is not the name of a page, such as about.html',
  )
  assert.equal((await action('../provision')).result.error.message, 'There is no playbook for "../provision".')

  const terminated = await run('terminate')
  assert.equal(terminated.code, 0, terminated.printed)
  assert.ok(!existsSync(join(state, 'pp-aaaaaaaaaaaaa')))
  await assert.rejects(page(url))
})
