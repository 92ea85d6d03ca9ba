/** Kinds of ids and their prefixes, as AWS writes them (AWS CLI output examples). */
const prefixes = {
  portfolio: 'port-',
  product: 'prod-',
  productView: 'prodview-',
  provisioningArtifact: 'pa-',
  provisionedProduct: 'pp-',
  record: 'rec-',
  constraint: 'cons-',
  serviceAction: 'act-',
  tagOption: 'tag-',
  plan: 'plan-',
  copyProduct: 'copyproduct-',
  portfolioShare: 'share-',
} as const

export type IdKind = keyof typeof prefixes

/** Kinds of IAM's ids, their prefixes and how many characters follow (IAM user guide, unique identifiers). */
const iamPrefixes = {
  user: ['AIDA', 17],
  group: ['AGPA', 17],
  role: ['AROA', 17],
  policy: ['ANPA', 17],
  accessKey: ['AKIA', 16],
  sessionKey: ['ASIA', 16],
} as const

export type IamIdKind = keyof typeof iamPrefixes

/** The 32 characters AWS's ids are written with: a power of two, so that a random byte picks one without bias. */
const alphabet = 'abcdefghijklmnopqrstuvwxyz234567'

/** Thirteen characters after the prefix: 65 bits. */
const length = 13

/** Of these, what tells the time in an id that is in order: milliseconds in 30 bits, which come again after twelve days. */
const timeLength = 6

/** Where ids come from: handed in, so that tests and simulations can fix them. */
export interface Ids {
  /** A new id such as `prod-4jqr7svzjkgmi`. */
  next(kind: IdKind): string
  /**
   * The same, for what is made often: ids of one moment begin alike, so that their places in an index lie side by side, and
   * are written together.
   */
  nextAt(kind: IdKind, time: Date): string
  /** A unique id of IAM such as `AIDA...`, or an access key's such as `AKIA...`. */
  iam(kind: IamIdKind): string
  /** A secret of 240 random bits, in the form of AWS's secret access keys: 40 characters of base64. */
  secretAccessKey(): string
  /** A new version 4 UUID. */
  uuid(): string
  /** A new version 7 UUID, for executions and steps: in the order of time, for the same reason as `nextAt`. */
  uuidAt(time: Date): string
}

/** Ids drawn from a source of random bytes. */
export function idsFrom(randomBytes: (size: number) => Uint8Array): Ids {
  const characters = (bytes: Iterable<number>) => Array.from(bytes, byte => alphabet[byte & 31]).join('')
  return {
    next: kind => prefixes[kind] + characters(randomBytes(length)),
    nextAt: (kind, time) => {
      const fives = Array.from(
        { length: timeLength },
        (_, i) => Math.floor(time.getTime() / 32 ** (timeLength - 1 - i)) % 32,
      )
      return prefixes[kind] + characters(fives) + characters(randomBytes(length - timeLength))
    },
    iam: kind => {
      const [prefix, count] = iamPrefixes[kind]
      return prefix + characters(randomBytes(count)).toUpperCase()
    },
    secretAccessKey: () => Buffer.from(randomBytes(30)).toString('base64'),
    uuid: () => uuidOf(4, Buffer.from(randomBytes(16))),
    uuidAt: time => {
      const bytes = Buffer.from(randomBytes(16))
      bytes.writeUIntBE(time.getTime(), 0, 6)
      return uuidOf(7, bytes)
    },
  }
}

/** A UUID of these bytes, in which version and variant are written over what was there (RFC 9562). */
function uuidOf(version: number, bytes: Buffer): string {
  bytes[6] = (bytes[6]! & 0x0f) | (version << 4)
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  const hex = bytes.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

/** The product view's id is the product's own thirteen characters under another prefix. */
export function productViewId(productId: string): string {
  return prefixes.productView + productId.slice(prefixes.product.length)
}

/** The product behind a product view's id, or undefined when the id is not a product view's. */
export function productOfView(viewId: string): string | undefined {
  const { product, productView } = prefixes
  return viewId.startsWith(productView) ? product + viewId.slice(productView.length) : undefined
}

/** A launch path is a portfolio seen by a principal: `lpv3-` and the portfolio's own characters (AWS CLI examples, 2025). */
export function launchPathId(portfolioId: string): string {
  return `lpv3-${portfolioId.slice(prefixes.portfolio.length)}`
}
