// Source text as coloured lines: keywords, strings, numbers and comments of Python and TypeScript, no more.

import { element } from './find.ts'

const TOKEN = /(?<comment>#.*$|\/\/.*$)|(?<string>'[^']*'|"[^"]*")|(?<number>\b\d+(?:\.\d+)?\b)|(?<word>[A-Za-z_]\w*)|[^\w'"#]+?|./gm
const KEYWORDS = {
  python: new Set([
    'class',
    'def',
    'for',
    'in',
    'if',
    'else',
    'return',
    'while',
    'import',
    'from',
    'and',
    'or',
    'not',
    'None',
    'True',
    'False',
  ]),
  ts: new Set(['import', 'from', 'const', 'await', 'export', 'default']),
} as const

/** One element a line. */
export function highlight(source: string, language: keyof typeof KEYWORDS): HTMLElement[] {
  return source.split('\n').map((text) => element('span', 'line', ...tokens(text, KEYWORDS[language])))
}

/** The same as parts of the text around it. */
export function highlightInline(source: string, language: keyof typeof KEYWORDS): (Node | string)[] {
  return tokens(source, KEYWORDS[language])
}

function tokens(text: string, keywords: ReadonlySet<string>): (Node | string)[] {
  return [...text.matchAll(TOKEN)].map((match) => {
    const { comment, string, number, word } = match.groups ?? {}
    if (comment !== undefined) return element('span', 't-comment', comment)
    if (string !== undefined) return element('span', 't-string', string)
    if (number !== undefined) return element('span', 't-number', number)
    return word !== undefined && keywords.has(word) ? element('span', 't-keyword', word) : match[0]
  })
}
