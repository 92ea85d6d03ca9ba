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

/** Where ids come from: handed in, so that tests and simulations can fix them. */
export interface Ids {
  /** A new id such as `prod-4jqr7svzjkgmi`. */
  next(kind: IdKind): string
  /** A unique id of IAM such as `AIDA...`, or an access key's such as `AKIA...`. */
  iam(kind: IamIdKind): string
  /** A secret of 240 random bits, in the form of AWS's secret access keys: 40 characters of base64. */
  secretAccessKey(): string
  /** A new version 4 UUID, for executions, steps and workflow tokens. */
  uuid(): string
}

/** Ids drawn from a source of random bytes. */
export function idsFrom(randomBytes: (size: number) => Uint8Array): Ids {
  return {
    next: kind => prefixes[kind] + Array.from(randomBytes(length), byte => alphabet[byte & 31]).join(''),
    iam: kind => {
      const [prefix, characters] = iamPrefixes[kind]
      return prefix + Array.from(randomBytes(characters), byte => alphabet[byte & 31]!.toUpperCase()).join('')
    },
    secretAccessKey: () => Buffer.from(randomBytes(30)).toString('base64'),
    uuid: () => {
      const bytes = Uint8Array.from(randomBytes(16))
      bytes[6] = (bytes[6]! & 0x0f) | 0x40
      bytes[8] = (bytes[8]! & 0x3f) | 0x80
      const hex = Buffer.from(bytes).toString('hex')
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
    },
  }
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
