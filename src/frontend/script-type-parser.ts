// Annotations → types: `Optional[Tensor]`, `Tuple[()]`, `__torch__.net.Pt`, `torch.Tensor`, `int | None`.
// Answers to torch/csrc/jit/frontend/script_type_parser.cpp.

import { fail } from '../diagnostics/compile-error.ts'
import type { SimpleKind, Type } from '../ir/type.ts'
import { anyType, dictOf, listOf, noneType, numberType, tensorType, tupleOf } from '../ir/type.ts'
import { unionOf } from '../ops/schema-unify-types.ts'
import type { Expr } from './tree.ts'
import { TreeRange, type ScriptSource } from './tree-range.ts'

/** Resolves names that are no built-in types. */
export type ResolveType = (name: string) => Type | undefined

const simple = (kind: SimpleKind): Type => ({ kind })

const NAMED: ReadonlyMap<string, Type> = new Map<string, Type>([
  ['Tensor', tensorType],
  ...[
    'LongTensor',
    'FloatTensor',
    'DoubleTensor',
    'IntTensor',
    'ShortTensor',
    'HalfTensor',
    'CharTensor',
    'ByteTensor',
    'BoolTensor',
  ].flatMap((name): [string, Type][] => [
    [name, tensorType],
    [`torch.${name}`, tensorType],
  ]),
  ['torch.Tensor', tensorType],
  ['int', simple('int')],
  ['float', simple('float')],
  ['bool', simple('bool')],
  ['complex', simple('complex')],
  ['str', simple('str')],
  ['Device', simple('Device')],
  ['torch.device', simple('Device')],
  ['Stream', simple('Stream')],
  ['Generator', simple('Generator')],
  ['torch.Generator', simple('Generator')],
  // torch writes a Scalar as `number`; a bare `Scalar` is the same.
  ['number', numberType],
  ['Scalar', numberType],
  ['None', noneType],
  ['NoneType', noneType],
  ['Any', anyType],
  ['Capsule', simple('Capsule')],
  ['list', simple('AnyList')],
  ['tuple', simple('AnyTuple')],
  ['QScheme', simple('QScheme')],
  ['Layout', simple('int')],
  ['MemoryFormat', simple('int')],
  ['torch.dtype', simple('int')],
  ['dtype', simple('int')],
  ['torch.layout', simple('int')],
  ['torch.Size', listOf(simple('int'))],
  ['__torch__.torch.classes.cuda.Stream', { kind: 'Class', name: '__torch__.torch.classes.cuda.Stream' }],
])

export class ScriptTypeParser {
  readonly #source: ScriptSource
  readonly #resolve: ResolveType

  constructor(source: ScriptSource, resolve: ResolveType) {
    this.#source = source
    this.#resolve = resolve
  }

  /** The type an annotation says. Throws PT2010. */
  parse(expr: Expr): Type {
    switch (expr.kind) {
      case 'none':
        return noneType
      case 'string':
        return this.#named(expr.value.startsWith('torch.classes.') ? `__torch__.${expr.value}` : expr.value, expr)
      case 'subscript': {
        const name = dottedName(expr.value)
        if (name === undefined) return this.#fail('a subscripted type must be a name', expr)
        return this.#subscripted(name, expr.items, expr)
      }
      case 'binary':
        if (expr.operator === '|') return unionOf([this.parse(expr.left), this.parse(expr.right)])
        return this.#fail('this is no type', expr)
      case 'name':
      case 'select':
        return this.#named(dottedName(expr) ?? this.#fail('this is no type', expr), expr)
      default:
        return this.#fail('this is no type', expr)
    }
  }

  /** `BroadcastingList2[int]`, `Optional[BroadcastingList2[int]]` and `_size_2_t`: a list type and its size; undefined for others. */
  broadcastingList(expr: Expr): { readonly type: Type; readonly size: number } | undefined {
    if (expr.kind === 'name') {
      const size = /^_size_(\d)_t$/.exec(expr.name)
      return size === null ? undefined : { type: listOf(simple('int')), size: Number(size[1]) }
    }
    if (expr.kind !== 'subscript' || expr.value.kind !== 'name' || expr.items.length !== 1) return undefined
    if (expr.value.name === 'Optional') {
      const inner = this.broadcastingList(expr.items[0]!)
      return inner === undefined ? undefined : { type: { kind: 'Optional', of: inner.type }, size: inner.size }
    }
    const size = /^BroadcastingList(\d)$/.exec(expr.value.name)
    return size === null ? undefined : { type: listOf(this.parse(expr.items[0]!)), size: Number(size[1]) }
  }

  #named(name: string, at: Expr): Type {
    return NAMED.get(name) ?? this.#resolve(name) ?? this.#fail(`there is no type called '${name}'`, at)
  }

  #subscripted(constructor: string, items: readonly Expr[], at: Expr): Type {
    const name = constructor.replace(/^typing\./, '')
    const one = (): Type => {
      if (items.length !== 1) this.#fail(`${name}[…] takes one type, found ${items.length}`, at)
      return this.parse(items[0]!)
    }
    switch (name) {
      case 'Tuple':
      case 'tuple':
        if (items.length === 1 && items[0]!.kind === 'tuple' && items[0]!.items.length === 0) return tupleOf([])
        return tupleOf(items.map((item) => this.parse(item)))
      case 'List':
      case 'list':
        return listOf(one())
      case 'Optional': {
        const of = one()
        return of.kind === 'Optional' || of.kind === 'None' ? of : unionOf([of, noneType])
      }
      case 'Union':
        return unionOf(items.map((item) => this.parse(item)))
      case 'Dict':
      case 'dict':
        if (items.length !== 2) return this.#fail(`Dict[…] takes two types, found ${items.length}`, at)
        return dictOf(this.parse(items[0]!), this.parse(items[1]!))
      case 'Future':
      case 'torch.jit.Future':
        return { kind: 'Future', of: one() }
      case 'RRef':
        return { kind: 'RRef', of: one() }
      case 'Await':
      case 'torch.jit._Await':
        return { kind: 'Await', of: one() }
      case 'Final':
      case 'torch.jit.Final':
        return one()
      default:
        return this.#fail(`there is no type constructor called '${name}'`, at)
    }
  }

  #fail(message: string, at: Expr): never {
    return fail('PT2010', `In a type annotation: ${message}`, { range: new TreeRange(this.#source, at.start, at.end) })
  }
}

/** `a.b.c` as text; undefined for anything but names and selections. */
export function dottedName(expr: Expr): string | undefined {
  const parts: string[] = []
  let at = expr
  while (at.kind === 'select') {
    parts.push(at.name)
    at = at.value
  }
  if (at.kind !== 'name') return undefined
  parts.push(at.name)
  return parts.reverse().join('.')
}
