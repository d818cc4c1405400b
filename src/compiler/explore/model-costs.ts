// FLOPs and bytes of the emitted model: of each node at stated sizes of the dynamic dims, and their sums by operator and by module. What nothing tells is
// counted as unknown, never as nothing.

import { dimAdd, dimAt, type Dim, type Dims } from '../../ir/dim.ts'
import { numel } from '../../ir/tensor.ts'
import { emittedType } from '../../onnx/data-type.ts'
import { completeTypes } from '../../onnx/cost/complete-types.ts'
import { nodeWork } from '../../onnx/cost/node-cost.ts'
import { subgraphs, type OnnxModel, type OnnxNode, type ValueType } from '../../onnx/model.ts'
import { nodesOf } from '../../onnx/passes/values.ts'
import type { CostSum, ModelCost, NodeCost } from './types.ts'

/** A number, or undefined for what nothing tells. */
const known = (dim: Dim): number | undefined => (typeof dim === 'number' ? dim : undefined)

interface Sum {
  nodes: number
  macs: number
  flops: number
  bytes: number
  unknown: number
}

export class ModelCosts {
  readonly #model: OnnxModel
  readonly #costs = new Map<OnnxNode, NodeCost>()
  readonly #typeOf: (name: string) => ValueType | undefined
  readonly #evaluated: (name: string) => ValueType | undefined

  /** `sizes`: of the symbols in extents. */
  constructor(model: OnnxModel, sizes: ReadonlyMap<string, number>) {
    this.#model = model
    this.#typeOf = typesOf(model)
    const evaluated = completeTypes(model, (name) => {
      const type = this.#typeOf(name)
      return type?.dims === undefined ? type : { ...type, dims: type.dims.map((dim) => dimAt(dim, sizes) ?? null) }
    })
    this.#evaluated = evaluated
    for (const node of nodesOf(model.graph)) {
      const work = nodeWork(node, evaluated)
      const [macs, flops, bytes] = [known(work.macs), known(work.flops), known(work.bytes)]
      this.#costs.set(node, {
        ...(macs === undefined ? {} : { macs }),
        ...(flops === undefined ? {} : { flops }),
        ...(bytes === undefined ? {} : { bytes }),
      })
    }
  }

  of(node: OnnxNode): NodeCost {
    return this.#costs.get(node) ?? {}
  }

  /** Extents of a value at the stated sizes; null is one that these do not tell, undefined that not even the rank is known. */
  at(name: string): Dims {
    return this.#evaluated(name)?.dims
  }

  summary(modules: ReadonlyMap<OnnxNode, string>, sizes: ModelCost['sizes']): ModelCost {
    const operators = new Map<string, Sum>()
    const byModule = new Map<string, Sum>()
    let symbolic: Dim = 0
    let hasControlFlow = false
    for (const [node, cost] of this.#costs) {
      if (subgraphs(node).length > 0) hasControlFlow = true
      add(operators, node.domain === '' ? node.opType : `${node.domain}.${node.opType}`, cost)
      for (const path of pathsTo(modules.get(node) ?? '')) add(byModule, path, cost)
      symbolic = dimAdd(symbolic, nodeWork(node, this.#typeOf).macs)
    }
    const total = byModule.get('') ?? newSum()
    let parameters = 0
    for (const tensor of this.#model.graph.initializers.values()) parameters += numel(tensor.sizes)
    return {
      ...total,
      parameters,
      sizes,
      ...(typeof symbolic === 'string' ? { symbolic } : {}),
      hasControlFlow,
      byOperator: [...operators].map(([operator, sum]) => ({ operator, ...sum })).sort(dearestFirst),
      byModule: [...byModule].map(([module, sum]) => ({ module, ...sum })).sort((a, b) => (a.module < b.module ? -1 : 1)),
    }
  }
}

function typesOf({ graph, types }: OnnxModel): (name: string) => ValueType | undefined {
  const border = new Map([...graph.outputs, ...graph.inputs].map(({ name, dtype, dims }) => [name, { dtype, dims }]))
  return (name) => {
    const tensor = graph.initializers.get(name)
    return tensor === undefined ? (types.get(name) ?? border.get(name)) : { dtype: emittedType(tensor.dtype), dims: tensor.sizes }
  }
}

const newSum = (): Sum => ({ nodes: 0, macs: 0, flops: 0, bytes: 0, unknown: 0 })

function add(sums: Map<string, Sum>, key: string, { macs, flops, bytes }: NodeCost): void {
  let sum = sums.get(key)
  if (sum === undefined) sums.set(key, (sum = newSum()))
  sum.nodes++
  sum.macs += macs ?? 0
  sum.flops += flops ?? 0
  sum.bytes += bytes ?? 0
  if (flops === undefined || bytes === undefined) sum.unknown++
}

const dearestFirst = (a: CostSum, b: CostSum): number => b.flops - a.flops || b.bytes - a.bytes || b.nodes - a.nodes

/** Parts of a path that are told of: a name in a file may have any number of dots. */
const MAX_DEPTH = 32

/** `''`, `layer1`, `layer1.0`, … down to the path itself. */
function pathsTo(path: string): string[] {
  const parts = path === '' ? [] : path.split('.').slice(0, MAX_DEPTH)
  return ['', ...parts.map((_, i) => parts.slice(0, i + 1).join('.'))]
}
