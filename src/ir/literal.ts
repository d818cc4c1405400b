// Float and string literals as torch prints them. Mirrors torch/csrc/jit/ir/constants printing and frontend/strtod.h.

/** The shortest text that reads back to the same double and is visibly a float: `1.`, `0.5`, `1e+100`, `inf`. */
export function formatFloat(value: number): string {
  if (Number.isNaN(value)) return 'nan'
  if (!Number.isFinite(value)) return value < 0 ? '-inf' : 'inf'
  if (Object.is(value, -0)) return '-0.'
  const text = String(value)
  return /[.e]/.test(text) ? text : `${text}.`
}

const ESCAPES = new Map([
  ['\\', '\\\\'],
  ['"', '\\"'],
  ["'", "\\'"],
  ['\u0007', '\\a'],
  ['\b', '\\b'],
  ['\f', '\\f'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
  ['\v', '\\v'],
])

/** Double-quoted, with torch's escapes: named ones and three octal digits for other non-printable ASCII. */
export function quoteString(value: string): string {
  let out = '"'
  for (const c of value) {
    const code = c.codePointAt(0)!
    out += ESCAPES.get(c) ?? (code < 0x20 || code === 0x7f ? `\\${code.toString(8).padStart(3, '0')}` : c)
  }
  return `${out}"`
}
