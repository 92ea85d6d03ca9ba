/** A block of IP addresses, or one address: its bits as a number and how many of them count. */
export interface AddressBlock {
  readonly version: 4 | 6
  readonly bits: bigint
  readonly prefix: number
}

/** Reads `192.0.2.0/24`, `2001:db8::/32` or a single address. Undefined when it is neither. */
export function parseAddressBlock(text: string): AddressBlock | undefined {
  const [address, length, ...more] = text.split('/')
  if (more.length > 0) return undefined
  const parsed = parseAddress(address!)
  if (!parsed) return undefined
  const most = parsed.version === 4 ? 32 : 128
  const prefix = length === undefined ? most : /^\d{1,3}$/.test(length) ? Number(length) : Number.NaN
  return prefix <= most ? { ...parsed, prefix } : undefined
}

/** Whether an address lies in a block; an IPv4 address written as IPv6 (::ffff:192.0.2.1) counts as IPv4. */
export function contains(block: AddressBlock, address: string): boolean {
  const given = parseAddress(address)
  if (!given || given.version !== block.version) return false
  const ignored = BigInt((block.version === 4 ? 32 : 128) - block.prefix)
  return given.bits >> ignored === block.bits >> ignored
}

function parseAddress(text: string): { version: 4 | 6; bits: bigint } | undefined {
  if (!text.includes(':')) {
    const bits = parseVersion4(text)
    return bits === undefined ? undefined : { version: 4, bits }
  }
  const bits = parseVersion6(text)
  if (bits === undefined) return undefined
  return bits >> 32n === 0xffffn ? { version: 4, bits: bits & 0xffffffffn } : { version: 6, bits }
}

function parseVersion4(text: string): bigint | undefined {
  const parts = text.split('.')
  if (parts.length !== 4 || !parts.every(part => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256))
    return undefined
  return parts.reduce((bits, part) => (bits << 8n) | BigInt(part), 0n)
}

function parseVersion6(text: string): bigint | undefined {
  let rest = text
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text)
  if (dotted) {
    const low = parseVersion4(dotted[2]!)
    if (low === undefined) return undefined
    rest = `${dotted[1]}${(low >> 16n).toString(16)}:${(low & 0xffffn).toString(16)}`
  }
  const halves = rest.split('::')
  if (halves.length > 2) return undefined
  const groups = halves.map(half => (half === '' ? [] : half.split(':')))
  const count = groups.flat().length
  if (halves.length === 1 ? count !== 8 : count > 7) return undefined
  const all = halves.length === 1 ? groups[0]! : [...groups[0]!, ...Array(8 - count).fill('0'), ...groups[1]!]
  if (!all.every(group => /^[0-9a-f]{1,4}$/i.test(group))) return undefined
  return all.reduce((bits, group) => (bits << 16n) | BigInt(`0x${group}`), 0n)
}
