// Which convolutions are worth computing in bytes: the sums are faster, and what is between floats and bytes costs. Chosen for the graph as a whole,
// since a neighbour in bytes makes both borders go away. By a model of the costs, never by timing: the same model gives the same bytes.

import { numel } from '../../ir/tensor.ts'
import type { OnnxModel, OnnxNode } from '../model.ts'
import { chosenActivations, ELEMENTWISE, SAME_RANGE } from './static-ranges.ts'

// In nanoseconds, fitted to single convolutions of 1 and of 9 taps, with 16 to 512 channels, on onnxruntime-web's wasm with one thread. Only their
// ratios count.
/** Saved by a multiplication of bytes. */
const SAVED = 0.026
/** A float that becomes a byte. */
const QUANTIZE = 0.7
/** A byte that becomes a float. */
const DEQUANTIZE = 1.2
/** A sum that becomes a byte. */
const REQUANTIZE = 1.1

/**
 * Names of the weights whose convolutions should run in bytes, of `candidates`. `elements`: of each activation that may become bytes, as they were
 * when it was measured.
 */
export function worthInBytes(model: OnnxModel, candidates: ReadonlySet<string>, elements: ReadonlyMap<string, number>): Set<string> {
  const costs = new CostModel(model, elements)
  // Downwards from all and upwards from none: the one escapes from neighbours that only pay together, the other from those that do not.
  const [down, up] = [descend(costs, candidates, new Set(candidates)), descend(costs, candidates, new Set())]
  return costs.of(down) <= costs.of(up) ? down : up
}

/** Changes the choice for one convolution after the other, as long as that helps. */
function descend(costs: CostModel, candidates: ReadonlySet<string>, chosen: Set<string>): Set<string> {
  let least = costs.of(chosen)
  for (let changed = true; changed;) {
    changed = false
    for (const name of candidates) {
      const other = new Set(chosen)
      if (!other.delete(name)) other.add(name)
      const cost = costs.of(other)
      // Strictly less, so that it ends.
      if (cost < least) {
        chosen = other
        least = cost
        changed = true
      }
    }
  }
  return chosen
}

class CostModel {
  readonly #model: OnnxModel
  readonly #elements: ReadonlyMap<string, number>
  readonly #producers = new Map<string, OnnxNode>()
  readonly #readers = new Map<string, OnnxNode[]>()
  readonly #outputs: ReadonlySet<string>
  readonly #known = new Map<string, number>()

  constructor(model: OnnxModel, elements: ReadonlyMap<string, number>) {
    this.#model = model
    this.#elements = elements
    this.#outputs = new Set(model.graph.outputs.map(({ name }) => name))
    for (const node of model.graph.nodes) {
      for (const output of node.outputs) this.#producers.set(output, node)
      for (const name of new Set(node.inputs)) {
        const readers = this.#readers.get(name)
        if (readers === undefined) this.#readers.set(name, [node])
        else readers.push(node)
      }
    }
  }

  /** Against all in floats. */
  of(weights: ReadonlySet<string>): number {
    const key = [...weights].sort().join()
    const known = this.#known.get(key)
    if (known !== undefined) return known
    const activations = chosenActivations(this.#model, weights)
    let cost = 0
    for (const [name, from] of activations) {
      const count = this.#elements.get(name) ?? this.#elements.get(from) ?? 0
      const maker = this.#maker(name)
      const isSum = maker !== undefined && isConvolution(maker, weights)
      if (isSum) cost += REQUANTIZE * count - SAVED * count * this.#taps(maker)
      else if (maker === undefined || !isInBytes(maker, activations)) cost += QUANTIZE * count
      const readers = this.#readers.get(name) ?? []
      const isReadAsFloats =
        this.#outputs.has(name) || readers.some((node) => !isConvolution(node, weights) && !isInBytes(node, activations))
      if (isReadAsFloats) cost += DEQUANTIZE * count
    }
    this.#known.set(key, cost)
    return cost
  }

  /** What makes a value, but for the clamp that becomes a part of it. */
  #maker(name: string): OnnxNode | undefined {
    const node = this.#producers.get(name)
    return node?.opType === 'Relu' || node?.opType === 'Clip' ? this.#producers.get(node.inputs[0]!) : node
  }

  /** Products that are summed for one element. */
  #taps(node: OnnxNode): number {
    return numel(this.#model.graph.initializers.get(node.inputs[1]!)!.sizes.slice(1))
  }
}

const isConvolution = (node: OnnxNode, weights: ReadonlySet<string>): boolean => node.opType === 'Conv' && weights.has(node.inputs[1] ?? '')

/** An operator between bytes. Clamps read what they are a part of. */
function isInBytes(node: OnnxNode, activations: ReadonlyMap<string, string>): boolean {
  if (SAME_RANGE.has(node.opType)) return activations.has(node.inputs[0]!)
  return ELEMENTWISE.has(node.opType) && node.inputs.every((name) => activations.has(name))
}
