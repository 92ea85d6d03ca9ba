import { chownSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { ProcessUser } from '../../processes/user.ts'

/** Why a job is made to end before it wants to. */
export interface Stop {
  readonly reason: 'cancelled' | 'timeout' | 'output'
  /** Milliseconds since 1970. */
  readonly at: number
}

/**
 * A job's folder: our own notes, which the engine cannot write, and in `work` what the engine may write
 * (ENGINE_JOB_DIR). Nothing here needs to survive a crash of the machine: then the process is gone as well.
 */
export class JobFolder {
  readonly path: string
  readonly work: string

  constructor(jobsDirectory: string, name: string) {
    // Names come back out of handles; a name is a name, never a path.
    if (!/^[A-Za-z0-9-]{1,64}$/.test(name)) throw new Error(`Not the name of a job: ${name}`)
    this.path = join(jobsDirectory, name)
    this.work = join(this.path, 'work')
  }

  /** Makes the folder, or finds it, with its first start's time (milliseconds since 1970). */
  create(now: number, user: ProcessUser | undefined): { readonly startedAt: number } {
    mkdirSync(this.path, { recursive: true, mode: 0o711 })
    mkdirSync(this.work, { recursive: true, mode: 0o700 })
    if (user) chownSync(this.work, user.uid, user.gid)
    const note = this.#read('job.json') as { startedAt: number } | undefined
    if (note) return note
    this.#write('job.json', { startedAt: now })
    return { startedAt: now }
  }

  exists(): boolean {
    return existsSync(this.work)
  }

  /** The request, where the engine alone can read it: parameters may be secret. */
  writeRequest(request: unknown, user: ProcessUser | undefined): string {
    return this.put('request.json', JSON.stringify(request), user)
  }

  /** Writes a file into the job's own folder, in place of the one that may be there; answers its path. */
  put(name: string, contents: string, user: ProcessUser | undefined): string {
    const path = join(this.work, name)
    // Made in our own folder and moved, so that no link of the engine's making is written through.
    const draft = join(this.path, `${name}.new`)
    writeFileSync(draft, contents, { mode: 0o600 })
    if (user) chownSync(draft, user.uid, user.gid)
    renameSync(draft, path)
    return path
  }

  readStop(): Stop | undefined {
    return this.#read('stop.json') as Stop | undefined
  }

  /** The first reason stays. */
  writeStop(stop: Stop): Stop {
    const before = this.readStop()
    if (before) return before
    this.#write('stop.json', stop)
    return stop
  }

  /** Notes that the job's end was told, so that the folder may go one day. */
  writeReported(now: number): void {
    if (this.exists() && !this.readReported()) this.#write('reported.json', { at: now })
  }

  readReported(): { readonly at: number } | undefined {
    return this.#read('reported.json') as { at: number } | undefined
  }

  async remove(): Promise<void> {
    await rm(this.path, { recursive: true, force: true })
  }

  /** A note of ours, beside the job's own folder: the job cannot read it. */
  readNote(name: string): unknown {
    return this.#read(`${name}.json`)
  }

  writeNote(name: string, value: unknown): void {
    this.#write(`${name}.json`, value)
  }

  #read(name: string): unknown {
    try {
      return JSON.parse(readFileSync(join(this.path, name), 'utf8'))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
      throw error
    }
  }

  #write(name: string, value: unknown): void {
    const draft = join(this.path, `${name}.new`)
    writeFileSync(draft, JSON.stringify(value), { mode: 0o600 })
    renameSync(draft, join(this.path, name))
  }
}

/** How long the folder of a job is kept after its end was told, for people who look for a reason. */
const keepMilliseconds = 24 * 60 * 60 * 1000
const cleanUpEvery = 10 * 60 * 1000

/** Removes what jobs have left, now and then: whoever starts one calls it. */
export function oldJobs(
  jobsDirectory: string,
  now: () => number,
  warn: (text: string) => void,
): { removeNowAndThen(): void } {
  let last = Number.NEGATIVE_INFINITY
  return {
    removeNowAndThen() {
      if (now() - last < cleanUpEvery) return
      last = now()
      removeReportedJobs(jobsDirectory, now() - keepMilliseconds).catch(error =>
        warn(`Old jobs of engines could not be removed: ${(error as Error).message}`),
      )
    },
  }
}

/** Removes the folders of jobs whose end was told before `before` (milliseconds since 1970). */
async function removeReportedJobs(jobsDirectory: string, before: number): Promise<void> {
  for (const name of await readdir(jobsDirectory).catch(() => [])) {
    if (!/^[A-Za-z0-9-]{1,64}$/.test(name)) continue
    const folder = new JobFolder(jobsDirectory, name)
    const reported = folder.readReported()
    if (reported && reported.at < before) await folder.remove()
  }
}
