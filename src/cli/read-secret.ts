import { closeSync, openSync } from 'node:fs'
import { ReadStream } from 'node:tty'
import { CliError } from './errors.ts'
import { interrupt } from './interrupt.ts'

/**
 * Ask on the terminal for a text, without showing what is typed: on the process's own terminal, wherever its streams go,
 * and from standard input where there is none. Source: Python's getpass, which the AWS CLI asks for MFA codes with.
 */
export async function readSecret(prompt: string): Promise<string> {
  let descriptor: number
  try {
    descriptor = openSync('/dev/tty', 'r+')
  } catch {
    return readLine(prompt)
  }
  let terminal: ReadStream
  try {
    terminal = new ReadStream(descriptor)
  } catch {
    closeSync(descriptor)
    return readLine(prompt)
  }
  const { writeSync } = await import('node:fs')
  // Before the question: an answer that comes at once must not be shown either.
  terminal.setRawMode(true)
  writeSync(descriptor, prompt)
  const finish = () => {
    terminal.setRawMode(false)
    writeSync(descriptor, '\n')
    terminal.destroy()
  }
  return new Promise((resolve, reject) => {
    let typed = ''
    terminal.setEncoding('utf8')
    terminal.on('error', error => reject(new CliError(error.message, { cause: error })))
    terminal.on('data', (keys: string) => {
      for (const key of keys) {
        if (key === '\u0003') {
          finish()
          return interrupt()
        }
        if (key === '\r' || key === '\n' || key === '\u0004') {
          finish()
          if (key === '\u0004' && typed === '') return reject(new CliError('EOF when reading a line'))
          return resolve(typed)
        }
        if (key === '\u007f' || key === '\b') typed = typed.slice(0, -1)
        else if (key === '\u0015') typed = ''
        else if (key >= ' ') typed += key
      }
    })
  })
}

async function readLine(prompt: string): Promise<string> {
  process.stderr.write(`Warning: Password input may be echoed.\n${prompt}`)
  let text = ''
  process.stdin.setEncoding('utf8')
  for await (const chunk of process.stdin) {
    text += chunk
    const end = text.indexOf('\n')
    if (end >= 0) return text.slice(0, end).replace(/\r$/, '')
  }
  if (text === '') throw new CliError('EOF when reading a line')
  return text
}
