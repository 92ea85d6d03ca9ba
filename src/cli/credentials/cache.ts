import { createHash, randomUUID } from 'node:crypto'
import { mkdirSync, readFileSync } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { CredentialSources, FoundCredentials } from '../credentials.ts'
import { parseMoment } from './moment.ts'

/**
 * Temporary credentials on disk, in the AWS CLI's folder, names and form, so that it and we use each other's: one JSON
 * file for each role, readable by its owner alone. Source: botocore's JSONFileCache and credential fetchers.
 */

/** Milliseconds of life that credentials must have left to be used from the cache. */
const MIN_LIFE = 15 * 60_000

export interface CachedCredentials {
  readonly Credentials: {
    readonly AccessKeyId: string
    readonly SecretAccessKey: string
    readonly SessionToken: string
    /** ISO 8601, with Z or UTC. */
    readonly Expiration: string
    readonly AccountId?: string | undefined
  }
}

/** A folder below ~/.aws. */
export function awsFolder(env: CredentialSources['session']['env'], ...names: string[]): string {
  return join(env['HOME'] || homedir(), '.aws', ...names)
}

/** The name of a cache file: SHA-1 of the arguments as Python's json.dumps(sort_keys=True) writes them. */
export function cacheKey(args: Readonly<Record<string, string | number>>, separators: 'wide' | 'narrow'): string {
  const [comma, colon] = separators === 'wide' ? [', ', ': '] : [',', ':']
  const members = Object.keys(args)
    .sort()
    .map(name => `${ascii(name)}${colon}${ascii(args[name]!)}`)
  return sha1(`{${members.join(comma)}}`)
}

export function sha1(text: string): string {
  return createHash('sha1').update(text).digest('hex')
}

function ascii(value: string | number): string {
  return JSON.stringify(value).replace(
    /[\x7f-\uffff]/g,
    unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** What a cache file of this folder holds, or undefined: a file that is missing or broken is none. */
export function readCacheFile(folder: string, key: string): unknown {
  try {
    return JSON.parse(readFileSync(join(folder, `${key}.json`), 'utf8'))
  } catch {
    return undefined
  }
}

/** Write a cache file with mode 0600, as a whole or not at all. */
export async function writeCacheFile(folder: string, key: string, content: unknown): Promise<void> {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const path = join(folder, `${key}.json`)
  const draft = `${path}.${randomUUID()}.tmp`
  const file = await open(draft, 'wx', 0o600)
  try {
    await file.writeFile(JSON.stringify(content))
    await file.sync()
    await file.close()
    await rename(draft, path)
  } catch (error) {
    await file.close().catch(() => {})
    await rm(draft, { force: true })
    throw error
  }
}

/** Credentials from the cache, or fetched and put there. A cache that cannot be written is no reason to fail. */
export async function cached(
  { session, now, trace }: CredentialSources,
  provider: string,
  key: string,
  fetchThem: () => Promise<CachedCredentials>,
): Promise<FoundCredentials> {
  const folder = awsFolder(session.env, 'cli', 'cache')
  const stored = fromCacheFile(readCacheFile(folder, key), provider)
  hide(trace, stored)
  if (stored && stored.expiration!.getTime() - now().getTime() >= MIN_LIFE) {
    trace?.line(`credentials: ${provider} from the cache, ${join(folder, key)}.json`)
    return stored
  }
  if (stored) trace?.line(`credentials: those in the cache (${provider}) are about to expire`)
  const content = await fetchThem()
  const found = fromCacheFile(content, provider)!
  hide(trace, found)
  try {
    await writeCacheFile(folder, key, content)
  } catch (error) {
    trace?.line(`credentials: the cache could not be written: ${(error as Error).message}`)
  }
  return found
}

function hide(trace: CredentialSources['trace'], found: FoundCredentials | undefined): void {
  trace?.hide(found?.secretAccessKey)
  trace?.hide(found?.sessionToken)
}

function fromCacheFile(content: unknown, provider: string): FoundCredentials | undefined {
  const credentials = (content as Partial<CachedCredentials> | null | undefined)?.Credentials
  const members = [
    credentials?.AccessKeyId,
    credentials?.SecretAccessKey,
    credentials?.SessionToken,
    credentials?.Expiration,
  ]
  if (!credentials || members.some(member => typeof member !== 'string')) return undefined
  return {
    provider,
    accessKeyId: credentials.AccessKeyId,
    secretAccessKey: credentials.SecretAccessKey,
    sessionToken: credentials.SessionToken,
    expiration: parseMoment(credentials.Expiration),
  }
}
