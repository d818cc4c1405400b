// Graph outputs of any Python type become primitive ones, by what is known of the result's structure when everything else has run:
// tuples and lists of known length are taken apart, strings of branches become codes, Optionals a flag and a value.

import type { Facts } from '../../analysis/facts.ts'
import { fail } from '../../diagnostics/compile-error.ts'
import { Builder } from '../../ir/builder.ts'
import type { Graph } from '../../ir/graph.ts'
import type { IValue } from '../../ir/ivalue.ts'
import { annotationText } from '../../ir/print-type.ts'
import { scalarTypeInfo } from '../../ir/scalar-type.ts'
import type { Type } from '../../ir/type.ts'
import type { Value } from '../../ir/value.ts'
import { unknown, type Fact } from '../../ops/fact.ts'
import { elementOf } from '../../ops/rules/list.ts'
import { codeOf, hasValue, valueOf } from '../containers/optional-nodes.ts'
import { constantOf, type Leaf, type Names, type Plan } from './plan.ts'
import { flatOfSequence } from './tensor-lists.ts'

/** Replaces the output `index` by primitive ones, appended to the graph's outputs. Gives the plan of the Python value. */
export class OutputFlattener {
  readonly #graph: Graph
  readonly #names: Names
  readonly #facts: Facts
  readonly #builder: Builder
  /** What will be the graph's outputs, in order. */
  readonly leaves: Leaf[] = []

  constructor(graph: Graph, names: Names, facts: Facts) {
    this.#graph = graph
    this.#names = names
    this.#facts = facts
    this.#builder = Builder.atEnd(graph.block)
  }

  /** Makes the collected leaves the graph's only outputs. */
  finish(): void {
    this.#graph.block.returnNode.removeAllInputs()
    for (const { value } of this.leaves) this.#graph.addOutput(value)
  }

  #leaf(value: Value, id: string): Leaf {
    const leaf: Leaf = { id: this.#names.take(id), value }
    this.leaves.push(leaf)
    return leaf
  }

  /** A leaf that is not part of the result: an error code, a number. */
  plain(value: Value, id: string): Leaf {
    return this.#leaf(value, id)
  }

