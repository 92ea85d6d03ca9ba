// What the engine, the supervisor and the service share: the files in a service's folder, and how a process is
// recognised again. A folder holds settings.json (the engine's), supervisor.json and service.json (theirs),
// data/subscribers.json and service.log; the key lies in settings.json, which only the owner may read.
import { spawnSync } from 'node:child_process'
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** The file's JSON, or undefined when there is no such file. */
export function readJson(folder, name) {
  let text
  try {
    text = readFileSync(join(folder, name), 'utf8')
  } catch (error) {
    if (error.code === 'ENOENT') return undefined
    throw error
  }
  return JSON.parse(text)
}

/** Replaces the file in one go, readable by its owner only. */
export function writeJson(folder, name, value) {
  const path = join(folder, name)
  const draft = `${path}.${process.pid}.new`
  writeFileSync(draft, JSON.stringify(value, null, 2), { mode: 0o600 })
  renameSync(draft, path)
}

/**
 * When the process began, in the system's own words, or undefined when it is gone (or a zombie). With the pid it names
 * one process: pids are used again.
 */
export function startTime(pid) {
  if (process.platform === 'linux') {
    try {
      // The second field is the command's name in brackets and may hold spaces; the state is the third, the start the 22nd.
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1).split(' ')
      return fields[0] === 'Z' ? undefined : fields[19]
    } catch {
      return undefined
    }
  }
  const { stdout } = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' })
  return stdout?.trim() || undefined
}

export function isAlive(identity) {
  return identity !== undefined && startTime(identity.pid) === identity.startTime
}

export function identityOf(pid) {
  return { pid, startTime: startTime(pid) }
}
