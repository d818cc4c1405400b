// Plain data → JavaScript source text, laid out to be read. The only way by which a name from a model reaches generated code.
// Strings are JSON's, and also free of what could end a script element, a line, or change the direction of the text on screen.

const width = 120
const hidden = /[<\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g

/** A string literal. JSON.stringify itself escapes lone surrogates. */
export function printString(text: string): string {
  return JSON.stringify(text).replace(hidden, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** True where `name` may follow `export { x as`, be an unquoted key, or name a binding (if it is no reserved word). */
export function isIdentifierName(name: string): boolean {
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name)
}

export function printKey(key: string): string {
  if (key === '__proto__') return '["__proto__"]'
  return isIdentifierName(key) ? key : printString(key)
}

/** `value` as an expression, on one line where it fits after `indent` columns. Undefined properties are left out. */
export function printLiteral(value: unknown, indent = 0): string {
  if (typeof value === 'string') return printString(value)
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value !== 'object' || value === null) return Object.is(value, -0) ? '-0' : String(value)
  const isArray = Array.isArray(value)
  const entries = isArray ? value.map((item) => ['', item] as const) : Object.entries(value).filter(([, item]) => item !== undefined)
  const [open, close] = isArray ? ['[', ']'] : ['{', '}']
  const parts = entries.map(([key, item]) => (isArray ? '' : `${printKey(key)}: `) + printLiteral(item, indent + 2))
  const space = isArray || parts.length === 0 ? '' : ' '
  const line = `${open}${space}${parts.join(', ')}${space}${close}`
  if (line.length + indent <= width && !line.includes('\n')) return line
  const pad = ' '.repeat(indent + 2)
  return `${open}\n${parts.map((part) => `${pad}${part},\n`).join('')}${' '.repeat(indent)}${close}`
}
