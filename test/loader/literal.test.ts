import { runInThisContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { printKey, printLiteral, printString } from '../../src/loader/literal.ts'

const names = [
  "it's",
  'a"b',
  '`${process.exit()}`',
  'a\nb',
  'a\r\nb',
  '*/ alert(1) /*',
  '</script><script>',
  '<!--',
  'a\u2028b',
  'a\u2029b',
  '\ud800',
  'x\udfff',
  '\u0000',
  '\\',
  "\\'",
  '\\u2028',
  '__proto__',
  'then',
  'constructor',
  'default',
  'await',
  '',
  ' ',
  '\u202e',
  '\ufeff',
  'é',
  '名前',
  '😀',
  '//',
  '# sourceMappingURL=x',
  '${',
  '\\`',
  "');alert(1)//",
]

describe('literals', () => {
  it.each(names)('%j comes back, and writes nothing that ends a string, a line or a script', (name) => {
    const text = printString(name)
    expect(JSON.parse(text)).toBe(name)
    expect(text).not.toMatch(/[<\n\r\u2028\u2029\u202e\ufeff\ud800-\udfff]/u)
    expect(runInThisContext(`(${text})`)).toBe(name)
    expect(runInThisContext(`Object.keys({ ${printKey(name)}: 1 })`)).toEqual([name])
  })

  it('print what JSON cannot', () => {
    const value = { a: [NaN, Infinity, -Infinity, -0, 1e300, 12n], b: undefined, c: null, d: { e: true, 'f-g': [] }, h: {} }
    expect(printLiteral(value)).toBe('{ a: [NaN, Infinity, -Infinity, -0, 1e+300, 12n], c: null, d: { e: true, "f-g": [] }, h: {} }')
  })

  it('break where a line is full', () => {
    const value = { names: Array.from({ length: 12 }, (_, i) => `a rather long name ${i}`), short: [1, 2] }
    const text = printLiteral(value)
    expect(text.split('\n').every((line) => line.length <= 124)).toBe(true)
    expect(text.split('\n')[1]).toBe('  names: [')
    expect(text).toContain('\n  short: [1, 2],\n')
    expect(runInThisContext(`(${text})`)).toEqual(value)
  })
})
