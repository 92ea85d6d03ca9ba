import { readdirSync, statSync } from 'node:fs'
import { loadConfiguration } from '../config.ts'
import { expandPath, resolvePath } from '../paramfile.ts'
import type { Environment } from '../session.ts'
import type { CandidateSources } from './candidates.ts'

/** Profiles and files as this machine has them. What cannot be read offers nothing; completing never fails. */
export function localSources(env: Environment, cwd: string): Pick<CandidateSources, 'profiles' | 'listFolder'> {
  return {
    profiles: () => {
      try {
        return [...loadConfiguration(env, cwd).profiles.keys()].sort()
      } catch {
        return []
      }
    },
    listFolder: folder => {
      const path = resolvePath(expandPath(folder === '' ? '.' : folder, env), cwd)
      try {
        return readdirSync(path, { withFileTypes: true }).map(entry =>
          entry.isDirectory() || (entry.isSymbolicLink() && isFolder(`${path}/${entry.name}`))
            ? `${entry.name}/`
            : entry.name,
        )
      } catch {
        return []
      }
    },
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}
