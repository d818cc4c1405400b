// The value of a Python string token: prefixes, quotes and escapes. Answers to torch/csrc/jit/frontend/parse_string_literal.h.

const SIMPLE = new Map([
  ['\n', ''],
  ['\\', '\\'],
  ["'", "'"],
  ['"', '"'],
  ['a', '\u0007'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['v', '\v'],
])

export interface StringToken {
  /** Lower case: `r`, `f`, `b`, `u`, `rf`, … or empty. */
  readonly prefix: string
  /** Offset of the first character behind the opening quotes, from the token's start. */
  readonly bodyStart: number
  /** The text between the quotes, escapes and all. */
  readonly body: string
}

export function splitString(text: string): StringToken {
  const prefix = /^[a-zA-Z]*/.exec(text)![0]
  const quotes = text.startsWith('"""', prefix.length) || text.startsWith("'''", prefix.length) ? 3 : 1
  return {
    prefix: prefix.toLowerCase(),
    bodyStart: prefix.length + quotes,
    body: text.slice(prefix.length + quotes, text.length - quotes),
  }
}

/** Replaces escapes. An escape that Python does not know stands for itself, backslash included. */
export function unescape(body: string): string {
  if (!body.includes('\\')) return body
  return body.replace(
    /\\(?:([0-7]{1,3})|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|\r?\n|([^]))/g,
    (all: string, octal?: string, x?: string, u?: string, U?: string, other?: string) => {
      if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8))
      const hex = x ?? u ?? U
      if (hex !== undefined) {
        const code = Number.parseInt(hex, 16)
        return code <= 0x10ffff ? String.fromCodePoint(code) : all
      }
      if (other === undefined) return ''
      return SIMPLE.get(other) ?? all
    },
  )
}
