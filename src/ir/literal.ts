// Float and string literals as torch prints them. Mirrors torch/csrc/jit/ir/constants printing and frontend/strtod.h.

/** As torch prints floats: 17 significant digits, and visibly a float: `1.`, `0.10000000000000001`, `1e+100`, `inf`. */
export function formatFloat(value: number): string {
  if (Number.isNaN(value)) return 'nan'
  if (!Number.isFinite(value)) return value < 0 ? '-inf' : 'inf'
  if (Object.is(value, -0)) return '-0.'
  const text = general(value, 17)
  return /[.e]/.test(text) ? text : `${text}.`
}

/** C's `%.<digits>g`. */
export function general(value: number, digits: number): string {
  if (value === 0) return Object.is(value, -0) ? '-0' : '0'
  const [mantissa, exponent] = value.toExponential(digits - 1).split('e') as [string, string]
  const power = Number(exponent)
  const trim = (text: string): string => (text.includes('.') ? text.replace(/\.?0+$/, '') : text)
  if (power < -4 || power >= digits) return `${trim(mantissa)}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`
  return trim(value.toFixed(Math.max(0, digits - 1 - power)))
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

const utf8 = new TextEncoder()

/**
 * Double-quoted, with torch's escapes: named ones, and three digits for other bytes that do not print. torch divides a signed char there,
 * so the "digits" of bytes beyond 0x7f come from below '0'; `unquoteByte` takes them back.
 */
export function quoteString(value: string): string {
  let out = '"'
  for (const byte of utf8.encode(value)) {
    const c = String.fromCharCode(byte)
    if (byte >= 0x20 && byte < 0x7f) out += ESCAPES.get(c) ?? c
    else out += ESCAPES.get(c) ?? `\\${digits(byte > 0x7f ? byte - 256 : byte)}`
  }
  return `${out}"`
}

const digits = (signed: number): string =>
  [Math.trunc(signed / 64), Math.trunc(signed / 8) % 8, signed % 8].map((d) => String.fromCharCode(48 + d)).join('')

/** The byte behind three such digits. */
export function unquoteByte(text: string): number {
  const [a, b, c] = [...text].map((d) => d.charCodeAt(0) - 48) as [number, number, number]
  return (a * 64 + b * 8 + c) & 0xff
}
