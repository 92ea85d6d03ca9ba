import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Credentials } from '../src/sigv4/types.ts'

export const root = join(import.meta.dirname, '..')

/**
 * Runs `bellhop server` from the source and waits for its ready line. Its log goes where `stderr` says; `source` is the folder of
 * another version.
 */
export async function startServerProcess(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  stderr: 'inherit' | 'pipe' | number,
  source: string = root,
): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(process.execPath, [join(source, 'src/bin.ts'), 'server', ...args], {
    stdio: ['ignore', 'pipe', stderr],
    env,
  })
  const url = await new Promise<string>((resolve, reject) => {
    let out = ''
    child.stdout!.on('data', chunk => {
      out += chunk
      const ready = /^bellhop: listening on (http:\/\/\S+)\n/.exec(out)?.[1]
      if (ready) resolve(ready)
    })
    let log = ''
    child.stderr?.on('data', chunk => {
      log += chunk
    })
    child.once('exit', code => reject(new Error(`The server ended with code ${code} before it was ready. ${log}`)))
  })
  return { child, url }
}

/** An administrator's key, as the server wrote it. */
export function readCredentials(dataDirectory: string, profile = 'bellhop'): Credentials {
  const file = readFileSync(join(dataDirectory, 'credentials'), 'utf8')
  const text = file.split(/^(?=\[)/m).find(section => section.startsWith(`[${profile}]`))!
  const value = (name: string) => new RegExp(`^${name} = (.+)$`, 'm').exec(text)![1]!
  return { accessKeyId: value('aws_access_key_id'), secretAccessKey: value('aws_secret_access_key') }
}
