// Seeds for the random operators of a model, so that each session draws the same numbers. Every node has a generator of its own.
// ONNX RandomUniform-1 (attribute `seed`); onnxruntime's generator is std::default_random_engine.

import { f, subgraphs, type OnnxGraph } from './model.ts'

const RANDOM = new Set(['RandomUniform', 'RandomUniformLike', 'RandomNormal', 'RandomNormalLike', 'Bernoulli', 'Multinomial'])

/** A different seed for each node, in order, with the digits of `seed` spread: neighbouring seeds start neighbouring numbers. */
export function seedRandom(graph: OnnxGraph, seed: number): void {
  let count = 0
  const pending = [graph]
  for (let next = pending.pop(); next !== undefined; next = pending.pop())
    for (const node of next.nodes) {
      if (RANDOM.has(node.opType)) node.attributes.set('seed', f(spread(seed, count++)))
      pending.push(...subgraphs(node))
    }
}

/** 1 to 2²⁴, which a float attribute holds. The mixing steps of MurmurHash3. */
function spread(seed: number, count: number): number {
  let h = Math.imul(seed ^ Math.imul(count + 1, 0x9e3779b9), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return ((h ^ (h >>> 16)) >>> 8) + 1
}
