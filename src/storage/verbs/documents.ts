import { type AutomationDocumentEntity, type DocumentVersion, documentName } from '../../catalog/documents.ts'
import { Refusal } from '../../catalog/refusal.ts'
import type { Scope } from '../../catalog/scope.ts'
import { fromJson, toJson } from '../json.ts'
import { prepared } from '../prepared.ts'
import { all, db, first, read, run, type Steps, write } from '../verb.ts'
import { entities, requireBelow, scopeColumns } from './scoped.ts'

/** AWS's default quotas: documents in a region, and versions of one. */
const limits = { documents: 500, versions: 1000 }

/** A version by its number, by $DEFAULT or $LATEST, or by the name its author gave it. */
export type VersionChoice = string | { readonly versionName: string }

const select = prepared((of: { account_id: string; region: string; name: string }) =>
  db
    .selectFrom('documents')
    .select('data')
    .where('account_id', '=', of.account_id)
    .where('region', '=', of.region)
    .where('name', '=', of.name),
)

function* getDocument(scope: Scope, nameOrArn: string): Steps<AutomationDocumentEntity | undefined> {
  const name = documentName(scope, nameOrArn)
  if (name === undefined) return undefined
  const row = yield* first(select({ ...scopeColumns(scope), name }))
  return row && fromJson<AutomationDocumentEntity>(row.data)
}

function* versionsOf(scope: Scope, name: string): Steps<DocumentVersion[]> {
  const rows = yield* all(
    db
      .selectFrom('document_versions')
      .select(['content', 'data'])
      .where('account_id', '=', scope.accountId)
      .where('region', '=', scope.region)
      .where('name', '=', name),
  )
  return rows
    .map(row => ({ ...fromJson<Omit<DocumentVersion, 'content'>>(row.data), content: row.content }))
    .sort((a, b) => Number(b.version) - Number(a.version))
}

const selectVersion = prepared((of: { account_id: string; region: string; name: string; version: string }) =>
  db
    .selectFrom('document_versions')
    .select(['content', 'data'])
    .where('account_id', '=', of.account_id)
    .where('region', '=', of.region)
    .where('name', '=', of.name)
    .where('version', '=', of.version),
)

function* getVersion(scope: Scope, nameOrArn: string, choice: VersionChoice): Steps<DocumentVersion | undefined> {
  const document = yield* getDocument(scope, nameOrArn)
  if (!document) return undefined
  if (typeof choice !== 'string') {
    return (yield* versionsOf(scope, document.name)).find(version => version.versionName === choice.versionName)
  }
  const version =
    choice === '$DEFAULT' ? document.defaultVersion : choice === '$LATEST' ? document.latestVersion : choice
  const row = yield* first(selectVersion({ ...scopeColumns(scope), name: document.name, version }))
  return row && { ...fromJson<Omit<DocumentVersion, 'content'>>(row.data), content: row.content }
}

function* requireDocument(scope: Scope, nameOrArn: string): Steps<AutomationDocumentEntity> {
  const document = yield* getDocument(scope, nameOrArn)
  if (!document) throw new Refusal('NotFound', `Document with name ${nameOrArn} does not exist.`)
  return document
}

function* insertVersion(scope: Scope, version: DocumentVersion): Steps<void> {
  const { content, ...data } = version
  yield* run(
    db.insertInto('document_versions').values({
      ...scopeColumns(scope),
      name: version.name,
      version: version.version,
      created_at: version.createdAt.getTime(),
      content,
      data: toJson(data),
    }),
  )
}

function* updateDocument(document: AutomationDocumentEntity): Steps<void> {
  yield* run(
    db
      .updateTable('documents')
      .set({ data: toJson(document) })
      .where('account_id', '=', document.scope.accountId)
      .where('region', '=', document.scope.region)
      .where('name', '=', document.name),
  )
}

