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

type State =
  | { readonly is: 'unknown' }
  | { readonly is: 'out'; readonly why?: string }
  | { readonly is: 'in'; readonly who: Who }

let state: State = { is: 'unknown' }
const listeners = new Set<() => void>()
const regionKey = 'bellhop.region'

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

  /** Asks the server who is signed in. */
  async find(): Promise<void> {
    const response = await fetch('/console/session', { credentials: 'same-origin' }).catch(() => undefined)
    if (!response) return become({ is: 'out', why: 'The server does not answer.' })
    if (!response.ok) return become({ is: 'out' })
    const who = (await response.json()) as Partial<Who>
    if (who.arn === undefined) return become({ is: 'out' })
    become({ is: 'in', who: { ...(who as Who), region: localStorage.getItem(regionKey) ?? who.region ?? '' } })
  },

  /** Exchanges a key for a session. The key is held no longer than this takes. Answers what went wrong. */
  async signIn(key: {
    accessKeyId: string
    secretAccessKey: string
    sessionToken: string
  }): Promise<string | undefined> {
    const response = await fetch('/console/session', {
      method: 'POST',
      credentials: 'same-origin',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(key),
    }).catch(() => undefined)
    if (!response) return 'The server does not answer.'
    if (response.ok) return void (await session.find())
    const { message } = Object(await response.json().catch(() => ({}))) as { message?: string }
    return message ?? `The server answered ${response.status}.`
  },

  async signOut(): Promise<void> {
    const { token } = session.current()
    await fetch('/console/session', { method: 'DELETE', headers: { 'x-bellhop-token': token } }).catch(() => undefined)
    become({ is: 'out' })
  },

  /** The server says that the session is over. */
  ended(): void {
    if (state.is === 'in') become({ is: 'out', why: 'Your session has ended. Sign in again to go on.' })
  },

  setRegion(region: string): void {
    if (state.is !== 'in') return
    localStorage.setItem(regionKey, region)
    become({ is: 'in', who: { ...state.who, region } })
  },
}
