import type { Ids } from '../../catalog/ids.ts'
import { ReceiptHandleIsInvalid } from '../../protocol/errors.ts'

/** A receipt handle: it names one delivery of one message, and nobody can guess it. */
export function newReceipt(ids: Ids): string {
  return Buffer.from(`receipt:${ids.uuid()}`).toString('base64')
}

/** Throws ReceiptHandleIsInvalid for what this server never handed out. */
export function requireReceipt(handle: string): void {
  if (!/^receipt:[0-9a-f-]{36}$/.test(Buffer.from(handle, 'base64').toString())) {
    throw new ReceiptHandleIsInvalid('The input receipt handle is invalid.')
  }
}
