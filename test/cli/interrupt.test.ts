import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { CredentialServices, KEYS } from './credential-services.ts'

const entry = new URL('entry.ts', import.meta.url).pathname

interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

function start(words: readonly string[], env: Record<string, string>): { child: ChildProcess; ended: Promise<Ended> } {
  const child = spawn(process.execPath, [entry, ...words], {
    env: { PATH: process.env['PATH']!, HOME: '/nonexistent', AWS_REGION: 'eu-west-1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout!.setEncoding('utf8').on('data', text => {
    stdout += text
  })
  child.stderr!.setEncoding('utf8').on('data', text => {
    stderr += text
  })
  const ended = new Promise<Ended>(resolve => {
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }))
  })
  return { child, ended }
}

/** A service that takes what comes and says no more than `said`. */
async function hangingService(said = ''): Promise<{ url: string; asked: Promise<void>; close(): Promise<void> }> {
  const sockets = new Set<Socket>()
  let tell: () => void
  const asked = new Promise<void>(resolve => {
    tell = resolve
  })
  const server = createServer(socket => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('data', () => {
      if (said !== '') socket.write(said)
      tell()
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

const keys = { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret' }

for (const [name, said] of [
  ['waits for an answer', ''],
  [
    'is in the middle of an answer',
    'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{"PortfolioDetails":[{"Id":"half an answer"},',
  ],
] as const) {
  test(`Ctrl-C ends a call that ${name} with 130 and nothing but a newline, as in the AWS CLI`, async () => {
    const service = await hangingService(said)
    const { child, ended } = start(['servicecatalog', 'list-portfolios', '--endpoint-url', service.url], keys)
    try {
      await service.asked
      child.kill('SIGINT')
      assert.deepEqual(await ended, { code: 130, signal: null, stdout: '\n', stderr: '' })
    } finally {
      child.kill('SIGKILL')
      await service.close()
    }
  })
}

test('Ctrl-C ends a call whose credential_process is still running', async () => {
  const home = mkdtempSync(join(tmpdir(), 'bellhop-interrupt-'))
  mkdirSync(join(home, '.aws'))
  const started = join(home, 'started')
  // It ends by itself when we are gone and nobody reads what it writes.
  const program = `require('fs').writeFileSync('${started}', ''); setInterval(() => process.stdout.write(' '), 20)`
  writeFileSync(join(home, 'program.cjs'), program)
  writeFileSync(
    join(home, '.aws/config'),
    `[default]\ncredential_process = ${process.execPath} ${join(home, 'program.cjs')}\n`,
  )
  const { child, ended } = start(['servicecatalog', 'list-portfolios', '--endpoint-url', 'http://127.0.0.1:9'], {
    HOME: home,
  })
  try {
    let isOver = false
    void ended.then(() => {
      isOver = true
    })
    while (!existsSync(started) && !isOver) await new Promise(resolve => setTimeout(resolve, 10))
    child.kill('SIGINT')
    assert.deepEqual(await ended, { code: 130, signal: null, stdout: '\n', stderr: '' })
  } finally {
    child.kill('SIGKILL')
    rmSync(home, { recursive: true, force: true })
  }
})

/** Runs the CLI on a terminal of its own, made by util-linux' script. */
async function onTerminal(
  typed: string,
): Promise<{ code: number | null; screen: string; asked: readonly string[]; code6: string | undefined } | undefined> {
  const services = new CredentialServices()
  const url = await services.listen()
  const home = mkdtempSync(join(tmpdir(), 'bellhop-terminal-'))
  mkdirSync(join(home, '.aws'))
  const config =
    '[default]\nrole_arn = arn:aws:iam::1:role/r\nmfa_serial = my-device\nsource_profile = keys\n' +
    `[profile keys]\naws_access_key_id = ${KEYS.source[0]}\naws_secret_access_key = ${KEYS.source[1]}\n`
  writeFileSync(join(home, '.aws/config'), config)
  const words = [process.execPath, entry, 'servicecatalog', 'list-portfolios', '--no-paginate', '--no-cli-pager']
  const child = spawn('script', ['-qec', words.join(' '), '/dev/null'], {
    env: { PATH: process.env['PATH']!, HOME: home, AWS_REGION: 'eu-west-1', AWS_ENDPOINT_URL: url, SHELL: '/bin/sh' },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  try {
    let screen = ''
    child.stdout.setEncoding('utf8').on('data', text => {
      if (!screen.includes('my-device: ') && (screen + text).includes('my-device: ')) child.stdin.write(typed)
      screen += text
    })
    const code = await new Promise<number | null>((resolve, reject) => {
      child.on('error', reject)
      child.on('close', resolve)
    })
    const asked = services.asked.map(({ what }) => what)
    const code6 = /TokenCode=(\w+)/.exec(services.asked[0]?.body ?? '')?.[1]
    return { code, screen, asked, code6 }
  } finally {
    child.kill('SIGKILL')
    await services.close()
    rmSync(home, { recursive: true, force: true })
  }
}

const skip = ['/usr/bin/script', '/bin/script'].some(existsSync) ? false : 'script (util-linux) is not installed'
if (skip && process.env['BELLHOP_REQUIRE_ALL'] === '1') throw new Error(skip)

test('the MFA code is asked for on the terminal and is not shown there', { skip }, async () => {
  const ran = await onTerminal('12x\u007f3456\r')
  assert.equal(ran?.code6, '123456')
  assert.deepEqual(ran?.asked, ['sts AssumeRole', 'catalog ListPortfolios'])
  assert.equal(ran?.code, 0)
  assert.match(ran?.screen ?? '', /^Enter MFA code for my-device: \r\n/)
  assert.doesNotMatch(ran?.screen ?? '', /12|3456/)
})

test('Ctrl-C at the question for the MFA code ends with 130, and nothing is sent', { skip }, async () => {
  const ran = await onTerminal('12\u0003')
  assert.deepEqual([ran?.code, ran?.asked], [130, []])
})
