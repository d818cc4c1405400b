// The JavaScript classes of a model's own classes: one for each, with a field for each attribute that the code reads or writes. Methods are
// inlined, so that there are none. One registry serves all methods of a module.

import { allNodes } from '../../ir/block.ts'
import type { Graph } from '../../ir/graph.ts'
import type { IValue } from '../../ir/ivalue.ts'
import { fieldName, Names } from './names.ts'

export class HostClasses {
  readonly #names: Names
  readonly #classes = new Map<string, { readonly name: string; readonly fields: Set<string> }>()

  /** @param reserved names that the module uses for something else */
  constructor(reserved: Iterable<string> = []) {
    this.#names = new Names(reserved)
  }

  #entry(qualified: string): { readonly name: string; readonly fields: Set<string> } {
    let entry = this.#classes.get(qualified)
    if (entry === undefined) {
      // Functions of the library begin with a small letter, so that no class takes the name of one.
      const own = qualified.slice(qualified.lastIndexOf('.') + 1)
      const name = this.#names.fresh(own[0]!.toUpperCase() + own.slice(1))
      this.#classes.set(qualified, (entry = { name, fields: new Set() }))
    }
    return entry
  }

  nameOf(qualified: string): string {
    return this.#entry(qualified).name
  }

  /** Notes the classes of objects in a saved value, with all their attributes. */
  hold(saved: IValue): void {
    const seen = new Set<IValue>()
    const stack = [saved]
    for (let value = stack.pop(); value !== undefined; value = stack.pop()) {
      if (value === null || typeof value !== 'object' || seen.has(value)) continue
      seen.add(value)
      if (value.kind === 'list' || value.kind === 'tuple') stack.push(...value.items)
      else if (value.kind === 'dict') stack.push(...value.entries.flat())
      else if (value.kind === 'object') {
        const { fields } = this.#entry(value.className)
        for (const [name, item] of value.attributes) {
          fields.add(fieldName(name))
          stack.push(item)
        }
      }
    }
  }

  /** Notes which attributes of which classes a graph knows. */
  scan(graph: Graph): void {
    const self = graph.inputs[0]
    for (const node of allNodes(graph.block)) {
      if (node.kind === 'prim::CreateObject' && node.output().type.kind === 'Class')
        this.#entry((node.output().type as { name: string }).name)
      if (node.kind !== 'prim::GetAttr' && node.kind !== 'prim::SetAttr') continue
      const { type } = node.input()
      if (type.kind === 'Class' && node.input() !== self && this.#classes.has(type.name))
        this.#entry(type.name).fields.add(fieldName(String(node.attributes.get('name'))))
    }
  }

  get names(): readonly string[] {
    return [...this.#classes.values()].map(({ name }) => name)
  }

  /** The classes as JavaScript. */
  code(): string {
    return [...this.#classes.values()]
      .map(({ name, fields }) =>
        fields.size === 0 ? `class ${name} {}\n` : `class ${name} {\n${[...fields].map((field) => `  ${field}\n`).join('')}}\n`,
      )
      .join('\n')
  }
}
