import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { promisify } from 'node:util'

/** What the service answers, by operation. */
const answers: Readonly<Record<string, unknown>> = {
  SearchProvisionedProducts: {
    ProvisionedProducts: [
      { Id: 'pp-web', Name: 'web 漢字', Status: 'AVAILABLE' },
      { Id: 'pp-db', Name: 'db', Status: 'TAINTED' },
    ],
  },
  DescribeProvisionedProduct: { ProvisionedProductDetail: { ProductId: 'prod-1', ProvisioningArtifactId: 'pa-1' } },
  ListServiceActionsForProvisioningArtifact: { ServiceActionSummaries: [{ Id: 'act-restart', Name: 'Restart' }] },
  ExecuteProvisionedProductServiceAction: { RecordDetail: { RecordId: 'rec-1', Status: 'CREATED' } },
}

interface Seen {
  readonly operation: string
  readonly body: unknown
}

/** A service that answers by operation; `ListRecordHistory` is never answered. */
async function startService(seen: Seen[]): Promise<Server> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const operation = String(request.headers['x-amz-target']).split('.')[1]!
    seen.push({ operation, body: JSON.parse(Buffer.concat(chunks).toString()) })
    if (operation === 'ListRecordHistory') return
    const answer = answers[operation]
    response.writeHead(answer === undefined ? 400 : 200, { 'Content-Type': 'application/x-amz-json-1.1' })
    response.end(JSON.stringify(answer ?? { __type: 'AccessDeniedException', message: 'not allowed' }))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return server
}

/** A shell in a terminal of its own, with `bellhop` on its PATH. */
class Terminal {
  readonly #socket: string
  readonly folder: string
  readonly #run = promisify(execFile)

  constructor(folder: string) {
    this.folder = folder
    this.#socket = join(folder, 'tmux')
  }

  async open(env: Readonly<Record<string, string>>, shell: readonly string[]): Promise<void> {
    const set = Object.entries(env).map(([name, value]) => `${name}=${value}`)
    await this.#tmux(
      '-f',
      '/dev/null',
      'new-session',
      '-d',
      '-x',
      '100',
      '-y',
      '30',
      '--',
      'env',
      '-i',
      ...set,
      ...shell,
    )
    await this.shows('READY>')
  }

  /** Send text as it is, or keys by tmux's names. */
  async type(text: string): Promise<void> {
    await this.#tmux('send-keys', '-l', '--', text)
  }

  async press(...keys: string[]): Promise<void> {
    await this.#tmux('send-keys', ...keys)
  }

  async resize(columns: number, rows: number): Promise<void> {
    await this.#tmux('resize-window', '-x', String(columns), '-y', String(rows))
  }

  async screen(): Promise<string> {
    return (await this.#tmux('capture-pane', '-p')).replace(/\s+$/, '\n')
  }

  /** The screen, once it shows a text; fails with the screen when that does not come. */
  async shows(wanted: string | RegExp): Promise<string> {
    const until = Date.now() + 20_000
    for (;;) {
      const screen = await this.screen()
      if (typeof wanted === 'string' ? screen.includes(wanted) : wanted.test(screen)) return screen
      assert.ok(Date.now() < until, `${wanted} did not appear:\n${screen}`)
      await new Promise(resolve => setTimeout(resolve, 50))
    }
  }

  async close(): Promise<void> {
    await this.#tmux('kill-server').catch(() => {})
  }

  async #tmux(...words: string[]): Promise<string> {
    const { stdout } = await this.#run('tmux', ['-u', '-S', this.#socket, ...words], {
      env: { PATH: process.env['PATH'], LANG: 'C.UTF-8' },
    })
    return stdout
  }
}

