// Nodes of the emitted model: what one is, a new one, a float attribute of one. Who reads what is for graph-index.ts.

import type { OnnxAttribute, OnnxNode } from '../model.ts'

export function isOp(node: OnnxNode | undefined, opType: string, domain = ''): node is OnnxNode {
  return node?.opType === opType && node.domain === domain
}

/** A node of ai.onnx, or of `domain`. */
export function newNode(
  opType: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: Iterable<readonly [string, OnnxAttribute]> = [],
  domain = '',
): OnnxNode {
  return { opType, domain, inputs: [...inputs], outputs: [...outputs], attributes: new Map(attributes) }
}

/** A float attribute. */
export function floatAttribute(node: OnnxNode, name: string, otherwise: number): number {
  const value = node.attributes.get(name)
  return typeof value === 'object' && 'kind' in value && value.kind === 'float' ? value.value : otherwise
}