export const documents = {
  /** By name or ARN. */
  get: read(getDocument),

  /** By name or ARN, and a version: a number, `$DEFAULT`, `$LATEST` or the name the author gave it. */
  getVersion: read(getVersion),

  /** All of a region with their default versions, by name. Few by their quota, so not paged here. */
  list: read(function* (scope: Scope) {
    const rows = yield* all(
      db
        .selectFrom('documents')
        .select('data')
        .where('account_id', '=', scope.accountId)
        .where('region', '=', scope.region)
        .orderBy('name'),
    )
    const found: { document: AutomationDocumentEntity; version: DocumentVersion }[] = []
    for (const document of entities<AutomationDocumentEntity>(rows)) {
      const version = yield* getVersion(scope, document.name, '$DEFAULT')
      if (version) found.push({ document, version })
    }
    return found
  }),

  /** A document's versions, newest first. */
  versions: read(versionsOf),

  /** Refuses Duplicate when the name is taken, and LimitExceeded. */
  create: write(function* (document: AutomationDocumentEntity, version: DocumentVersion) {
    const { scope, name } = document
    if (yield* getDocument(scope, name))
      throw new Refusal('Duplicate', `Document with same name ${name} already exists`)
    const count = yield* first(
      db
        .selectFrom('documents')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .where('account_id', '=', scope.accountId)
        .where('region', '=', scope.region),
    )
    requireBelow(limits.documents, count, 'documents in an account and region')
    yield* run(
      db.insertInto('documents').values({
        ...scopeColumns(scope),
        name,
        created_at: document.createdAt.getTime(),
        data: toJson(document),
      }),
    )
    yield* insertVersion(scope, version)
  }),

  /**
   * Adds the version after `latest`, and answers the document and it. Refuses NotFound, InvalidState when `latest` is no
   * longer the latest version, Duplicate when another version has the same name, and LimitExceeded.
   */
  addVersion: write(function* (
    scope: Scope,
    nameOrArn: string,
    latest: string,
    made: Omit<DocumentVersion, 'version'>,
  ) {
    const document = yield* requireDocument(scope, nameOrArn)
    if (document.latestVersion !== latest) {
      throw new Refusal('InvalidState', `The latest version of document ${document.name} is ${document.latestVersion}.`)
    }
    const versions = yield* versionsOf(scope, document.name)
    if (made.versionName !== undefined && versions.some(({ versionName }) => versionName === made.versionName)) {
      throw new Refusal('Duplicate', `Document ${document.name} already has a version named ${made.versionName}.`)
    }
    requireBelow(limits.versions, { count: versions.length }, 'versions of a document')
    const version: DocumentVersion = { ...made, name: document.name, version: String(document.nextVersion) }
    const updated = {
      ...document,
      latestVersion: version.version,
      nextVersion: document.nextVersion + 1,
      displayName: made.displayName ?? document.displayName,
    }
    yield* insertVersion(scope, version)
    yield* updateDocument(updated)
    return { document: updated, version }
  }),

  /** Answers the version that is the default from now on. Refuses NotFound for the document; undefined for the version. */
  setDefaultVersion: write(function* (scope: Scope, nameOrArn: string, choice: string) {
    const document = yield* requireDocument(scope, nameOrArn)
    const version = yield* getVersion(scope, document.name, choice)
    if (version) yield* updateDocument({ ...document, defaultVersion: version.version })
    return version
  }),

  /** Deletes a document with all its versions. Refuses NotFound. */
  delete: write(function* (scope: Scope, nameOrArn: string) {
    const { name } = yield* requireDocument(scope, nameOrArn)
    for (const table of ['document_versions', 'documents'] as const) {
      yield* run(
        db
          .deleteFrom(table)
          .where('account_id', '=', scope.accountId)
          .where('region', '=', scope.region)
          .where('name', '=', name),
      )
    }
  }),

  /**
   * Deletes one version that is not the default one; answers false when there is no such version. Refuses NotFound for the
   * document and InUse for its default version.
   */
  deleteVersion: write(function* (scope: Scope, nameOrArn: string, choice: VersionChoice) {
    const document = yield* requireDocument(scope, nameOrArn)
    const version = yield* getVersion(scope, document.name, choice)
    if (!version) return false
    if (version.version === document.defaultVersion) {
      throw new Refusal('InUse', `Version ${version.version} is the default version of document ${document.name}.`)
    }
    yield* run(
      db
        .deleteFrom('document_versions')
        .where('account_id', '=', scope.accountId)
        .where('region', '=', scope.region)
        .where('name', '=', document.name)
        .where('version', '=', version.version),
    )
    if (version.version === document.latestVersion) {
      const left = yield* versionsOf(scope, document.name)
      yield* updateDocument({ ...document, latestVersion: left[0]!.version })
    }
    return true
  }),
}
