import { type Compilable, sql } from 'kysely'
import type { LimitKeys } from '../../catalog/limits.ts'
import { all, db, first, read, run, type Steps, wake, write } from '../verb.ts'
import { never } from './executions.ts'

/** An execution that wants to go on, and must have a place under each of its keys to do so. */
export interface Entering {
  readonly executionId: string
  readonly keys: LimitKeys
  /** It has been under way before, or is part of something that is: it goes before those that have not begun. */
  readonly resumed: boolean
  /** When it was accepted (milliseconds since 1970): first come, first served. */
  readonly acceptedAt: number
  /** Who takes the place; nobody else gives it up. */
  readonly holder: string
}

/** An execution that does not go on: it leaves the line (`waiting`), gives up the place that `holder` took, or both (`ended`). */
export interface Leaving {
  readonly executionId: string
  readonly how: 'ended' | 'waiting' | { readonly holder: string }
}

/** How many may be under way under a key; undefined: any number. */
export type MostOf = (key: string) => number | undefined

/** Where an execution stands. */
export interface QueuePosition {
  /** 1: it is next. Where accounts take turns, at most so many go before it. Not counted beyond mostCounted. */
  readonly position: number
  /** The limit that it waits for, by its key. */
  readonly key: string
  /** Since when (milliseconds since 1970). */
  readonly since: number
}

/**
 * The furthest position that is told exactly; whoever stands behind it is told the next number. To count a hundred thousand
 * takes longer than anything else that is asked while one waits, and says no more.
 */
export const mostCounted = 1000

/** Given places in one transaction. */
const mostAtOnce = 200

/** Heads of a line that are read at once. */
const headsAtOnce = 20

/**
 * Less than any line. That a column is greater says that it is not null, in a way that makes planners without statistics take
 * the index: the table may be large, and few of its rows have a place.
 */
const nothing = ''

interface Head {
  readonly execution_id: string
  readonly turn: number
  readonly accepted_at: number
}

/** A line in which somebody waits. */
interface Line {
  readonly text: string
  readonly keys: LimitKeys
  heads: Head[]
  /** Whether `heads` are all there are. */
  isWhole: boolean
}

const insert = (row: { execution_id: string; waits_in: string; turn: number; accepted_at: number; since: number }) =>
  db.insertInto('places').values({ ...row, holds_in: null, holder: '' })

