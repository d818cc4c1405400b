// Generated statements as a tree, and their text with the places that they came from. No analysis: what is written here is printed.

import type { SourceRange } from '../../diagnostics/source-range.ts'

export type Statement =
  | { readonly kind: 'line'; readonly text: string; readonly range?: SourceRange | undefined; readonly leaves?: boolean }
  | {
      readonly kind: 'if'
      readonly condition: string
      readonly yes: readonly Statement[]
      readonly no: readonly Statement[]
      readonly range?: SourceRange | undefined
    }
  | { readonly kind: 'loop'; readonly head: string; readonly body: readonly Statement[]; readonly range?: SourceRange | undefined }

/** Where a generated line came from. */
export interface Mapping {
  /** 1-based line of the generated code. */
  readonly line: number
  /** 0-based column. */
  readonly column: number
  readonly range: SourceRange
}

/** Nothing behind it is reached. */
export function leaves(statements: readonly Statement[]): boolean {
  const last = statements.at(-1)
  if (last === undefined) return false
  if (last.kind === 'line') return last.leaves === true
  return last.kind === 'if' && leaves(last.yes) && leaves(last.no)
}

export class Printer {
  readonly #lines: string[] = []
  readonly #mappings: Mapping[] = []

  get code(): string {
    return `${this.#lines.join('\n')}\n`
  }
  get mappings(): readonly Mapping[] {
    return this.#mappings
  }

  line(indent: number, text: string, range?: SourceRange): void {
    // A line that starts so would go on with the one before.
    const guarded = /^[[(`/+-]/.test(text) ? `;${text}` : text
    this.#lines.push(`${'  '.repeat(indent)}${guarded}`)
    if (range !== undefined) this.#mappings.push({ line: this.#lines.length, column: indent * 2, range })
  }

  statements(list: readonly Statement[], indent: number): void {
    for (const statement of list) this.#statement(statement, indent)
  }

  #statement(statement: Statement, indent: number): void {
    switch (statement.kind) {
      case 'line':
        return this.line(indent, statement.text, statement.range)
      case 'loop':
        this.line(indent, `${statement.head} {`, statement.range)
        this.statements(statement.body, indent + 1)
        return this.line(indent, '}')
      case 'if':
        return this.#if(statement, indent)
    }
  }

  #if(first: Extract<Statement, { kind: 'if' }>, indent: number): void {
    let statement = first
    for (let lead = ''; ; lead = '} else ') {
      const only = statement.yes.length === 1 ? statement.yes[0]! : undefined
      const rest = leaves(statement.yes) ? statement.no : undefined
      if (lead === '' && only?.kind === 'line' && only.leaves === true && only.text.length < 90) {
        this.line(indent, `if (${statement.condition}) ${only.text}`, statement.range)
        return this.statements(statement.no, indent)
      }
      this.line(indent, `${lead}if (${statement.condition}) {`, statement.range)
      this.statements(statement.yes, indent + 1)
      if (rest !== undefined && lead === '') {
        this.line(indent, '}')
        return this.statements(rest, indent)
      }
      const [next] = statement.no
      if (next === undefined) return this.line(indent, '}')
      if (statement.no.length > 1 || next.kind !== 'if') break
      statement = next
    }
    this.line(indent, '} else {')
    this.statements(statement.no, indent + 1)
    this.line(indent, '}')
  }
}
