// Names of JavaScript variables: the model's own where they can stand, each once. Nothing of a model reaches the code but through here
// and through literals.

import type { Node } from '../../ir/node.ts'
import type { Value } from '../../ir/value.ts'

const RESERVED = new Set(
  (
    'arguments await break case catch class const continue debugger default delete do else enum eval export extends false finally for function if ' +
    'implements import in instanceof interface let new null package private protected public return static super switch this throw true try ' +
    'typeof undefined var void while with yield async of NaN Infinity globalThis Object Array Map Set BigInt Number String Boolean Symbol Math ' +
    'Error Promise console state regions'
  ).split(' '),
)

/** The user's name of a value, as far as it has one: `x` of `x.3`. */
export function userName({ debugName }: Value): string | undefined {
  const base = debugName?.replace(/(\.\d+)+$/, '')
  return base === undefined || !/^[A-Za-z_]/.test(base) ? undefined : plainName(base)
}

/** Letters, digits and underscores only: `$` has a meaning in templates. */
function plainName(name: string): string {
  const plain = name.slice(0, 60).replace(/[^A-Za-z0-9_]/g, '_')
  return /^[0-9]/.test(plain) ? `_${plain}` : plain
}

const HINTS = new Map([
  ['aten::len', 'length'],
  ['aten::__getitem__', 'item'],
  ['aten::size', 'size'],
  ['prim::ListConstruct', 'list'],
  ['prim::DictConstruct', 'dict'],
  ['prim::TupleConstruct', 'tuple'],
  ['prim::TupleUnpack', 'part'],
  ['prim::ListUnpack', 'part'],
  ['prim::TupleIndex', 'part'],
  ['prim::CreateObject', 'object'],
  ['prim::If', 'chosen'],
  ['prim::Loop', 'value'],
  ['prim::Param', 'value'],
  ['host::region', 'tensor'],
])

/** What to call a result that the user has no name for. */
export function nameFor({ kind, attributes }: Node): string {
  if (kind === 'prim::GetAttr') return String(attributes.get('name'))
  const hint = HINTS.get(kind) ?? kind.slice(kind.indexOf('::') + 2).replaceAll('_', '')
  return hint === '' || !/^[A-Za-z]/.test(hint) ? 'value' : hint[0]!.toLowerCase() + hint.slice(1)
}

export class Names {
  readonly #taken = new Set<string>()
  readonly #next = new Map<string, number>()

  constructor(reserved: Iterable<string>) {
    for (const name of reserved) this.#taken.add(name)
  }

  /** `base`, or with a number behind it. */
  fresh(base: string): string {
    const plain = plainName(base)
    let name = plain
    if (this.#taken.has(name) || RESERVED.has(name)) {
      let n = this.#next.get(plain) ?? 1
      while (this.#taken.has(`${plain}${n}`)) n++
      name = `${plain}${n}`
      this.#next.set(plain, n + 1)
    }
    this.#taken.add(name)
    return name
  }
}

// What every object has, and what `await` looks for.
const OWN = new Set([
  'constructor',
  'prototype',
  'then',
  'toString',
  'valueOf',
  'hasOwnProperty',
  'isPrototypeOf',
  'toJSON',
  'toLocaleString',
])

/** The property that holds an attribute of a model's object: its name, with an underscore where JavaScript gives that a meaning of its own. */
export function fieldName(attribute: string): string {
  const plain = /^[A-Za-z_]\w*$/.test(attribute)
    ? attribute
    : `_${[...attribute].map((c) => (/[A-Za-z0-9]/.test(c) ? c : `_${c.codePointAt(0)!.toString(16)}_`)).join('')}`
  return OWN.has(plain) || plain.startsWith('__') ? `${plain}_$` : plain
}
