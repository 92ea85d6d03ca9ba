/** Who is signed in, as GET /console/session says. */
export interface Who {
  readonly arn: string
  readonly accountId: string
  readonly userName?: string
  readonly roleArn?: string
  /** What every call sends besides the cookie. */
  readonly token: string
  /** Milliseconds since 1970. */
  readonly expiresAt: number
  readonly region: string
}

/** How one can sign in, and what came of trying to, as GET /console/session says to nobody. */
export interface Ways {
  readonly accessKeys: boolean
  /** Identity providers. */
  readonly providers: readonly { readonly id: string; readonly name: string }[]
  readonly problem?: string
  /** Whom a provider has vouched for, and the roles they may take. */
  readonly choice?: { readonly provider: string; readonly name: string; readonly roles: readonly string[] }
}

const keysAlone: Ways = { accessKeys: true, providers: [] }

type State =
  | { readonly is: 'unknown' }
  | { readonly is: 'out'; readonly ways: Ways; readonly why?: string }
  | { readonly is: 'in'; readonly who: Who }

let state: State = { is: 'unknown' }
const listeners = new Set<() => void>()
const regionKey = 'bellhop.region'

/** Asks the server for something about the session; answers what it says, or what went wrong as its `message`. */
async function ask(method: string, path: string, body?: object, headers?: Record<string, string>) {
  const response = await fetch(path, {
    method,
    credentials: 'same-origin',
    headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
    body: body && JSON.stringify(body),
  }).catch(() => undefined)
  if (!response) return { ok: false, message: 'The server does not answer.' }
  const said = Object(await response.json().catch(() => ({}))) as Record<string, unknown>
  return { message: `The server answered ${response.status}.`, ...said, ok: response.ok } as {
    readonly ok: boolean
    readonly message: string
    readonly url?: string
  }
}

function become(next: State): void {
  state = next
  for (const tell of listeners) tell()
}

/** The session that this page is in; one per page, watched by React through useSession. */
export const session = {
  state: () => state,
  subscribe(tell: () => void) {
    listeners.add(tell)
    return () => void listeners.delete(tell)
  },

  /** Who is signed in and where. Only for what is shown while somebody is. */
  current(): Who {
    return state.is === 'in' ? state.who : { arn: '', accountId: '', token: '', expiresAt: 0, region: '' }
  },

  /** Asks the server who is signed in; `why` is told to nobody. */
  async find(why?: string): Promise<void> {
    const { ok, message, ...said } = await ask('GET', '/console/session')
    if (!ok) return become({ is: 'out', ways: keysAlone, why: message })
    const who = said as Partial<Who>
    if (who.arn === undefined) return become({ is: 'out', ways: said as unknown as Ways, why })
    become({ is: 'in', who: { ...(who as Who), region: localStorage.getItem(regionKey) ?? who.region ?? '' } })
  },

  /** Exchanges a key for a session. The key is held no longer than this takes. Answers what went wrong. */
  async signIn(key: {
    accessKeyId: string
    secretAccessKey: string
    sessionToken: string
  }): Promise<string | undefined> {
    const { ok, message } = await ask('POST', '/console/session', key)
    return ok ? void (await session.find()) : message
  },

  /** Goes to an identity provider, which sends back to this place. Answers what went wrong. */
  async signInThrough(provider: string): Promise<string | undefined> {
    const returnTo = location.hash
    const { message, url } = await ask('POST', `/console/oidc/${encodeURIComponent(provider)}/begin`, { returnTo })
    return url === undefined ? message : goTo(url)
  },

  /** Takes one of the roles to choose from. Answers what went wrong. */
  async choose(role: string): Promise<string | undefined> {
    const { ok, message } = await ask('POST', '/console/role', { role })
    return ok ? void (await session.find()) : message
  },

  /** Takes none of them. */
  async chooseNone(): Promise<void> {
    await ask('DELETE', '/console/role')
    await session.find()
  },

  async signOut(): Promise<void> {
    const { token } = session.current()
    const { url } = await ask('DELETE', '/console/session', undefined, { 'x-bellhop-token': token })
    become({ is: 'unknown' })
    if (url === undefined) await session.find()
    else goTo(url)
  },

  /** The server says that the session is over. */
  ended(): void {
    if (state.is !== 'in') return
    become({ is: 'unknown' })
    void session.find('Your session has ended. Sign in again to go on.')
  },

  setRegion(region: string): void {
    if (state.is !== 'in') return
    localStorage.setItem(regionKey, region)
    become({ is: 'in', who: { ...state.who, region } })
  },
}

/** Leaves for another site, and for nothing else: no address is run. */
function goTo(url: string): undefined {
  if (/^https?:/.test(url)) location.assign(url)
}
