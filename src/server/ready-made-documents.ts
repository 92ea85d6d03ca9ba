import type { AutomationDocumentEntity, DocumentVersion } from '../catalog/documents.ts'
import type { Scope } from '../catalog/scope.ts'
import { versionOf } from '../operations/ssm/document.ts'
import type { ReadyMadeDocument } from '../runbook/ready-made.ts'
import type { Storage } from '../storage/storage.ts'
import type { VersionChoice } from '../storage/verbs/documents.ts'
import { documentRules } from './document-rules.ts'

/** Whom SSM names as their owner. */
const owner = 'Amazon'

/** When they were made: the same everywhere, whenever a server was started. */
const createdAt = new Date(Date.UTC(2026, 0, 1))

/**
 * Storage in which every account and region has the ready-made documents beside its own. They are read like any other and
 * are not stored: what changes or deletes documents does not find them, and their names are reserved.
 */
export function withReadyMadeDocuments(storage: Storage, readyMade: readonly ReadyMadeDocument[]): Storage {
  const documentsByName = new Map(readyMade.map(each => [each.name, each]))
  const versions = new Map<string, DocumentVersion>()
  /** Parsed when it is first asked for: parsing them all would be a fifth of the server's start. */
  const versionNamed = (name: string) => {
    const document = documentsByName.get(name)
    if (document && !versions.has(name)) versions.set(name, onlyVersion(document))
    return versions.get(name)
  }
  const find = (scope: Scope, nameOrArn: string) => versionNamed(nameIn(scope, nameOrArn))
  const { documents } = storage
  return {
    ...storage,
    documents: {
      ...documents,
      get: async (scope, nameOrArn) => {
        const version = find(scope, nameOrArn)
        return version ? entityOf(version, scope) : documents.get(scope, nameOrArn)
      },
      getVersion: async (scope, nameOrArn, choice) => {
        const version = find(scope, nameOrArn)
        if (!version) return documents.getVersion(scope, nameOrArn, choice)
        return isOnlyVersion(choice) ? version : undefined
      },
      versions: async (scope, name) => {
        const version = versionNamed(name)
        return version ? [version] : documents.versions(scope, name)
      },
      list: async scope => {
        const own = await documents.list(scope)
        const all = [
          ...own,
          ...readyMade.map(({ name }) => {
            const version = versionNamed(name)!
            return { document: entityOf(version, scope), version }
          }),
        ]
        return all.sort((one, other) => (one.document.name < other.document.name ? -1 : 1))
      },
    },
  }
}

function onlyVersion(document: ReadyMadeDocument): DocumentVersion {
  const summary = documentRules.check(document.content, 'YAML')
  return { ...versionOf({ ...document, format: 'YAML' }, summary), version: '1', createdAt }
}

function entityOf({ name }: DocumentVersion, { region }: Scope): AutomationDocumentEntity {
  const scope = { accountId: owner, region }
  return { scope, name, createdAt, defaultVersion: '1', latestVersion: '1', nextVersion: 2, tags: [] }
}

/** AWS's own documents have ARNs without an account. */
function nameIn({ region }: Scope, nameOrArn: string): string {
  const arn = /^arn:[^:]+:ssm:([^:]*)::(?:document|automation-definition)\/([^:]+)$/.exec(nameOrArn)
  return arn && arn[1] === region ? arn[2]! : nameOrArn
}

function isOnlyVersion(choice: VersionChoice): boolean {
  return typeof choice === 'string' && ['$DEFAULT', '$LATEST', '1'].includes(choice)
}
