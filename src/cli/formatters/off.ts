import { buffered } from './formatter.ts'

/** The call is made and all its pages are fetched, nothing is printed. */
export const formatOff = buffered(() => {})
