import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { type Packed, tarGz, zip } from '../../../test/kit/archives.ts'
import { ArchiveError, type ArchiveLimits, readArchive } from './archive.ts'

const formats = { 'tar.gz': tarGz, zip: async (entries: readonly Packed[]) => zip(entries) }

async function read(bytes: Uint8Array, limits?: ArchiveLimits) {
  const files: Record<string, string> = {}
  for await (const { path, contents, isExecutable } of readArchive(bytes, limits)) {
    files[path] = Buffer.from(contents).toString() + (isExecutable ? ' (executable)' : '')
  }
  return files
}

for (const [format, pack] of Object.entries(formats)) {
  test(`the files of a ${format}, in folders, with and without ./ before them`, async () => {
    const long = `${'d'.repeat(120)}/${'f'.repeat(120)}.tf`
    const archive = await pack([
      { name: './', type: 'directory' },
      { name: './main.tf', text: 'a' },
      { name: 'modules/x/', type: 'directory' },
      { name: 'modules/x/äöü.tf', text: 'b' },
      { name: 'run.sh', text: 'c', mode: 0o755 },
      { name: long, text: 'd' },
      { name: '..fine/...tf', text: '' },
    ])
    assert.deepEqual(await read(archive), {
      'main.tf': 'a',
      'modules/x/äöü.tf': 'b',
      'run.sh': 'c (executable)',
      [long]: 'd',
      '..fine/...tf': '',
    })
  })

  const hostile: [what: string, entries: readonly Packed[], reason: RegExp][] = [
    ['a symbolic link', [{ name: 'a', type: 'symlink', target: '/etc/passwd' }], /"a", which is a symlink/],
    ['a pipe', [{ name: 'a', type: 'fifo' }], /"a", which is a .*(fifo|pipe) and no regular file/],
    ['a device', [{ name: 'a', type: 'block-device' }], /"a", which is a .*device.* and no regular file/],
    ['..', [{ name: '../a', text: 'x' }], /"\.\.\/a", which leads out of its folder/],
    ['.. in the middle', [{ name: 'a/../../b', text: 'x' }], /leads out of its folder/],
    ['.. of a folder', [{ name: 'a/../..', type: 'directory' }], /leads out of its folder/],
    ['an absolute name', [{ name: '/etc/cron.d/a', text: 'x' }], /has an absolute name/],
    ['a drive', [{ name: 'C:/a', text: 'x' }], /has an absolute name/],
    ['a backslash', [{ name: 'a\\..\\b', text: 'x' }], /has a backslash/],
    ['a line break', [{ name: 'a\nb', text: 'x' }], /control character/],
    ['a long name', [{ name: 'a'.repeat(256), text: 'x' }], /has too long a name/],
    ['a long path', [{ name: 'abc/'.repeat(300), text: '', type: 'directory' }], /has too long a name/],
    [
      'a file twice',
      [
        { name: 'a', text: 'x' },
        { name: './a', text: 'y' },
      ],
      /has "\.\/a" twice/,
    ],
    [
      'a file in a file',
      [
        { name: 'a', text: 'x' },
        { name: 'a/b', text: 'y' },
      ],
      /has "a" as a file and as a folder/,
    ],
    [
      'a folder that becomes a file',
      [
        { name: 'a/b', text: 'x' },
        { name: 'a', text: 'y' },
      ],
      /has "a" as a file and as a folder/,
    ],
  ]
  for (const [what, entries, reason] of hostile) {
    test(`a ${format} with ${what} is refused`, async () => {
      await assert.rejects(read(await pack(entries)), (error: Error) => {
        assert.ok(error instanceof ArchiveError, String(error.stack))
        assert.match(error.message, reason)
        return true
      })
    })
  }

  test(`a ${format} that is damaged is refused`, async () => {
    const whole = await pack([{ name: 'main.tf', text: 'x'.repeat(100_000) }])
    for (const bytes of [whole.subarray(0, whole.length - 30), whole.subarray(0, 20)]) {
      await assert.rejects(read(bytes), /^ArchiveError: The archive is damaged/)
    }
    const changed = Buffer.from(whole)
    changed.writeUInt8(changed[40]! ^ 0xff, 40)
    await assert.rejects(read(changed), ArchiveError)
  })

  test(`a ${format} that would unpack to more than is allowed is refused before it does`, async () => {
    const bomb = await pack([{ name: 'zeros', text: '0'.repeat(80 * 1024 * 1024) }])
    assert.ok(bomb.length < 200_000)
    await assert.rejects(read(bomb), /holds more than 67108864 bytes/)
    const many = Array.from({ length: 11 }, (_, i) => ({ name: `f${i}`, text: '' }))
    await assert.rejects(read(await pack(many), { entries: 10, bytes: 10 }), /more than 10 entries/)
    const folders = many.map(({ name }) => ({ name: `${name}/`, type: 'directory' as const }))
    await assert.rejects(read(await pack(folders), { entries: 10, bytes: 10 }), /more than 10 entries/)
    const sum = many.map(({ name }) => ({ name, text: '0123456789' }))
    await assert.rejects(read(await pack(sum), { entries: 100, bytes: 100 }), /more than 100 bytes/)
  })
}

test('a hard link in a tar is refused', async () => {
  const archive = await tarGz([{ name: 'a', type: 'link', target: '/etc/passwd' }])
  await assert.rejects(read(archive), /"a", which is a link and no regular file/)
})

test('a million entries are not looked at', async () => {
  // One header after the other, without bytes: 512 bytes each, and next to nothing when packed.
  const one = Buffer.from(await tarOf('a/'))
  const archive = gzipSync(Buffer.concat(Array.from({ length: 200_000 }, () => one)), { level: 1 })
  const began = performance.now()
  await assert.rejects(read(archive), /more than 10000 entries/)
  assert.ok(performance.now() - began < 5_000)
})

test('a long name that never ends is refused', async () => {
  const header = Buffer.from(await tarOf('a'))
  header.write('L', 156)
  header.write('77777777777\0', 124)
  header.fill(' ', 148, 156)
  header.write(
    `${header
      .reduce((sum, byte) => sum + byte, 0)
      .toString(8)
      .padStart(6, '0')}\0 `,
    148,
  )
  const archive = gzipSync(Buffer.concat([header, Buffer.alloc(300 * 1024 * 1024)]), { level: 1 })
  await assert.rejects(read(archive), ArchiveError)
})

test('what is neither is refused', async () => {
  for (const bytes of ['', 'P', '<html>not found</html>', '\x1f\x8b', 'PK\x03\x04', 'PK']) {
    await assert.rejects(read(Buffer.from(bytes, 'latin1')), ArchiveError, bytes)
  }
})

/** The header of an entry without bytes. */
async function tarOf(name: string): Promise<Uint8Array> {
  const { packTar } = await import('modern-tar')
  const type = name.endsWith('/') ? 'directory' : 'file'
  return (await packTar([{ header: { name, size: 0, type } }])).subarray(0, 512)
}
