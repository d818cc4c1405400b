// What is known at build time of extents: the dims of every value, and the elements of the small int64 and bool vectors that are computed
// from them, as numbers and expressions of symbols (ir/dim.ts). What lowering knew (`OnnxModel.types`) comes first; this table fills in
// what rows left out (shape-dims.ts, shape-contents.ts). An extent of which nothing is known is a symbol of its own: what is computed from it
// is known to be so. The model is walked from front to back; names are unique in it, so one flat table serves every scope.

import type { Dims } from '../../ir/dim.ts'
import type { ScalarType } from '../../ir/scalar-type.ts'
import { numel } from '../../ir/tensor.ts'
import { readElements } from '../../ir/tensor-elements.ts'
import { wrap } from '../axes.ts'
import { emittedType } from '../data-type.ts'
import type { OnnxModel, OnnxNode } from '../model.ts'
import { contentsRules, type Contents, type Item } from './shape-contents.ts'
import { dimsRules } from './shape-dims.ts'
import { intAttribute, TINY } from './values.ts'

/** What gives extents, what moves them, and what makes numbers of them that are not negative either. */
const EXTENTS = new Set(['Shape', 'Size'])
const MOVING = new Set(['Gather', 'Slice', 'Squeeze', 'Unsqueeze', 'Reshape', 'Identity', 'Expand'])
const KEEPING = new Set(['Concat', 'Add', 'Mul', 'Div', 'Max', 'Min'])

export class ShapeFacts {
  readonly #model: OnnxModel
  readonly #inputs: ReadonlyMap<string, ScalarType>
  readonly #dims = new Map<string, Dims>()
  readonly #contents = new Map<string, Contents>()
  /** Values that are never negative, whatever is known of them. */
  readonly #extents = new Set<string>()
  /** Names, by expression. */
  readonly #quotients = new Map<string, string>()
  readonly #slices = new Map<string, OnnxNode>()
  #next: number

  constructor(model: OnnxModel) {
    this.#model = model
    this.#next = firstSymbol(model)
    this.#inputs = new Map(model.graph.inputs.map(({ name, dtype }) => [name, dtype]))
    for (const { name, dims } of model.graph.inputs) this.#dims.set(name, dims)
  }

  dims(name: string | undefined): Dims {
    if (name === undefined || name === '') return undefined
    const constant = this.#model.graph.initializers.get(name)
    return constant?.sizes ?? this.#dims.get(name) ?? this.#model.types.get(name)?.dims
  }
  dtype(name: string): ScalarType | undefined {
    const constant = this.#model.graph.initializers.get(name)
    if (constant !== undefined) return emittedType(constant.dtype)
    return this.#model.types.get(name)?.dtype ?? this.#inputs.get(name)
  }
  /** Elements of a 0-d or 1-d tensor of ints or bools. */
  contents(name: string | undefined): Contents | undefined {
    if (name === undefined || name === '') return undefined
    const known = this.#contents.get(name)
    const constant = this.#model.graph.initializers.get(name)
    if (known !== undefined || constant === undefined) return known
    const { dtype, sizes } = constant
    if (!['int64', 'bool'].includes(dtype) || sizes.length > 1 || numel(sizes) > TINY) return undefined
    // An int that no extent reaches stands for "to the end": as a number it is large enough for that.
    const items = readElements(constant).map((item) => (typeof item === 'bigint' ? Number(item) : (item as boolean)))
    const contents: Contents = { rank: sizes.length as 0 | 1, items }
    this.#contents.set(name, contents)
    return contents
  }
  /** The numbers of a constant vector, or of one that is known as well as if it were. */
  ints(name: string | undefined): number[] | undefined {
    const items = this.contents(name)?.items
    return items?.every((item): item is number => typeof item === 'number') === true ? [...items] : undefined
  }

