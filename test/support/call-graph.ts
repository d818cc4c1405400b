// Calls a flat graph as the loader will: Python arguments → graph tensors by the signature, run on onnxruntime, and back.

import type { IValue } from '../../src/ir/ivalue.ts'
import type { Constant, ValueSpec } from '../../src/ir/signature.ts'
import { int64Tensor, itemOf, readElements, scalarTensor, tensorFromElements, type Element } from '../../src/ir/tensor-elements.ts'
import { numel, type Tensor } from '../../src/ir/tensor.ts'
import type { PipelineResult } from '../../src/passes/pipeline.ts'
import { createEvaluator } from '../../src/onnx/evaluator.ts'
import { loadOrt } from './ort.ts'

export interface CallResult {
  readonly output: IValue
  /** `ValueError: message`, when the method raised. */
  readonly raised?: { readonly type: string; readonly message: string }
  /** What to hand in as `state` next time. */
  readonly state: ReadonlyMap<string, Tensor>
}

const evaluator = createEvaluator(loadOrt)

export async function callGraph(method: PipelineResult, args: readonly IValue[], state?: ReadonlyMap<string, Tensor>): Promise<CallResult> {
  const { graph, signature, outputNames } = method
  const feeds = new Map<string, Tensor>()
  signature.params.forEach((param, i) => {
    if (param.unused !== true) encode(param.spec, i < args.length ? args[i]! : fromConstant(param.default ?? null), feeds)
  })
  if (signature.state !== undefined) {
    feeds.set(signature.state.cold, scalarTensor('bool', state === undefined))
    for (const slot of signature.state.slots) feeds.set(slot.input, state?.get(slot.input) ?? dummy(slot.dtype, slot.dims))
  }
  const inputs = graph.inputs.map(
    (value) => feeds.get(value.debugName!) ?? dummy(dtypeOf(value.type), value.type.kind === 'Tensor' ? value.type.dims : []),
  )
  const results = await evaluator.run(graph, inputs)
  const byName = new Map(outputNames.map((name, i) => [name, results[i]!]))
  const next = new Map(signature.state?.slots.map((slot) => [slot.input, byName.get(slot.output)!] as const))
  const code = signature.error === undefined ? 0 : Number(itemOf(byName.get(signature.error.id)!))
  if (code > 0) return { output: null, raised: signature.error!.raises[code - 1]!, state: next }
  return { output: decode(signature.result, byName), state: next }
}

const dtypeOf = (type: { readonly kind: string; readonly dtype?: Tensor['dtype'] }): Tensor['dtype'] =>
  type.kind === 'int' ? 'int64' : type.kind === 'bool' ? 'bool' : type.kind === 'float' ? 'float64' : (type.dtype ?? 'float32')

function dummy(dtype: Tensor['dtype'], dims: readonly unknown[] | undefined): Tensor {
  const sizes = (dims ?? []).map((dim) => (typeof dim === 'number' ? dim : 1))
  return tensorFromElements(
    dtype,
    sizes,
    Array.from({ length: numel(sizes) }, () => 0),
  )
}

function encode(spec: ValueSpec, value: IValue, feeds: Map<string, Tensor>): void {
  switch (spec.kind) {
    case 'tensor':
      feeds.set(spec.id, value as Tensor)
      break
    case 'int':
    case 'float':
    case 'bool':
      feeds.set(spec.id, scalarTensor(spec.dtype, value as Element))
      break
    case 'scalars': {
      const items = (value as { items: readonly Element[] }).items
      feeds.set(spec.id, tensorFromElements(spec.dtype, [items.length], items))
      break
    }
    case 'tensors': {
      const items = (value as { items: readonly Tensor[] }).items
      const elements = items.flatMap((item) => readElements(item))
      feeds.set(spec.id, tensorFromElements(spec.dtype, [elements.length], elements))
      feeds.set(spec.ranks, int64Tensor(items.map(({ sizes }) => sizes.length)))
      feeds.set(spec.sizes, int64Tensor(items.flatMap(({ sizes }) => sizes)))
      break
    }
    case 'choice':
      feeds.set(spec.id, scalarTensor('int64', BigInt(spec.of.indexOf(value as string))))
      break
    case 'optional':
      feeds.set(spec.flag, scalarTensor('bool', value !== null))
      if (value !== null) encode(spec.of, value, feeds)
      break
    case 'tuple':
      spec.items.forEach((item, i) => encode(item, (value as { items: readonly IValue[] }).items[i]!, feeds))
      break
    case 'record': {
      const parts = value as { kind: string; items?: readonly IValue[]; entries?: readonly (readonly [IValue, IValue])[] }
      spec.items.forEach((item, i) => {
        const part = parts.kind === 'dict' ? (parts.entries!.find(([key]) => key === spec.keys[i])?.[1] ?? null) : parts.items![i]!
        encode(item, part, feeds)
      })
      break
    }
    default:
      break
  }
}

function decode(spec: ValueSpec, results: ReadonlyMap<string, Tensor>): IValue {
  const at = (id: string): Tensor => results.get(id)!
  switch (spec.kind) {
    case 'tensor':
      return at(spec.id)
    case 'int':
      return BigInt(itemOf(at(spec.id))!)
    case 'float':
      return Number(itemOf(at(spec.id)))
    case 'bool':
      return Boolean(itemOf(at(spec.id)))
    case 'scalars':
      return { kind: 'list', items: readElements(at(spec.id)) }
    case 'tensors': {
      const elements = readElements(at(spec.id))
      const sizes = readElements(at(spec.sizes)).map(Number)
      const items = readElements(at(spec.ranks)).map((rank) => {
        const dims = sizes.splice(0, Number(rank))
        return tensorFromElements(spec.dtype, dims, elements.splice(0, numel(dims)))
      })
      return { kind: 'list', items }
    }
    case 'constant':
      return fromConstant(spec.value)
    case 'choice':
      return fromConstant(spec.of[Number(itemOf(at(spec.id)))]!)
    case 'optional':
      return itemOf(at(spec.flag)) === true ? decode(spec.of, results) : null
    case 'tuple':
      return { kind: 'tuple', items: spec.items.map((item) => decode(item, results)) }
    case 'record':
      return { kind: 'dict', entries: spec.items.map((item, i) => [spec.keys[i]!, decode(item, results)] as const) }
    case 'map':
      return { kind: 'dict', entries: spec.items.map((item, i) => [fromConstant(spec.keys[i]!), decode(item, results)] as const) }
    default:
      throw new Error(`a graph gives no ${spec.kind}`)
  }
}

function fromConstant(value: Constant): IValue {
  if (value === null || typeof value !== 'object') return value
  return 'bigint' in value ? BigInt(value.bigint) : { kind: 'list', items: value.map(fromConstant) }
}

/** Python structures forgotten: tuples and lists are arrays, NamedTuples and dicts with string keys objects, ints numbers. */
export function asJavaScript(value: IValue): IValue {
  if (typeof value === 'bigint') return Number(value)
  if (value === null || typeof value !== 'object') return value
  if (value.kind === 'list' || value.kind === 'tuple') return { kind: 'list', items: value.items.map(asJavaScript) }
  if (value.kind === 'dict')
    return { kind: 'dict', entries: value.entries.map(([key, v]) => [asJavaScript(key), asJavaScript(v)] as const) }
  return value
}