  /** A value that is carried to the next call: leaves by its static type alone, in the order in which it enters. */
  state(value: Value, type: Type, id: string): void {
    const b = this.#builder
    // An attribute of type None carries nothing.
    if (type.kind === 'None') return
    if (type.kind === 'Optional') {
      this.#leaf(hasValue(b, value), `${id}.present`)
      // Always None: what stands for the value has its type all the same.
      const isNone = value.type.kind === 'None' || this.#facts.of(value).value === null
      this.state(isNone ? b.op('prim::Uninitialized', [], type.of) : valueOf(b, value, type.of), type.of, id)
    } else if (type.kind === 'Tuple') {
      const parts = b.node('prim::TupleUnpack', [value], type.of).outputs
      parts.forEach((part, i) => this.state(part, type.of[i]!, `${id}.${type.fields?.[i] ?? i}`))
    } else if (type.kind === 'List' && type.of.kind === 'Tensor') {
      const dtype = elementOf(this.#facts.of(value)).dtype ?? type.of.dtype ?? 'float32'
      const parts = flatOfSequence(b, value, dtype)
      parts.forEach((part, i) => this.#leaf(part, ['', '.ranks', '.sizes'].map((suffix) => `${id}${suffix}`)[i]!))
    } else if (type.kind === 'str' || type.kind === 'Enum') this.#leaf(codeOf(b, value), id)
    else this.#leaf(value, id)
  }

  output(value: Value, id: string, fact: Fact = this.#facts.of(value)): Plan {
    const b = this.#builder
    if (fact.value !== undefined && !isRecord(value.type) && isLiteral(fact.value))
      return { kind: 'constant', value: constantOf(fact.value) }
    const { type } = value
    switch (type.kind) {
      case 'Tensor':
        return { kind: 'tensor', leaf: this.#leaf(value, id) }
      case 'int':
      case 'float':
      case 'bool':
        return { kind: type.kind, leaf: this.#leaf(value, id) }
      case 'complex':
        return { kind: 'tensor', leaf: this.#leaf(complexTensor(b, value), id) }
      case 'number':
        if (fact.number === 'complex') return { kind: 'tensor', leaf: this.#leaf(complexTensor(b, value), id) }
        return { kind: fact.number === 'int' || fact.number === 'bool' ? fact.number : 'float', leaf: this.#leaf(value, id) }
      case 'str':
      case 'Enum':
      case 'Device':
        return { kind: 'choice', leaf: this.#leaf(codeOf(b, value), id) }
      case 'None':
        return { kind: 'constant', value: null }
      case 'Optional':
        return this.#optional(value, type.of, id, fact)
      case 'Tuple': {
        const parts = b.node('prim::TupleUnpack', [value], type.of).outputs
        const items = parts.map((part, i) => this.output(part, `${id}.${type.fields?.[i] ?? i}`, fact.items?.[i] ?? unknown))
        return type.fields === undefined ? { kind: 'tuple', items } : { kind: 'record', keys: type.fields, items }
      }
      case 'List':
        return this.#list(value, type.of, id, fact)
      case 'Dict':
        return this.#dict(value, type.value, id, fact)
      default:
        return this.#refuse(value)
    }
  }

  #optional(value: Value, of: Type, id: string, fact: Fact): Plan {
    const inner = valueOf(this.#builder, value, of)
    const { present, ...rest } = fact
    if (present === true) return this.output(inner, id, rest)
    const flag = this.#leaf(hasValue(this.#builder, value), `${id}.present`)
    return { kind: 'optional', flag, of: this.output(inner, id, rest) }
  }

  #list(value: Value, of: Type, id: string, fact: Fact): Plan {
    if (of.kind === 'int' || of.kind === 'float' || of.kind === 'bool') return { kind: 'scalars', of: of.kind, leaf: this.#leaf(value, id) }
    if (fact.items !== undefined) {
      const parts = this.#builder.node(
        'prim::ListUnpack',
        [value],
        fact.items.map(() => of),
      ).outputs
      return { kind: 'tuple', items: parts.map((part, i) => this.output(part, `${id}.${i}`, fact.items![i]!)) }
    }
    if (of.kind !== 'Tensor') return this.#refuse(value)
    const [flat, ranks, sizes] = flatOfSequence(this.#builder, value, elementOf(fact).dtype ?? of.dtype ?? 'float32')
    return { kind: 'tensors', leaf: this.#leaf(flat, id), ranks: this.#leaf(ranks, `${id}.ranks`), sizes: this.#leaf(sizes, `${id}.sizes`) }
  }

  #dict(value: Value, of: Type, id: string, fact: Fact): Plan {
    if (fact.entries === undefined) return this.#refuse(value)
    const items = fact.entries.map(([key, part]) =>
      this.output(this.#builder.op('aten::__getitem__', [value, this.#builder.constant(key)], of), `${id}.${keyText(key)}`, part),
    )
    const keys = fact.entries.map(([key]) => key)
    return keys.every((key) => typeof key === 'string')
      ? { kind: 'record', keys: keys as readonly string[], items }
      : { kind: 'map', keys: keys.map(constantOf), items }
  }

  #refuse(value: Value): never {
    return fail('PT3103', `the result holds a ${annotationText(value.type)} whose structure is not known at build time.`, {
      fix: 'return tensors, numbers, or tuples, lists of tensors and dicts with constant keys.',
      ...(value.node.range === undefined ? {} : { range: value.node.range }),
    })
  }
}

/** A Python complex number as a 0-d tensor: it leaves as its two parts. */
function complexTensor(b: Builder, value: Value): Value {
  const code = b.int(scalarTypeInfo('complex128').code)
  const type: Type = { kind: 'Tensor', dtype: 'complex128', dims: [] }
  return b.op('aten::scalar_tensor', [value, code, b.none(), b.none(), b.none()], type)
}

const isRecord = (type: Type): boolean => type.kind === 'Tuple' && type.fields !== undefined
const keyText = (key: IValue): string => (typeof key === 'string' ? key : String(constantOf(key)))

/** A value that generated code can spell. Tensors come out of the graph; dicts are put together from their entries. */
function isLiteral(value: IValue): boolean {
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0)
  if (value === null || typeof value !== 'object') return true
  switch (value.kind) {
    case 'list':
    case 'tuple':
      return value.items.every(isLiteral)
    case 'device':
    case 'enum':
      return true
    default:
      return false
  }
}
