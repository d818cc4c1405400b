// What a node of the emitted model costs: a look into the tables. Nodes with subgraphs cost what is in them, which is for the caller to sum.

import { dimAdd, dimMul, type Dim } from '../../ir/dim.ts'
import { scalarTypeInfo } from '../../ir/scalar-type.ts'
import { subgraphs, type OnnxNode, type ValueType } from '../model.ts'
import { plainRows } from './plain.ts'
import { productRows } from './products.ts'
import { CostNode, elementsOf, type CostRow } from './row.ts'

const table: ReadonlyMap<string, CostRow> = new Map([...productRows, ...plainRows])

/** null where shapes do not tell, or no row does. */
export interface NodeWork {
  readonly macs: Dim
  readonly flops: Dim
  readonly bytes: Dim
}

const UNKNOWN: NodeWork = { macs: null, flops: null, bytes: null }

/** `typeOf`: dtype and extents of a value by name, weights among them. */
export function nodeWork(node: OnnxNode, typeOf: (name: string) => ValueType | undefined): NodeWork {
  if (subgraphs(node).length > 0) return { macs: 0, flops: 0, bytes: 0 }
  const row = table.get(node.opType)
  if (row === undefined) return UNKNOWN
  const inputs = node.inputs.map(typeOf)
  const outputs = node.outputs.map((name) => (name === '' ? undefined : typeOf(name)))
  const { macs, other, elements } = row(new CostNode(node, inputs, outputs))
  const width = (type: ValueType | undefined): number => (type === undefined ? 4 : scalarTypeInfo(type.dtype).bytes)
  const present = [
    ...new Map(node.inputs.flatMap((name, i) => (name === '' ? [] : [[name, inputs[i]] as const]))).values(),
    ...node.outputs.flatMap((name, i) => (name === '' ? [] : [outputs[i]])),
  ]
  const all = (): Dim => present.map((type) => dimMul(elementsOf(type), width(type))).reduce<Dim>(dimAdd, 0)
  return {
    macs,
    flops: dimAdd(dimMul(macs, 2), other),
    bytes: elements === undefined ? all() : dimMul(elements, width(outputs[0] ?? inputs[0])),
  }
}
