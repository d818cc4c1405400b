// OnnxBuilder: appends ONNX nodes to one scope (the top graph or a subgraph). What lowering rows write with.
// Knows names, constants, scopes and casts; knows nothing of torch operators.

import { assert } from '../diagnostics/internal.ts'
import { type Dim, type Dims } from '../ir/dim.ts'
import type { ScalarType } from '../ir/scalar-type.ts'
import { numel, type Tensor } from '../ir/tensor.ts'
import { int64Tensor, scalarTensor, tensorFromElements, type Element } from '../ir/tensor-elements.ts'
import { emittedType, onnxDataType } from './data-type.ts'
import { resultType } from './infer-type.ts'
import type { OnnxAttribute, OnnxGraph, OnnxNode, ValueInfo, ValueSource, ValueType } from './model.ts'
import type { Operand, OnnxValue, ScalarListOperand, ScalarOperand, SequenceOperand } from './operand.ts'
import { contentKey, sameContent, TINY } from './tensor-content.ts'

export type Attributes = Readonly<Record<string, OnnxAttribute | undefined>>

/** dtype and dims of a result, where the builder's own table does not tell. */
export interface ResultType {
  readonly dtype?: ScalarType
  readonly dims?: Dims
}

/** What all scopes of one model share. */
class Model {
  readonly initializers = new Map<string, Tensor>()
  readonly types = new Map<string, ValueType>()
  readonly origins = new Map<string, string>()
  readonly sources = new Map<string, ValueSource>()
  /** Of what is made now. */
  source: ValueSource | undefined
  readonly #byTensor = new Map<Tensor, OnnxValue>()
  readonly #byContent = new Map<string, readonly OnnxValue[]>()
  opset: number
  #next = 0
  #serial = 0

  constructor(opset: number) {
    this.opset = opset
  }
  serial(): number {
    return this.#serial++
  }
  /** With a colon, which no name of a parameter has: `h0` and `c0` are names of a user's. */
  name(prefix = 'v'): string {
    return `${prefix}:${this.#next++}`
  }
  /** One initializer for each tensor, and for each content of a few elements; weights of equal content are for share-initializers.ts. */
  initializer(tensor: Tensor): OnnxValue {
    const known = this.#byTensor.get(tensor)
    if (known !== undefined) return known
    const key = numel(tensor.sizes) <= TINY ? contentKey(tensor) : undefined
    const alike = (key === undefined ? undefined : this.#byContent.get(key)) ?? []
    const same = alike.find(({ constant }) => sameContent(constant!, tensor))
    if (same !== undefined) {
      this.#byTensor.set(tensor, same)
      return same
    }
    const value: OnnxValue = {
      kind: 'tensor',
      name: this.name('c'),
      dtype: emittedType(tensor.dtype),
      dims: tensor.sizes,
      constant: tensor,
    }
    this.initializers.set(value.name, tensor)
    this.#byTensor.set(tensor, value)
    if (key !== undefined) this.#byContent.set(key, [...alike, value])
    return value
  }
}

export class OnnxBuilder {
  readonly #model: Model
  readonly #parent: OnnxBuilder | undefined
  readonly #memo = new Map<string, OnnxValue>()
  readonly nodes: OnnxNode[] = []