/** Run `work` in a terminal; skipped, or with BELLHOP_REQUIRE_ALL=1 failed, without tmux. */
async function inTerminal(
  t: TestContext,
  work: (terminal: Terminal, seen: readonly Seen[]) => Promise<void>,
): Promise<void> {
  if (spawnSync('tmux', ['-V']).error) {
    assert.notEqual(process.env['BELLHOP_REQUIRE_ALL'], '1', 'Not found: tmux')
    t.skip('tmux is not installed')
    return
  }
  const folder = mkdtempSync(join(tmpdir(), 'bellhop-prompt-'))
  const seen: Seen[] = []
  const server = await startService(seen)
  const terminal = new Terminal(folder)
  try {
    const bellhop = join(folder, 'bellhop')
    writeFileSync(
      bellhop,
      `#!/bin/sh\nexec '${process.execPath}' '${join(import.meta.dirname, '../../src/bin.ts')}' "$@"\n`,
    )
    chmodSync(bellhop, 0o755)
    writeFileSync(join(folder, 'rc'), "cd\nPS1='READY> '\nsource <(bellhop completion bash)\n")
    const env = {
      PATH: `${folder}:${process.env['PATH']}`,
      HOME: folder,
      LANG: 'C.UTF-8',
      TERM: 'screen',
      AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'secret',
      AWS_REGION: 'eu-west-1',
      AWS_PAGER: '',
      AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    }
    await terminal.open(env, ['bash', '--noprofile', '--rcfile', join(folder, 'rc'), '-i'])
    await work(terminal, seen)
  } finally {
    await terminal.close()
    server.closeAllConnections()
    server.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

test('a command is put together in the terminal from what is offered, and run', t =>
  inTerminal(t, async (terminal, seen) => {
    await terminal.type('bellhop --cli-auto-prompt; echo ended $?\n')
    await terminal.shows(/^> bellhop$[\s\S]*^ {2}servicecatalog {2}Portfolios/m)
    await terminal.type('servicec')
    await terminal.press('Tab')
    await terminal.type('execact')
    await terminal.shows(/^ {2}execute-provisioned-product-service-action/m)
    await terminal.press('Tab')
    await terminal.shows('Still required: --provisioned-product-id, --service-action-id')
    await terminal.press('Down', 'Enter')
    await terminal.shows(/^ {2}pp-web {2}web 漢字 · AVAILABLE\n {2}pp-db {3}db · TAINTED\n── --provisioned-product-id/m)
    await terminal.type('db')
    await terminal.shows(/Enter run/)
    await terminal.press('Tab')
    await terminal.type('--service-action-id ')
    await terminal.shows(/^ {2}act-restart {2}Restart$/m)
    await terminal.press('Tab')
    await terminal.type('--query RecordDetail.Recordd')
    await terminal.press('BSpace', 'BSpace')
    await terminal.type("dId --parameters 'Name=漢字")
    await terminal.press('Enter')
    await terminal.shows("The quote ' is not closed.")
    await terminal.type("'")
    await terminal.press('Enter')
    const screen = await terminal.shows('ended 0')
    // The panel is gone, the line is left, and the answer stands below it.
    assert.match(screen, /^> bellhop servicecatalog execute-provisioned-product-service-action/m)
    assert.match(screen, /^"rec-1"\nended 0$/m)
    assert.doesNotMatch(screen, /Ctrl-C quit/)
    const executed = seen.filter(({ operation }) => operation.startsWith('Execute'))
    assert.equal(executed.length, 1)
    const { ExecuteToken, ...body } = executed[0]!.body as Record<string, unknown>
    assert.match(String(ExecuteToken), /^[0-9a-f-]{36}$/)
    assert.deepEqual(body, {
      ProvisionedProductId: 'pp-db',
      ServiceActionId: 'act-restart',
      Parameters: { Name: ['漢字'] },
    })
  }))

test('Ctrl-C ends with 130 at once, even while the service is asked, and the terminal is as it was', t =>
  inTerminal(t, async (terminal, seen) => {
    await terminal.type(
      'stty -a > before; bellhop servicecatalog describe-record --id --cli-auto-prompt; echo ended $?; stty -a > after\n',
    )
    await terminal.shows('Asking for records')
    while (seen.length === 0) await new Promise(resolve => setTimeout(resolve, 20))
    const from = Date.now()
    await terminal.press('C-c')
    await terminal.shows('ended 130')
    assert.ok(Date.now() - from < 3000)
    assert.deepEqual(
      seen.map(({ operation }) => operation),
      ['ListRecordHistory'],
    )
    await terminal.type('cmp before after && echo same\n')
    await terminal.shows(/^same$/m)
  }))

test('on-partial asks for what is missing, and lets what is complete run', t =>
  inTerminal(t, async terminal => {
    await terminal.type('export AWS_CLI_AUTO_PROMPT=on-partial\n')
    await terminal.type('bellhop servicecatalog list-portfolios; echo ended $?\n')
    await terminal.shows(/not allowed\nended 254/)
    await terminal.type('clear; bellhop servicecatalog terminate-provisioned-product --id x; echo ended $?\n')
    const screen = await terminal.shows('Ctrl-C quit')
    assert.match(screen, /^> bellhop servicecatalog terminate-provisioned-product --id x$/m)
    assert.doesNotMatch(screen, /Unknown options/)
    await terminal.press('Enter')
    await terminal.shows(/Unknown options: --id, x\nREADY>|Unknown options[\s\S]*ended 252/)
  }))

test('the answer can be piped: the prompt is on stderr then', t =>
  inTerminal(t, async terminal => {
    await terminal.type(
      'bellhop servicecatalog search-provisioned-products --cli-auto-prompt > answer; echo ended $?\n',
    )
    await terminal.shows('Ctrl-C quit')
    await terminal.press('Enter')
    await terminal.shows('ended 0')
    assert.match(readFileSync(join(terminal.folder, 'answer'), 'utf8'), /^\{\n {4}"ProvisionedProducts": \[/)
  }))

test('a long line with wide characters is painted right, in a terminal that changes its size', t =>
  inTerminal(t, async terminal => {
    await terminal.type('clear; bellhop --cli-auto-prompt; echo ended $?\n')
    await terminal.shows('Ctrl-C quit')
    await terminal.type(`sts assume-role --role-session-name ${'漢'.repeat(40)}x`)
    await terminal.shows(/^> bellhop sts assume-role --role-session-name 漢+\n漢+x$/m)
    await terminal.press('Home')
    await terminal.type('--debug ')
    await terminal.shows(/^> bellhop --debug sts assume-role --role-session-name 漢+\n漢+x$/m)
    await terminal.resize(60, 12)
    const screen = await terminal.shows(/^> bellhop --debug sts assume-role --role-session-name 漢+\n漢+\n漢+x$/m)
    assert.equal(screen.split('> bellhop').length, 2)
    await terminal.press('C-e', 'C-u')
    await terminal.shows(/^> bellhop\n/)
    await terminal.press('C-d')
    await terminal.shows('ended 130')
  }))

test('Tab in a real bash completes through the script', t =>
  inTerminal(t, async terminal => {
    writeFileSync(join(terminal.folder, 'input.json'), '{"Id": "x"}')
    await terminal.type('bellhop servicec')
    await terminal.press('Tab')
    await terminal.shows(/bellhop servicecatalog$/m)
    await terminal.type('describe-rec')
    await terminal.press('Tab')
    await terminal.type('--cli-input-j')
    await terminal.press('Tab')
    await terminal.press('Tab')
    await terminal.type('inp')
    await terminal.press('Tab')
    await terminal.type('--output=js')
    await terminal.press('Tab')
    await terminal.shows('bellhop servicecatalog describe-record --cli-input-json file://input.json --output=json')
  }))