export const places = {
  /**
   * What lets executions go on: takes places back, puts those that come into their lines, and gives places to whoever is
   * next wherever there is room. Answers which of those that came may go on, which others have been woken, and whether
   * there may be more of them.
   */
  turn: write(function* (
    { entering, leaving }: { readonly entering: readonly Entering[]; readonly leaving: readonly Leaving[] },
    mostOf: MostOf,
    now: Date,
  ) {
    for (const each of leaving) yield* run(deletion(each))
    const holding = new Set<string>()
    const ids = entering.map(({ executionId }) => executionId)
    const known =
      ids.length === 0
        ? []
        : yield* all(db.selectFrom('places').select(['execution_id', 'holds_in']).where('execution_id', 'in', ids))
    const places = new Map(known.map(row => [row.execution_id, row.holds_in]))
    for (const { executionId, keys, resumed, acceptedAt, holder } of entering) {
      const place = places.get(executionId)
      if (place) {
        holding.add(executionId)
        yield* run(db.updateTable('places').set({ holder }).where('execution_id', '=', executionId))
      } else if (place === undefined) {
        const turn = resumed ? 0 : 1
        const line = JSON.stringify(keys)
        yield* run(
          insert({ execution_id: executionId, waits_in: line, turn, accepted_at: acceptedAt, since: now.getTime() }),
        )
      }
    }
    const holders = new Map(entering.map(({ executionId, holder }) => [executionId, holder]))
    const given = yield* giveOut(mostOf, holders)
    const woken = given.filter(id => !holders.has(id))
    for (const id of given) if (holders.has(id)) holding.add(id)
    // Nobody need look at what waits: whoever gives it a place wakes it.
    yield* wants(
      ids.filter(id => !holding.has(id)),
      never,
    )
    yield* wants(woken, now.getTime())
    for (const id of woken) yield* wake(id)
    return { holding, woken, more: given.length >= mostAtOnce }
  }),

  /** Whether nobody has a place, or waits for one. */
  isEmpty: read(function* () {
    return (yield* first(db.selectFrom('places').select('execution_id').limit(1))) === undefined
  }),

  /** Takes back places of executions that have ended: whoever ended them did not get to it. Answers how many. */
  sweep: write(function* () {
    const rows = yield* all(
      db
        .selectFrom('places')
        .leftJoin('executions', 'executions.id', 'places.execution_id')
        .select('execution_id')
        .where('holds_in', '>', nothing)
        .where('run_at', 'is', null),
    )
    for (const { execution_id } of rows) yield* run(deletion({ executionId: execution_id, how: 'ended' }))
    return rows.length
  }),

  /** Where an execution stands in its line; undefined: it does not wait for a place. */
  position: read(function* (executionId: string, mostOf: MostOf): Steps<QueuePosition | undefined> {
    const place = yield* first(db.selectFrom('places').selectAll().where('execution_id', '=', executionId))
    if (!place || place.waits_in === null) return undefined
    const keys = keysOf(place.waits_in)
    const used = yield* usedPlaces()
    const limited = keys.filter(each => mostOf(each) !== undefined)
    const key = limited.find(each => (used.get(each) ?? 0) >= mostOf(each)!) ?? limited[0] ?? keys[0]
    const lines = (yield* waitingLines()).filter(line => line.keys.includes(key))
    const own = lines.filter(line => line.keys[0] === keys[0])
    let position = 1
    for (const line of own) {
      position += yield* countUpTo(line.text, mostCounted + 1 - position, place)
      if (position > mostCounted) break
    }
    const others = new Map<string, number>()
    for (const {
      keys: [account],
      text,
    } of lines) {
      if (account === keys[0]) continue
      const before = others.get(account) ?? 0
      if (before < position) others.set(account, before + (yield* countUpTo(text, position - before)))
    }
    // Accounts take turns: each of the others has at most as many before it as its own account has.
    for (const before of others.values()) position += before
    return { position: Math.min(position, mostCounted + 1), key, since: place.since }
  }),

  /** By key: how many wait, since when the first of them (milliseconds since 1970), and how many are under way. */
  load: read(function* () {
    const rows = yield* all(
      db
        .selectFrom('places')
        .select(({ fn }) => ['waits_in', fn.countAll<number>().as('count'), fn.min('since').as('since')])
        .where('waits_in', 'is not', null)
        .groupBy('waits_in'),
    )
    const load = new Map<string, { waiting: number; since: number | undefined; underWay: number }>()
    const at = (key: string) => {
      const known = load.get(key) ?? { waiting: 0, since: undefined, underWay: 0 }
      load.set(key, known)
      return known
    }
    for (const { waits_in, count, since } of rows) {
      for (const key of keysOf(waits_in!)) {
        const known = at(key)
        known.waiting += Number(count)
        known.since = Math.min(known.since ?? Number.POSITIVE_INFINITY, Number(since))
      }
    }
    for (const [key, underWay] of yield* usedPlaces()) at(key).underWay = underWay
    return load
  }),
}

function deletion({ executionId, how }: Leaving): Compilable {
  const query = db.deleteFrom('places').where('execution_id', '=', executionId)
  if (how === 'ended') return query
  return how === 'waiting' ? query.where('waits_in', 'is not', null) : query.where('holder', '=', how.holder)
}

/** Writes when these want to be looked at, unless they have ended. */
function* wants(ids: readonly string[], runAt: number): Steps<void> {
  if (ids.length === 0) return
  yield* run(
    db
      .updateTable('executions')
      .set({ run_at: runAt })
      .where('id', 'in', [...ids])
      .where('run_at', 'is not', null),
  )
}

/** Gives places to whoever is next as long as there are any. Answers who got one. */
function* giveOut(mostOf: MostOf, holders: ReadonlyMap<string, string>): Steps<string[]> {
  const lines = yield* waitingLines()
  if (lines.length === 0) return []
  const used = yield* usedPlaces()
  const hasRoom = ({ keys }: Line) =>
    keys.every(key => (used.get(key) ?? 0) < (mostOf(key) ?? Number.POSITIVE_INFINITY))
  const accounts = new Set(lines.map(({ keys }) => keys[0]))
  const served = accounts.size > 1 ? yield* servedLines() : new Map<string, number>()
  const servedNow = new Map<string, number>()
  let latest = Math.max(0, ...served.values())
  const given: string[] = []
  while (given.length < mostAtOnce) {
    const able: Line[] = []
    for (const line of lines) if (hasRoom(line) && (yield* hasHead(line))) able.push(line)
    const line = next(able, served)
    if (!line) break
    const { execution_id } = line.heads.shift()!
    const holder = holders.get(execution_id) ?? ''
    yield* run(
      db
        .updateTable('places')
        .set({ waits_in: null, holds_in: line.text, holder })
        .where('execution_id', '=', execution_id),
    )
    for (const key of line.keys) used.set(key, (used.get(key) ?? 0) + 1)
    given.push(execution_id)
    if (able.some(({ keys }) => keys[0] !== line.keys[0])) {
      latest += 1
      served.set(line.text, latest)
      servedNow.set(line.text, latest)
    }
  }
  for (const [line, turn] of servedNow) {
    const row = { line, served: turn }
    yield* run(
      db
        .insertInto('line_turns')
        .values(row)
        .onConflict(conflict => conflict.column('line').doUpdateSet(row)),
    )
  }
  return given
}

