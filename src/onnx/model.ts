// The ONNX model in memory: nodes, subgraphs, initializers. Mirrors onnx.proto as far as we emit it. `encodeModel` makes bytes of it.

import type { SourceRange } from '../diagnostics/source-range.ts'
import type { Dims } from '../ir/dim.ts'
import type { ScalarType } from '../ir/scalar-type.ts'
import type { Tensor } from '../ir/tensor.ts'

/** A float attribute: plain numbers are ints. */
export interface FloatAttribute {
  readonly kind: 'float'
  readonly value: number
}
export interface FloatsAttribute {
  readonly kind: 'floats'
  readonly values: readonly number[]
}
export type OnnxAttribute =
  | number
  | bigint
  | string
  | readonly number[]
  | FloatAttribute
  | FloatsAttribute
  | Tensor
  | OnnxGraph
  | readonly string[]

/** `{ alpha: f(0.2) }`. */
export const f = (value: number): FloatAttribute => ({ kind: 'float', value })
export const fs = (values: readonly number[]): FloatsAttribute => ({ kind: 'floats', values })

export interface OnnxNode {
  readonly opType: string
  /** Empty for ai.onnx. */
  readonly domain: string
  /** Names; empty for an absent optional input. */
  inputs: string[]
  outputs: string[]
  readonly attributes: Map<string, OnnxAttribute>
}

export interface ValueInfo {
  readonly name: string
  readonly dtype: ScalarType
  /** Undefined: no shape is written. */
  readonly dims: Dims
  /** A sequence of such tensors. */
  readonly sequence?: boolean
}

export interface OnnxGraph {
  readonly kind: 'graph'
  readonly name: string
  nodes: OnnxNode[]
  readonly inputs: ValueInfo[]
  readonly outputs: ValueInfo[]
  /** Top graph only: subgraphs see them through outer scope. */
  readonly initializers: Map<string, Tensor>
}

/** What is known of a value inside of a graph. */
export interface ValueType {
  readonly dtype: ScalarType
  /** Undefined: the rank is not known. */
  readonly dims: Dims
}

export interface OnnxModel {
  readonly graph: OnnxGraph
  readonly opset: number
  /** Of values by name, subgraphs included, as lowering knew them. Names are unique in the whole model. */
  readonly types: Map<string, ValueType>
  /** Of weights by name: the attribute of the module that each comes from, `self.layer1.0.weight`. */
  readonly origins: Map<string, string>
  /** Of values by name, as lowering knew them: the code that asks for them. A pass that makes other values need not say. */
  readonly sources?: Map<string, ValueSource>
}

/** Where a value comes from: a range of the model's code, and the submodule that runs it. */
export interface ValueSource {
  readonly range?: SourceRange
  readonly scope?: string
}

/** True when some node is of com.microsoft, and the model must import that domain. */
export function usesContrib(graph: OnnxGraph): boolean {
  return graph.nodes.some((node) => node.domain !== '' || subgraphs(node).some(usesContrib))
}

function isGraph(attribute: OnnxAttribute): attribute is OnnxGraph {
  return typeof attribute === 'object' && 'kind' in attribute && attribute.kind === 'graph'
}

/** The subgraphs of a node, in attribute order. */
export function subgraphs(node: OnnxNode): OnnxGraph[] {
  return [...node.attributes.values()].filter(isGraph)
}
