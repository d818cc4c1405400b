// Values that are a path from the module: `self.a.b` is one object, known at build time.

import type { Graph } from '../ir/graph.ts'
import type { IObject } from '../ir/ivalue.ts'
import type { Value } from '../ir/value.ts'

/** The object that `self.a.b` is; undefined for values that are no path from self. */
export function objectOf(value: Value, graph: Graph, self: IObject): IObject | undefined {
  const names: string[] = []
  let at = value
  while (at.node.kind === 'prim::GetAttr') {
    names.push(String(at.node.attributes.get('name')))
    at = at.node.input()
  }
  if (at !== graph.inputs[0]) return undefined
  let object: IObject = self
  for (const name of names.reverse()) {
    const held = object.attributes.get(name)
    if (held === undefined || held === null || typeof held !== 'object' || held.kind !== 'object') return undefined
    object = held
  }
  return object
}
