import { printJson } from '../json.ts'
import { buffered, isEmptyAnswer } from './formatter.ts'

/** JSON with four blanks a level; characters beyond ASCII as they are. */
export const formatJson = buffered((value, output) => {
  if (!isEmptyAnswer(value)) output.write(`${printJson(value, { indent: 4 })}\n`)
})
