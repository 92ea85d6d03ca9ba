import type { Output } from '../api/services.ts'

export type Position = Output<'bellhop.DescribeRecordPosition'>

/** Positions are told up to this one; the next number stands for all behind. */
const mostCounted = 1000
const beyond = 'More than 1000 are before it in line.'

/** Where it stands, in words: "3rd in line. At most 10 may be under way at once for the account."; undefined: it does not wait. */
export function queueText({ Waiting, Position, Limit }: Position): string | undefined {
  if (!Waiting || Position === undefined) return undefined
  const place = Position === 1 ? 'Next in line.' : Position > mostCounted ? beyond : `${ordinal(Position)} in line.`
  return Limit ? `${place} ${limitText(Limit)}` : place
}

function limitText({ Type, Name, Most }: NonNullable<Position['Limit']>): string {
  const most = Most === 1 ? 'Only one' : `At most ${Most}`
  switch (Type) {
    case 'ACCOUNT':
      return `${most} may be under way at once in account ${Name}.`
    case 'ACTION':
      return `${most} may be under way at once of the action ${Name}.`
    case 'ENGINE':
      return `${most} may be under way at once on the engine ${Name}.`
    default:
      return `${most} automations may be under way at once in account ${Name}.`
  }
}

/** 1st, 2nd, 3rd, 4th, 11th, 21st ... */
export function ordinal(number: number): string {
  const isTeen = number % 100 >= 11 && number % 100 <= 13
  const ending = isTeen ? 'th' : (['th', 'st', 'nd', 'rd'][number % 10] ?? 'th')
  return `${number}${ending}`
}
