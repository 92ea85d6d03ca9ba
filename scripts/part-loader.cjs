// The head of dist/bellhop.cjs: reads parts out of the comment that follows it, and runs them. Plain JavaScript for the
// oldest Node we run on. The upper-case names are filled in by bundle.ts.
/* global STORED, TAIL, CORE, CORE_ID, WORTH_CACHING, START */
const fs = require('node:fs')
const { Script, compileFunction } = require('node:vm')

/** Parts that have been run, by name. */
const modules = new Map()
const core = runCore()
load(START)

function load(name) {
  const known = modules.get(name)
  if (known !== undefined) return known.exports
  const part = { exports: {} }
  modules.set(name, part)
  const run = core[name] ?? compile(name)
  run(part.exports, requirePart, part, __dirname)
  return part.exports
}

function requirePart(name) {
  if (name === 'bellhop:parts') return { partText }
  return name.startsWith('./') ? load(name.slice(2)) : require(name)
}

function compile(name) {
  return compileFunction(partText(name), ['exports', 'require', 'module', '__dirname'], {
    filename: `${__filename}:${name}`,
  })
}

/** The text of a part that lies in the comment at this file's end. */
function partText(name) {
  const [start, length, isPacked] = STORED[name]
  const bytes = Buffer.allocUnsafe(length)
  const file = fs.openSync(__filename, 'r')
  try {
    for (let at = 0; at < length; ) {
      const read = fs.readSync(file, bytes, at, length - at, TAIL + start + at)
      if (read === 0) throw new Error(`${__filename} is cut short.`)
      at += read
    }
  } finally {
    fs.closeSync(file)
  }
  if (!isPacked) return bytes.latin1Slice().replaceAll('*\x01/', '*/').replaceAll('\x01.', '\x01')
  const packed = Buffer.from(bytes.latin1Slice(), 'base64')
  return require('node:zlib').brotliDecompressSync(packed).latin1Slice()
}

/**
 * The parts that every call runs, as functions by name. What V8 compiled in an earlier call is used again: that saves
 * about a sixth of a call. Node's own compile cache cannot do it for the file that a program starts with.
 */
function runCore() {
  const file = cacheFile()
  const cachedData = file && readCache(file)
  const script = new Script(partText(CORE), { filename: `${__filename}:${CORE}`, cachedData })
  if (file && (cachedData === undefined || script.cachedDataRejected)) {
    // At the end, when all that a call needs has been compiled; a call that was never sent has compiled too little.
    process.on('exit', () => {
      if (modules.has(WORTH_CACHING)) writeCache(file, script)
    })
  }
  return script.runInThisContext()
}

function cacheFile() {
  const { XDG_CACHE_HOME, HOME, LOCALAPPDATA, NODE_DISABLE_COMPILE_CACHE } = process.env
  const base = XDG_CACHE_HOME || (process.platform === 'win32' ? LOCALAPPDATA : HOME && `${HOME}/.cache`)
  if (!base || NODE_DISABLE_COMPILE_CACHE) return undefined
  return `${base}/bellhop/${CORE_ID}-${process.version}-${process.arch}.code`
}

/** Compiled code is code: it is run only if nobody else can have written it, and if it is whole. */
function readCache(path) {
  let file
  try {
    file = fs.openSync(path, fs.constants.O_RDONLY | (fs.constants.O_NOFOLLOW ?? 0))
    const stats = fs.fstatSync(file)
    if (!stats.isFile() || !isOurs(stats)) return undefined
    const bytes = fs.readFileSync(file)
    const code = bytes.subarray(32)
    return digest(code).equals(bytes.subarray(0, 32)) ? code : undefined
  } catch {
    return undefined
  } finally {
    if (file !== undefined) fs.closeSync(file)
  }
}

/** A cache that cannot be written (no home, read-only, full) is no trouble: the next call compiles again. */
function writeCache(path, script) {
  const folder = path.slice(0, path.lastIndexOf('/'))
  const temporary = `${path}.${process.pid}`
  let file
  try {
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 })
    const stats = fs.lstatSync(folder)
    if (!stats.isDirectory() || !isOurs(stats)) return
    // Opened before anything is prepared, so that a folder that cannot be written to costs nothing.
    file = fs.openSync(temporary, 'wx', 0o600)
    const code = script.createCachedData()
    fs.writeFileSync(file, Buffer.concat([digest(code), code]))
    fs.renameSync(temporary, path)
    removeOld(folder)
  } catch {
    if (file !== undefined) fs.rmSync(temporary, { force: true })
  } finally {
    if (file !== undefined) fs.closeSync(file)
  }
}

function isOurs({ uid, mode }) {
  return process.platform === 'win32' || (uid === process.getuid() && (mode & 0o022) === 0)
}

/** A few versions of Node and of this program side by side keep theirs. */
function removeOld(folder) {
  const files = fs
    .readdirSync(folder)
    .filter(name => name.includes('.code'))
    .map(name => ({ path: `${folder}/${name}`, age: -fs.statSync(`${folder}/${name}`).mtimeMs }))
    .sort((a, b) => a.age - b.age)
  for (const { path } of files.slice(8)) fs.rmSync(path, { force: true })
}

function digest(bytes) {
  return require('node:crypto').createHash('sha256').update(bytes).digest()
}