  /** A quotient that takes many words is called by a name, the same for the same one: products of them would be lost for their length. */
  #short(item: Item, node: OnnxNode): Item {
    // A number of either sign: a minus in the name says so.
    if (item === null) return `?-${this.#next++}`
    if (typeof item !== 'string' || node.opType !== 'Div' || item.length <= MAX_QUOTIENT) return item
    const name = this.#quotients.get(item) ?? `?${this.#next++}`
    this.#quotients.set(item, name)
    return name
  }
  /** The Slice that makes a value. */
  sliceOf(name: string): OnnxNode | undefined {
    return this.#slices.get(name)
  }
  /** Holds extents, or constants that could be: nothing that is negative. */
  isExtent(name: string | undefined): boolean {
    return name !== undefined && (this.#extents.has(name) || this.ints(name)?.every((item) => item >= 0) === true)
  }

  /** The same with a symbol for each extent of which nothing is known. */
  #named(dims: Dims): Dims {
    return dims?.includes(null) === true ? dims.map((dim) => dim ?? `?${this.#next++}`) : dims
  }

  /** Notes what is known of a node's results. */
  visit(node: OnnxNode): void {
    const [output] = node.outputs
    const inferred = node.domain === '' ? dimsRules.get(node.opType)?.(node, this) : undefined
    if (output !== undefined && output !== '') {
      const type = this.#model.types.get(output)
      const dims = this.#named(sharper(inferred, type?.dims))
      this.#dims.set(output, dims)
      // For the passes behind.
      if (type !== undefined) this.#model.types.set(output, { dtype: type.dtype, dims })
      const sources = MOVING.has(node.opType) ? node.inputs.slice(0, 1) : KEEPING.has(node.opType) ? node.inputs : undefined
      if (EXTENTS.has(node.opType) || sources?.every((name) => this.isExtent(name)) === true) this.#extents.add(output)
      const contents = (node.domain === '' ? contentsRules.get(node.opType)?.(node, this) : undefined) ?? openContents(dims)
      const isInt = this.dtype(output) === 'int64'
      if (contents !== undefined && contents.items.length <= TINY)
        this.#contents.set(output, isInt ? { ...contents, items: contents.items.map((item) => this.#short(item, node)) } : contents)
      if (node.opType === 'Slice') this.#slices.set(output, node)
    }
    for (const name of node.outputs.slice(1)) {
      const type = this.#model.types.get(name)
      if (type === undefined) continue
      const dims = this.#named(type.dims)
      this.#dims.set(name, dims)
      this.#model.types.set(name, { dtype: type.dtype, dims })
    }
    if (node.opType !== 'Split') return
    const parts = this.ints(node.inputs[1])
    const dims = this.dims(node.inputs[0])
    if (parts === undefined || dims === undefined) return
    const axis = wrap(intAttribute(node, 'axis', 0), dims.length)
    for (const [i, name] of node.outputs.entries()) {
      if (name === '') continue
      const part = this.#named(dims.with(axis, parts[i] ?? null))
      const type = this.#model.types.get(name)
      this.#dims.set(name, part)
      if (type !== undefined) this.#model.types.set(name, { dtype: type.dtype, dims: part })
    }
  }
}

/** Symbols are told from those of before, which stand in `types`. */
function firstSymbol({ types }: OnnxModel): number {
  let next = 0
  for (const { dims } of types.values())
    for (const dim of dims ?? [])
      if (typeof dim === 'string') for (const [, digits] of dim.matchAll(SYMBOL)) next = Math.max(next, Number(digits) + 1)
  return next
}
/** No name of a dimension looks like this. */
const SYMBOL = /\?-?(\d+)/g

/** A few numbers of which nothing is known. */
function openContents(dims: Dims): Contents | undefined {
  const [length = 1] = dims ?? []
  if (dims === undefined || dims.length > 1 || typeof length !== 'number' || length > MAX_NAMED) return undefined
  return { rank: dims.length as 0 | 1, items: Array.from({ length }, () => null) }
}
/** Characters of a quotient that is not named. */
const MAX_QUOTIENT = 40
/** Numbers that a vector has at most for each to get a name. */
const MAX_NAMED = 8

/** Both are true: numbers tell more than expressions, and these more than nothing. What the node itself says comes first. */
function sharper(inferred: Dims, known: Dims): Dims {
  if (inferred === undefined || known === undefined || inferred.length !== known.length) return inferred ?? known
  return inferred.map((dim, i) => (typeof dim === 'number' ? dim : typeof known[i] === 'number' ? known[i] : (known[i] ?? dim)))
}