/**
 * Whose head goes next. Within an account the one that came first; between accounts the one whose line was served the longest
 * time ago, so that nobody waits for all of somebody else's.
 */
function next(able: readonly Line[], served: ReadonlyMap<string, number>): Line | undefined {
  const firsts = new Map<string, Line>()
  for (const line of able) {
    const known = firsts.get(line.keys[0])
    if (!known || compare(line.heads[0]!, known.heads[0]!) < 0) firsts.set(line.keys[0], line)
  }
  const turn = ({ text }: Line) => served.get(text) ?? 0
  return [...firsts.values()].sort((a, b) => turn(a) - turn(b) || compare(a.heads[0]!, b.heads[0]!))[0]
}

function compare(a: Head, b: Head): number {
  return a.turn - b.turn || a.accepted_at - b.accepted_at || (a.execution_id < b.execution_id ? -1 : 1)
}

/** Reads on when the heads that are known have gone; answers whether anybody is left. */
function* hasHead(line: Line): Steps<boolean> {
  if (line.heads.length === 0 && !line.isWhole) {
    // Those that got a place are no longer in the line.
    line.heads = [
      ...(yield* all(
        db
          .selectFrom('places')
          .select(['execution_id', 'turn', 'accepted_at'])
          .where('waits_in', '=', line.text)
          .orderBy('turn')
          .orderBy('accepted_at')
          .orderBy('execution_id')
          .limit(headsAtOnce),
      )),
    ]
    line.isWhole = line.heads.length < headsAtOnce
  }
  return line.heads.length > 0
}

/** The lines in which somebody waits: one look into the index for each, however many wait. */
function* waitingLines(): Steps<Line[]> {
  const smallest = db
    .selectFrom('places')
    .select(({ fn }) => fn.min('waits_in').as('line'))
    .where('waits_in', 'is not', null)
  const rows = yield* all(
    db
      .withRecursive('lines', query =>
        query
          .selectFrom(smallest.as('smallest'))
          .select('line')
          .unionAll(
            query
              .selectFrom('lines')
              .select(eb =>
                eb
                  .selectFrom('places')
                  .select(({ fn }) => fn.min('waits_in').as('line'))
                  .whereRef('waits_in', '>', 'lines.line')
                  .as('line'),
              )
              .where('lines.line', 'is not', null),
          ),
      )
      .selectFrom('lines')
      .select('line')
      .where('line', 'is not', null),
  )
  return rows.map(({ line }) => ({ text: line!, keys: keysOf(line!), heads: [], isWhole: false }))
}

/** How many places are taken, by key. */
function* usedPlaces(): Steps<Map<string, number>> {
  const rows = yield* all(
    db
      .selectFrom('places')
      .select(({ fn }) => ['holds_in', fn.countAll<number>().as('count')])
      .where('holds_in', '>', nothing)
      .groupBy('holds_in'),
  )
  const used = new Map<string, number>()
  for (const { holds_in, count } of rows) {
    for (const key of keysOf(holds_in!)) used.set(key, (used.get(key) ?? 0) + Number(count))
  }
  return used
}

function* servedLines(): Steps<Map<string, number>> {
  const rows = yield* all(db.selectFrom('line_turns').selectAll())
  return new Map(rows.map(({ line, served }) => [line, served]))
}

/** How many stand in a line, or before one, counted up to `most`. */
function* countUpTo(line: string, most: number, place?: Head): Steps<number> {
  let some = db
    .selectFrom('places')
    .select('execution_id')
    .where('waits_in', '=', line)
    .orderBy('turn')
    .orderBy('accepted_at')
    .orderBy('execution_id')
    .limit(most)
  if (place) {
    const { turn, accepted_at, execution_id } = place
    some = some.where(sql<boolean>`(turn, accepted_at, execution_id) < (${turn}, ${accepted_at}, ${execution_id})`)
  }
  const row = yield* first(db.selectFrom(some.as('some')).select(({ fn }) => fn.countAll<number>().as('count')))
  return Number(row?.count ?? 0)
}

function keysOf(line: string): LimitKeys {
  return JSON.parse(line) as LimitKeys
}
