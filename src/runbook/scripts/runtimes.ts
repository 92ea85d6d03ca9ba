import { accessSync, constants, realpathSync } from 'node:fs'
import { dirname } from 'node:path'
import { type ProcessUser, reachable } from '../../processes/user.ts'
import { type Environment, onPath } from './environment.ts'

/** What runs a script: this very Python, or another program. */
export interface Runtime {
  readonly language: 'Python' | 'PowerShell' | 'JavaScript'
  /** Document's names: python3.11, PowerShell 7.4, nodejs24. */
  readonly names: RegExp
  /** Whether a step must name the function that is called. */
  readonly needsHandler: boolean
  /** The command line for a memory limit in megabytes, in words why there is none; absent: Python itself. */
  readonly command?: (env: Environment, user: ProcessUser | undefined, memory: number) => readonly string[] | string
}

/** Runs CommonJS with a function of `exports`; a promise is awaited. Reads its request from stdin. */
const nodeHarness = String.raw`
const fs = require('node:fs')
const request = JSON.parse(fs.readFileSync(0, 'utf8'))
const tell = result => {
  fs.writeFileSync('.bellhop-result', JSON.stringify(result), { flag: 'w', mode: 0o600 })
  process.exit(0)
}
const trace = error => ((error && error.stack) || String(error)).split('\n').filter(line => !/\[eval\]|node:internal/.test(line)).join('\n').slice(0, 8192)
const fail = error => tell({ failure: trace(error) })
process.on('uncaughtException', fail)
process.on('unhandledRejection', fail)
const main = async () => {
  fs.writeFileSync('customer_script.cjs', request.script)
  const script = require(process.cwd() + '/customer_script.cjs')
  const handler = script[request.handler]
  if (typeof handler !== 'function') return tell({ failure: 'The script exports no function ' + request.handler + '.' })
  const value = await handler(request.events, request.context)
  const text = JSON.stringify(value === undefined ? null : value)
  if (text === undefined) return tell({ failure: 'What the handler returned is not JSON.' })
  const bytes = Buffer.byteLength(text)
  if (bytes > request.maxPayload) return tell({ failure: 'What the handler returned has ' + bytes + ' bytes of JSON; at most ' + request.maxPayload + ' are taken.' })
  tell({ payload: JSON.parse(text) })
}
main().catch(fail)
`

/** Runs a script as SSM does: its input is the variable InputPayload, its result the last thing that it puts out. */
const powerShellHarness = `
$ErrorActionPreference = 'Stop'
$request = [Console]::In.ReadToEnd() | ConvertFrom-Json -Depth 100
$env:InputPayload = $request.events | ConvertTo-Json -Depth 100 -Compress
$file = Join-Path (Get-Location) '.bellhop-result'
try {
  $value = & ([ScriptBlock]::Create($request.script)) | Select-Object -Last 1
  @{ payload = $value } | ConvertTo-Json -Depth 100 -Compress | Set-Content -NoNewline -Path $file
} catch {
  @{ failure = "$_" + [Environment]::NewLine + $_.ScriptStackTrace } | ConvertTo-Json -Compress | Set-Content -NoNewline -Path $file
}
exit 0
`

const runtimes: readonly Runtime[] = [
  { language: 'Python', names: /^python3\.\d{1,2}$/i, needsHandler: true },
  {
    language: 'PowerShell',
    names: /^PowerShell (Core )?[67]\.\d$/i,
    needsHandler: false,
    command: (env, user) => {
      const pwsh = find('pwsh', env, user)
      if (pwsh === undefined) return 'PowerShell (pwsh) is not on the PATH of this server'
      return [pwsh, '-NoLogo', '-NoProfile', '-NonInteractive', '-Command', powerShellHarness]
    },
  },
  {
    language: 'JavaScript',
    names: /^nodejs(\d{2}(\.x)?)?$/i,
    needsHandler: true,
    command: (env, user, memory) => {
      const node = find('node', env, user) ?? (usable(process.execPath, user) ? process.execPath : undefined)
      if (node === undefined) return 'There is no Node.js that scripts can run on this server'
      return [node, `--max-old-space-size=${Math.floor(memory * 0.75)}`, '-e', nodeHarness]
    },
  },
]

/** The runtime that a document's name means. */
export function runtimeNamed(name: string): Runtime | undefined {
  return runtimes.find(({ names }) => names.test(name))
}

/** What a program needs to read so that it can be started: its folder, and the one beside it with its libraries. */
export function readableFor(command: readonly string[] | null): string[] {
  if (command === null) return []
  const folder = dirname(realpathSync(command[0]!))
  return folder.endsWith('/bin') && dirname(folder) !== '/' ? [folder, `${dirname(folder)}/lib`] : [folder]
}

function find(name: string, env: Environment, user: ProcessUser | undefined): string | undefined {
  const path = onPath(name, env).find(each => usable(each, user))
  return path === undefined ? undefined : realpathSync(path)
}

function usable(path: string, user: ProcessUser | undefined): boolean {
  try {
    accessSync(path, constants.X_OK)
    return user === undefined || (reachable(path, user, 'execute') && reachable(realpathSync(path), user, 'execute'))
  } catch {
    return false
  }
}
