/**
 * Runs in a thread of its own (hcl.ts): the parser is Go compiled to WebAssembly, which changes globals, and which a file
 * with brackets nested deeply enough brings down for good.
 */
import fs from 'node:fs'
import { parentPort } from 'node:worker_threads'
import { parse } from '@cdktn/hcl2json'

// Go writes to the standard outputs by file descriptor, and would fill the server's log with its stack when it dies.
fs.writeSync = ((_descriptor: number, bytes: Uint8Array) => bytes.length) as typeof fs.writeSync

parentPort!.on('message', async ({ id, path, text }: { id: number; path: string; text: string }) => {
  try {
    parentPort!.postMessage({ id, value: await parse(path, text) })
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const syntax = /^parse config: \[([\s\S]*)\]$/.exec(message)?.[1]
    // Not the file's syntax but the parser itself: it cannot be trusted with another file.
    parentPort!.postMessage(syntax === undefined ? { id, broken: message } : { id, error: syntax })
  }
})
