import { spawn } from 'node:child_process'
import type { CredentialSources, FoundCredentials } from '../credentials.ts'
import { CliError } from '../errors.ts'
import { parseJson } from '../json.ts'
import { systemErrorText } from '../paramfile.ts'
import { pythonString } from '../values.ts'
import { splitWords } from '../words.ts'
import { parseMoment } from './moment.ts'

/**
 * `credential_process`: a command, run without a shell, that prints credentials as JSON. Its stderr is shown when it
 * fails. Throws a CliError with the AWS CLI's text.
 */
export async function processCredentials(
  { session, trace, readSecret }: CredentialSources,
  command: string,
): Promise<FoundCredentials> {
  const [file = '', ...args] = splitWords(command)
  // The words after the program may be secrets.
  trace?.line(`credentials: running the profile's credential_process, ${file} with ${args.length} arguments`)
  const { status, signal, stdout, stderr } = await runProgram(
    file,
    args,
    session,
    readSecret === undefined ? 'ignore' : 'inherit',
  )
  if (status !== 0) throw failed(stderr || (signal ? `ended by ${signal}` : ''))
  const answer = parseAnswer(stdout)
  const member = (name: string) => (answer instanceof Map ? (answer.get(name) ?? null) : null)
  const text = (name: string) => {
    const value = member(name)
    if (typeof value !== 'string') throw failed(`Missing required key in response: '${name}'`)
    return value
  }
  if (member('Version') !== 1) {
    const version = member('Version') === null ? '<Version key not provided>' : pythonString(member('Version'))
    throw failed(`Unsupported version '${version}' for credential process provider, supported versions: 1`)
  }
  const token = member('SessionToken')
  const end = member('Expiration')
  return {
    provider: 'custom-process',
    accessKeyId: text('AccessKeyId'),
    secretAccessKey: text('SecretAccessKey'),
    sessionToken: typeof token === 'string' ? token : undefined,
    expiration: typeof end === 'string' ? parseMoment(end) : undefined,
  }
}

interface Ended {
  readonly status: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** Not the synchronous way: Ctrl-C must end us while it runs. It may ask its user for something on our standard input. */
function runProgram(
  file: string,
  args: readonly string[],
  { env, cwd }: CredentialSources['session'],
  stdin: 'inherit' | 'ignore',
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { env: { ...env }, cwd, stdio: [stdin, 'pipe', 'pipe'] })
    const out: Buffer[] = []
    const err: Buffer[] = []
    child.stdout.on('data', chunk => out.push(chunk))
    child.stderr.on('data', chunk => err.push(chunk))
    child.once('error', error => reject(new CliError(systemErrorText(error, file), { cause: error })))
    child.once('close', (status, signal) => {
      resolve({ status, signal, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() })
    })
  })
}

/** What a program printed instead of JSON may be a secret: the error says where it breaks, and not what it is. */
function parseAnswer(stdout: string): ReturnType<typeof parseJson> {
  try {
    return parseJson(stdout)
  } catch (error) {
    throw new CliError((error as Error).message, { cause: error })
  }
}

function failed(text: string): CliError {
  return new CliError(`Error when retrieving credentials from custom-process: ${text}`)
}