  private constructor(model: Model, parent: OnnxBuilder | undefined) {
    this.#model = model
    this.#parent = parent
  }
  static create(opset: number): OnnxBuilder {
    return new OnnxBuilder(new Model(opset), undefined)
  }
  /** A builder for a subgraph that sees this scope. */
  scope(): OnnxBuilder {
    return new OnnxBuilder(this.#model, this)
  }

  get opset(): number {
    return this.#model.opset
  }
  /** Raises the emitted opset to what an operator needs; at most 21, the newest that every execution provider knows. */
  requireOpset(version: number): void {
    assert(version <= 21, `opset ${version} is beyond what onnxruntime-web runs everywhere`)
    this.#model.opset = Math.max(this.#model.opset, version)
  }
  get initializers(): Map<string, Tensor> {
    return this.#model.initializers
  }
  /** What is known of the values made so far, in all scopes. */
  get types(): Map<string, ValueType> {
    return this.#model.types
  }
  /** Notes what is known of a value that no `op` of a builder makes. */
  note<T extends { readonly kind: string }>(value: T | OnnxValue): T {
    const found = value as OnnxValue
    if (value.kind === 'tensor') this.types.set(found.name, { dtype: found.dtype, dims: found.dims })
    return value as T
  }
  /** The attributes that weights come from. */
  get origins(): Map<string, string> {
    return this.#model.origins
  }
  /** Where values come from. */
  get sources(): Map<string, ValueSource> {
    return this.#model.sources
  }
  /** What `make` makes comes from there. */
  from(source: ValueSource, make: () => void): void {
    const before = this.#model.source
    this.#model.source = source
    try {
      make()
    } finally {
      this.#model.source = before
    }
  }
  /** A number that no other call for this model gets. */
  serial(): number {
    return this.#model.serial()
  }
  freshName(prefix?: string): string {
    return this.#model.name(prefix)
  }

  /** One node with one result. */
  op(
    opType: string,
    inputs: readonly (OnnxValue | SequenceOperand | undefined)[],
    attributes: Attributes = {},
    result: ResultType = {},
  ): OnnxValue {
    return this.ops(opType, inputs, attributes, [result])[0]!
  }
  /** One node with several results; `undefined` leaves an optional result out. */
  ops(
    opType: string,
    inputs: readonly (OnnxValue | SequenceOperand | undefined)[],
    attributes: Attributes,
    results: readonly (ResultType | undefined)[],
    domain = '',
  ): OnnxValue[] {
    const names = inputs.map((input) => input?.name ?? '')
    while (names.at(-1) === '') names.pop()
    const outputs = results.map((result, i): OnnxValue => {
      const type = resultType(opType, inputs, attributes, i)
      const dtype = result?.dtype ?? type.dtype
      assert(dtype !== undefined || result === undefined, `the dtype of ${opType} was not given`)
      const value: OnnxValue = {
        kind: 'tensor',
        name: result === undefined ? '' : this.freshName(),
        dtype: dtype ?? 'float32',
        dims: result?.dims ?? type.dims,
      }
      if (result !== undefined) this.types.set(value.name, { dtype: value.dtype, dims: value.dims })
      return value
    })
    this.emit(
      opType,
      names,
      outputs.map((v) => v.name),
      attributes,
      domain,
    )
    return outputs
  }
  /** One node of the com.microsoft domain. */
  contribOp(opType: string, inputs: readonly (OnnxValue | undefined)[], attributes: Attributes, result: ResultType): OnnxValue {
    return this.ops(opType, inputs, attributes, [result], 'com.microsoft')[0]!
  }
  /** A sequence-valued node (SequenceConstruct, SequenceInsert …). */
  sequenceOp(
    opType: string,
    inputs: readonly (OnnxValue | SequenceOperand | undefined)[],
    attributes: Attributes,
    dtype: ScalarType,
    dims?: Dims,
  ): SequenceOperand {
    const value: SequenceOperand = { kind: 'sequence', name: this.freshName(), dtype, dims }
    this.emit(
      opType,
      inputs.map((input) => input?.name ?? ''),
      [value.name],
      attributes,
    )
    return value
  }
  /** The bare node; names are the caller's. */
  emit(opType: string, inputs: string[], outputs: string[], attributes: Attributes, domain = ''): void {
    const kept = Object.entries(attributes).filter((entry): entry is [string, OnnxAttribute] => entry[1] !== undefined)
    this.nodes.push({ opType, domain, inputs, outputs, attributes: new Map(kept) })
    // Another name for a value is no other value.
    const source = (opType === 'Identity' ? this.sources.get(inputs[0]!) : undefined) ?? this.#model.source
    if (source !== undefined) for (const output of outputs) if (output !== '') this.sources.set(output, source)
  }

  // Constants

  /** `origin`: the attribute of the module that holds it. */
  constant(tensor: Tensor, origin?: string): OnnxValue {
    const value = this.#model.initializer(tensor)
    if (origin !== undefined && !this.origins.has(value.name)) this.origins.set(value.name, origin)
    return value
  }
  /** A 0-d constant. */
  scalar(dtype: ScalarType, value: Element): OnnxValue {
    return this.constant(scalarTensor(emittedType(dtype), value))
  }
  /** A 1-d int64 constant. */
  ints(values: readonly (number | bigint)[]): OnnxValue {
    return this.constant(int64Tensor(values))
  }
  /** A constant of any shape from its elements. */
  elements(dtype: ScalarType, sizes: readonly number[], values: readonly Element[]): OnnxValue {
    return this.constant(tensorFromElements(emittedType(dtype), sizes, values))
  }

  // Python scalars and lists as tensors

  /** A Python number or bool, constant or not, as a 0-d tensor of `dtype`. */
  number(operand: ScalarOperand, dtype: ScalarType): OnnxValue {
    if (operand.kind === 'tensor') return this.cast(operand, dtype)
    const { value } = operand
    assert(typeof value === 'bigint' || typeof value === 'number' || typeof value === 'boolean', 'a scalar operand is a number or a bool')
    return this.scalar(dtype, value)
  }
  /** A list of ints as a 1-d int64 tensor. */
  vector(list: ScalarListOperand): OnnxValue {
    if (list.kind === 'tensor') return this.cast(list, 'int64')
    return this.concatScalars(list.items)
  }
  /** Scalars side by side in a 1-d int64 tensor; neighbouring constants are one piece. */
  concatScalars(items: readonly Operand[]): OnnxValue {
    const pieces: OnnxValue[] = []
    let run: bigint[] = []
    const flush = (): void => {
      if (run.length > 0) pieces.push(this.ints(run))
      run = []
    }
    for (const item of items) {
      if (item.kind === 'constant') {
        assert(typeof item.value === 'bigint' || typeof item.value === 'boolean', 'an int list holds ints')
        run.push(BigInt(item.value))
        continue
      }
      assert(item.kind === 'tensor', 'an int list holds scalars')
      flush()
      pieces.push(this.reshapeTo(this.cast(item, 'int64'), [1]))
    }
    flush()
    if (pieces.length === 0) return this.ints([])
    return pieces.length === 1 ? pieces[0]! : this.op('Concat', pieces, { axis: 0 }, { dims: [items.length] })
  }

  // Frequent small things

  /** `x` as `dtype`; `x` itself when it is that already. float→bool is ≠ 0, NaN true, as in torch. */
  cast(x: OnnxValue, dtype: ScalarType): OnnxValue {
    const to = emittedType(dtype)
    if (x.dtype === to) return x
    const code = onnxDataType(to)
    assert(code !== undefined, `${to} has no ONNX type`)
    return this.memo(`Cast ${x.name} ${to}`, () => this.op('Cast', [x], { to: code }, { dtype: to, dims: x.dims }))
  }
  /** Reshape to literal sizes; at most one −1. A literal 0 is an extent of 0. */
  reshapeTo(x: OnnxValue, sizes: readonly number[]): OnnxValue {
    const dims: Dim[] = sizes.map((s) => (s === -1 ? null : s))
    return this.op('Reshape', [x, this.ints(sizes)], sizes.includes(0) ? { allowzero: 1 } : {}, { dims })
  }
  unsqueeze(x: OnnxValue, axes: readonly number[]): OnnxValue {
    return axes.length === 0 ? x : this.op('Unsqueeze', [x, this.ints(axes)], {}, { dims: unsqueezed(x.dims, axes) })
  }
  transpose(x: OnnxValue, perm: readonly number[]): OnnxValue {
    if (perm.every((p, i) => p === i)) return x
    return this.op('Transpose', [x], { perm }, { dims: x.dims === undefined ? undefined : perm.map((p) => x.dims![p]!) })
  }
  /** The sizes of `x`, 1-d int64: a constant when they are all known. */
  shape(x: OnnxValue): OnnxValue {
    const { dims } = x
    if (dims?.every((dim) => typeof dim === 'number') === true) return this.ints(dims as number[])
    return this.memo(`Shape ${x.name}`, () => this.op('Shape', [x], {}, { dtype: 'int64', dims: [dims?.length ?? null] }))
  }
  /** One extent: a constant int, or a 0-d int64 tensor. `axis` may be negative. */
  size(x: OnnxValue, axis: number): ScalarOperand {
    const { dims } = x
    const dim = dims?.[axis < 0 ? axis + dims.length : axis]
    if (typeof dim === 'number') return { kind: 'constant', value: BigInt(dim) }
    return this.memo(`Size ${x.name} ${axis}`, () =>
      this.op('Gather', [this.shape(x), this.scalar('int64', axis)], { axis: 0 }, { dtype: 'int64', dims: [] }),
    )
  }
  /** The number of elements: a constant int, or a 0-d int64 tensor. */
  numel(x: OnnxValue): ScalarOperand {
    if (x.dims?.every((dim) => typeof dim === 'number') === true)
      return { kind: 'constant', value: (x.dims as number[]).reduce((n, d) => n * BigInt(d), 1n) }
    return this.memo(`Numel ${x.name}`, () => this.op('Size', [x], {}, { dtype: 'int64', dims: [] }))
  }

  /** The value made for `key` in this scope or an enclosing one. */
  memo(key: string, make: () => OnnxValue): OnnxValue {
    let known = this.#memo.get(key)
    for (let scope = this.#parent; known === undefined && scope !== undefined; scope = scope.#parent) known = scope.#memo.get(key)
    const value = known ?? make()
    this.#memo.set(key, value)
    return value
  }

  /** This scope's nodes as a subgraph. */
  subgraph(name: string, inputs: readonly ValueInfo[], outputs: readonly ValueInfo[]): OnnxGraph {
    return { kind: 'graph', name, nodes: this.nodes, inputs: [...inputs], outputs: [...outputs], initializers: new Map() }
  }
}

function unsqueezed(dims: Dims, axes: readonly number[]): Dims {
  if (dims === undefined) return undefined
  const rank = dims.length + axes.length
  const ones = new Set(axes.map((a) => (a < 0 ? a + rank : a)))
  const rest = [...dims]
  return Array.from({ length: rank }, (_, i) => (ones.has(i) ? 1 : (rest.shift() ?? null)))
}
