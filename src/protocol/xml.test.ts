import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { escapeXml, parseXml, XmlError } from './xml.ts'

const leaf = (name: string, text: string) => ({ name, children: [], text })

describe('parsing', () => {
  test('elements, text, comments, sections, instructions and attributes', () => {
    const document =
      '\ufeff<?xml version="1.0"?><!-- <a> -->\n<n:a xmlns:n="x" b=\'y>z\' ><b>1</b><b/><c >2<!-- 3 --><![CDATA[<&]]></c ></n:a>\n'
    assert.deepEqual(parseXml(document), {
      name: 'a',
      children: [leaf('b', '1'), leaf('b', ''), leaf('c', '2<&')],
      text: '',
    })
  })

  test('entities: five, and numbers', () => {
    assert.equal(parseXml('<a>&amp;&lt;&gt;&quot;&apos;&#65;&#x1F600;&#xD;</a>').text, '&<>"\'A😀\r')
    assert.equal(parseXml('<a>&amp;lt;</a>').text, '&lt;')
  })

  test('line ends are newlines', () => {
    assert.equal(parseXml('<a>1\r\n2\r3\n</a>').text, '1\n2\n3\n')
  })

  for (const document of [
    '',
    'text',
    '<a>',
    '<a></b>',
    '</a>',
    '<a/><b/>',
    '<a/>text',
    '<a><b></a></b>',
    '<a b></a>',
    '<a b=c/>',
    '<a',
    '<1/>',
    '<a>&unknown;</a>',
    '<a>&amp</a>',
    '<a>& b</a>',
    '<a>&#0;</a>',
    '<a>&#x110000;</a>',
    '<a>&constructor;</a>',
    '<!-- ',
    '<a><![CDATA[</a>',
    '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
    '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
  ]) {
    test(`refuses ${JSON.stringify(document)}`, () => {
      assert.throws(() => parseXml(document), XmlError)
    })
  }

  test('refuses depth, and takes breadth', () => {
    assert.throws(() => parseXml('<a>'.repeat(100_000)), /100 elements deep/)
    assert.equal(parseXml(`<a>${'<b/>'.repeat(100_000)}</a>`).children.length, 100_000)
  })
})

describe('escaping', () => {
  test('what was escaped is read back', () => {
    const text = ' <a href="x">\'&amp;\'</a>\t\r\n 😀 \u0085 \u2028 ]]> '
    assert.equal(parseXml(`<a>${escapeXml(text)}</a>`).text, text)
  })

  test('every character of the basic plane is written so that it can be read', () => {
    for (let code = 0; code <= 0xffff; code += 1) {
      const character = String.fromCharCode(code)
      const isChar = /[\t\n\r\u0020-\ud7ff\ue000-\ufffd]/.test(character)
      assert.equal(
        parseXml(`<a>${escapeXml(character)}</a>`).text,
        isChar ? character : '\ufffd',
        `U+${code.toString(16)}`,
      )
    }
  })
})
