// Several methods in one ONNX graph and one session: an entry selector and a tree of Ifs over it at top level, weights in the outer scope.
// Outputs of the methods that do not run are empty; their inputs are fed empty tensors. A model with one method is emitted bare.

import { OnnxBuilder } from './builder.ts'
import { entryInputs, finishModel, lowerEntry, lowerGraph, requireRows, type Entry } from './lower-graph.ts'
import type { OnnxGraph, OnnxModel, ValueInfo } from './model.ts'
import type { OnnxValue } from './operand.ts'

/** Name of the 0-d int64 input that says which method runs, when there are several. */
export const ENTRY = 'entry'

/** Names of inputs and outputs must differ between entries, except that one input may serve several. */
export function lowerEntries(entries: readonly Entry[], opset: number): OnnxModel {
  const [only] = entries
  if (entries.length === 1 && only !== undefined) return lowerGraph(only.graph, { ...only, opset })
  requireRows(entries.map(({ graph }) => graph))
  const builder = OnnxBuilder.create(opset)
  const selector: OnnxValue = { kind: 'tensor', name: ENTRY, dtype: 'int64', dims: [] }
  const inputs = entries.map(entryInputs)
  const scopes = entries.map((entry, k) => {
    const scope = builder.scope()
    return { scope, results: lowerEntry(entry, inputs[k]!, scope) }
  })
  const outputs = entries.flatMap((entry, k) =>
    scopes[k]!.results.map((result, i): ValueInfo => ({
      name: entry.outputNames?.[i] ?? `${k}.${i}`,
      dtype: result.dtype,
      dims: result.dims,
    })),
  )
  /** Where the outputs of each entry begin. */
  const from = scopes.map((_, k) => scopes.slice(0, k).reduce((n, { results }) => n + results.length, 0)).concat(outputs.length)
  const typed = (low: number, high: number, suffix: string): ValueInfo[] =>
    outputs.slice(from[low], from[high]).map(({ name, dtype }) => ({ name: `${name}:${suffix}`, dtype, dims: undefined }))
  // Halves of halves: a chain of Ifs would nest as deep as there are entries, and readers of protobuf go 100 levels deep. Each If gives the outputs
  // of its own entries only, so that the graph grows as n log n.
  const choose = (low: number, high: number): { readonly scope: OnnxBuilder; readonly own: readonly string[] } => {
    if (high - low === 1) return { scope: scopes[low]!.scope, own: scopes[low]!.results.map(({ name }) => name) }
    const middle = (low + high) >> 1
    const outer = low === 0 && high === entries.length ? builder : builder.scope()
    const suffix = `${low}to${high}`
    const own = outputs.slice(from[low], from[high]).map(({ name }) => (outer === builder ? name : `${name}:${suffix}`))
    const half = (first: number, last: number): OnnxGraph => {
      const { scope, own: given } = choose(first, last)
      outputs.slice(from[low], from[high]).forEach(({ name, dtype, dims }, i) => {
        const value = given[i + from[low]! - from[first]!] ?? empty(dtype, dims?.length ?? 1, scope).name
        scope.emit('Identity', [value], [`${name}:${suffix}:${first}`], {})
      })
      return scope.subgraph(`entries${first}`, [], typed(low, high, `${suffix}:${first}`))
    }
    const [then, otherwise] = [half(low, middle), half(middle, high)]
    const isFirst = outer.op('Less', [selector, outer.scalar('int64', BigInt(middle))], {}, { dims: [] })
    outer.emit('If', [isFirst.name], own, { then_branch: then, else_branch: otherwise })
    return { scope: outer, own }
  }
  choose(0, entries.length)
  const unique = new Map<string, ValueInfo>([[ENTRY, { name: ENTRY, dtype: 'int64', dims: [] }]])
  for (const info of inputs.flat()) unique.set(info.name, info)
  // Empty feeds have no extents: what is declared for another method must not be checked against them.
  const loose = [...unique.values()].map((info) =>
    info.name === ENTRY ? info : { ...info, dims: info.dims?.map((_, axis) => `${info.name}_${axis}`) },
  )
  return finishModel(
    builder,
    loose,
    outputs.map((output) => ({ ...output, dims: undefined })),
  )
}

/** A value of an entry that does not run: no elements; a 0-d one is 0. */
function empty(dtype: ValueInfo['dtype'], rank: number, scope: OnnxBuilder): OnnxValue {
  return rank === 0
    ? scope.scalar(dtype, dtype === 'bool' ? false : 0)
    : scope.elements(
        dtype,
        Array.from({ length: rank }, () => 0),
        [],
      )
}
