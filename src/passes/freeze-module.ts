// Freezing: attributes become constants; those that the method changes become hidden inputs and outputs, its state.
// Attributes that are only written in place enter as inputs; those that are assigned live in an object that `lower-objects` dissolves.
// Mirrors torch/csrc/jit/passes/freeze_module.cpp, which keeps a module with what it cannot fold; here no module remains.

import { AliasAnalysis } from '../analysis/alias-analysis.ts'
import { fail } from '../diagnostics/compile-error.ts'
import { assert } from '../diagnostics/internal.ts'
import { allNodes } from '../ir/block.ts'
import { Builder } from '../ir/builder.ts'
import type { Graph } from '../ir/graph.ts'
import type { IObject, IValue } from '../ir/ivalue.ts'
import type { Node } from '../ir/node.ts'
import type { Tensor } from '../ir/tensor.ts'
import { classOf, noneType, tensorTypeOf, type Type } from '../ir/type.ts'
import type { Value } from '../ir/value.ts'
import { attributePaths, holders, type AttributePath } from './module-attributes.ts'
import { definePass, type PassContext, type StateSlot } from './pass.ts'

/** Classes that torch implements in C++. */
const NATIVE = '__torch__.torch.classes.'
/** Class of the object that carries assigned attributes while one call runs. */
const STATE_CLASS = '__torch__.State'

export const freezeModule = definePass({
  name: 'freeze-module',
  doc: 'Turns attributes of the module into constants, and those that the method changes into state.',
  run: (graph, context) => {
    if (context.self === undefined) return false
    new Freezer(graph, context.self, context).run()
    return true
  },
})

class Freezer {
  readonly #graph: Graph
  readonly #context: PassContext
  readonly #self: IObject
  readonly #alias: AliasAnalysis
  readonly #paths: ReadonlyMap<IObject, string>
  /** The object that each module-typed value is. */
  readonly #objects = new Map<Value, IObject>()
  readonly #constants = new Map<string, Value>()
  readonly #identities = new Map<object, number>()
  /** Inputs of attributes that are written in place, by what they refer to. */
  readonly #states = new Map<string, Value>()
  /** Paths that SetAttr assigns. */
  #assigned = new Set<string>()
  /** Attributes that some operator writes in place, by what they refer to. */
  #written: ReadonlyMap<string, AttributePath> = new Map()
  readonly #builder: Builder

  constructor(graph: Graph, self: IObject, context: PassContext) {
    this.#graph = graph
    this.#self = self
    this.#context = context
    this.#alias = new AliasAnalysis(graph, { self })
    this.#paths = attributePaths(self)
    // A place of its own, since the graph's first node may be an attribute that goes.
    this.#builder = new Builder(graph.block.prepend(graph.createConstant(null)))
  }

  run(): void {
    this.#resolveObjects()
    const attributes = [...allNodes(this.#graph.block)].filter((node) => this.#isModuleAttribute(node))
    this.#assigned = new Set(attributes.filter((node) => node.kind === 'prim::SetAttr').map((node) => this.#path(node)))
    for (const { attribute, assigned } of this.#context.changed ?? []) if (assigned) this.#assigned.add(attribute)
    this.#forgetAssigned(attributes)
    this.#foldComparisons()
    this.#written = this.#writtenAttributes()
    const types = new Map<string, Type>()
    // Reads tell the declared type; a write may store a narrower one.
    for (const node of [...attributes].sort((x, y) => (x.kind === y.kind ? 0 : x.kind === 'prim::GetAttr' ? -1 : 1)))
      if (!types.has(this.#path(node))) types.set(this.#path(node), (node.outputs[0] ?? node.input(1)).type)
    const carrier = this.#addState(attributes, types)
    for (const node of attributes) this.#replace(node, carrier)
    this.#dropObjects()
    this.#builder.point.destroy()
  }

  /** Follows submodules from `self`: each value of a module's type is exactly one object. */
  #resolveObjects(): void {
    const self = this.#graph.inputs[0]
    assert(self !== undefined && self.type.kind === 'Class', 'the first input of a method is its module')
    this.#objects.set(self, this.#self)
    for (const node of allNodes(this.#graph.block)) {
      if (node.kind !== 'prim::GetAttr') continue
      const object = this.#objects.get(node.input())
      if (object === undefined) continue
      const held = object.attributes.get(attributeName(node))
      if (held === undefined)
        fail('PT3021', `'${attributeName(node)}' is not an attribute of ${this.#describe(object)}.`, { ...place(node) })
      if (held !== null && typeof held === 'object' && held.kind === 'object') this.#objects.set(node.output(), held)
    }
  }

  /** An object that the method replaces is a value of the state, as any other. */
  #forgetAssigned(attributes: readonly Node[]): void {
    if (this.#context.host !== true) return
    for (const node of attributes)
      if (node.kind === 'prim::GetAttr' && this.#assigned.has(this.#path(node))) this.#objects.delete(node.output())
  }

  /** `self.child is None`, of a child that is there. */
  #foldComparisons(): void {
    for (const value of this.#objects.keys())
      for (const { user } of value.uses) {
        if (user.kind !== 'aten::__is__' && user.kind !== 'aten::__isnot__') continue
        const other = user.inputs.find((input) => input !== value)
        if (other === undefined || other.type.kind !== 'None') continue
        user.output().replaceAllUsesWith(Builder.replacing(user).bool(user.kind === 'aten::__isnot__'))
        user.destroy()
      }
  }

  #isModuleAttribute(node: Node): boolean {
    return (node.kind === 'prim::GetAttr' || node.kind === 'prim::SetAttr') && this.#objects.has(node.input())
  }
  #holder(node: Node): IObject {
    return this.#objects.get(node.input())!
  }
  #held(node: Node): IValue {
    return this.#holder(node).attributes.get(attributeName(node)) ?? null
  }
  #path(node: Node): string {
    return joinPath(this.#paths.get(this.#holder(node)) ?? '', attributeName(node))
  }
  #describe(object: IObject): string {
    const path = this.#paths.get(object)
    return path === undefined || path === '' ? object.className : `'${path}' (${object.className})`
  }

  #writtenAttributes(): Map<string, AttributePath> {
    const found = new Map<string, AttributePath>()
    const elsewhere = this.#changedElsewhere()
    const sharers = holders(this.#self, (value) => {
      if (elsewhere.has(isTensor(value) ? value.storage : value)) return true
      const location = this.#alias.constantLocation(value)
      return location !== undefined && this.#alias.writersOf(location).some((node) => node.kind !== 'prim::SetAttr')
    })
    for (const sharing of sharers) {
      const [first, ...others] = sharing
      assert(first !== undefined, 'a written value has a holder')
      if (this.#context.host === true) this.#checkHeld(sharing)
      else for (const other of others) this.#checkTied(first, other)
      for (const { path, value } of sharing) {
        const memory = this.#memory(value, path)
        const owner = sharing.find((other) => this.#memory(other.value, other.path) === memory)
        if (!found.has(memory)) found.set(memory, this.#context.host === true ? owner! : first)
      }
    }
    return found
  }
  /** What attributes hold that other methods write in place. */
  #changedElsewhere(): ReadonlySet<unknown> {
    const written = new Set((this.#context.changed ?? []).flatMap(({ attribute, assigned }) => (assigned ? [] : [attribute])))
    const found = new Set<unknown>()
    if (written.size === 0) return found
    for (const [object, base] of this.#paths)
      for (const [name, value] of object.attributes)
        if (written.has(joinPath(base, name))) found.add(isTensor(value) ? value.storage : value)
    return found
  }
  #checkTied(first: AttributePath, other: AttributePath): void {
    const same = first.value === other.value || this.#key(first.value, first.path) === this.#key(other.value, other.path)
    if (same && !this.#assigned.has(first.path) && !this.#assigned.has(other.path)) return
    fail('PT3022', `'${first.path}' and '${other.path}' share memory, and the method writes it.`, {
      fix: `give them memory of their own before saving, e.g. self.${other.path} = self.${other.path}.clone().`,
    })
  }

  /** An object in JavaScript holds one tensor by any number of names, but no two tensors over one memory. */
  #checkHeld(sharing: readonly AttributePath[]): void {
    const owners = new Map<object, { readonly tensor: Tensor; readonly path: string }>()
    for (const { path, value } of sharing)
      for (const tensor of tensorsIn(value)) {
        const known = owners.get(tensor.storage)
        if (known === undefined) owners.set(tensor.storage, { tensor, path })
        else if (known.tensor !== tensor) {
          const [a, b] = [sharing.find((one) => one.path === known.path)!, sharing.find((one) => one.path === path)!]
          this.#checkTied(a, b)
        }
      }
  }

  /** Where the state keeps what the attribute holds; undefined for a constant. */
  #owner(node: Node): string | undefined {
    const path = this.#path(node)
    if (this.#assigned.has(path)) return path
    const held = this.#held(node)
    const written = this.#written.get(this.#memory(held, path))?.path
    if (written !== undefined) return written
    // Objects in a list are no constants of a graph; a host program has them as objects.
    const isHeld = this.#context.host === true && (held as { kind?: string } | null)?.kind !== 'object' && holdsObject(held)
    return isHeld ? path : undefined
  }

  /** Declares inputs and outputs of the state; gives the object that carries assigned attributes, if any. */
  #addState(attributes: readonly Node[], types: ReadonlyMap<string, Type>): Value | undefined {
    const graph = this.#graph
    const slots = new Map<string, { readonly value: IValue; readonly type: Type }>()
    for (const node of attributes) {
      const path = this.#path(node)
      const held = this.#held(node)
      const owner = this.#owner(node)
      if (owner !== undefined && !slots.has(owner)) slots.set(owner, { value: held, type: types.get(path)! })
    }
    if (slots.size === 0) return undefined
    // Methods that share state start it together, and so have all of it.
    for (const { attribute, initial, type } of this.#context.changed ?? [])
      if (!slots.has(attribute)) slots.set(attribute, { value: initial, type })
    if (this.#context.host === true) return this.#stateObject(slots)
    const builder = this.#builder
    const end = Builder.atEnd(graph.block)
    const assigned = [...slots.keys()].filter((path) => this.#assigned.has(path))
    const carrier = assigned.length === 0 ? undefined : builder.op('prim::CreateObject', [], classOf(STATE_CLASS))
    for (const [path, { value, type }] of [...slots].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const slotType =
        isTensor(value) && type.kind === 'Tensor' ? tensorTypeOf(value.dtype, this.#assigned.has(path) ? undefined : value.sizes) : type
      const input = graph.addInput(slotType, debugName(path))
      const slot: StateSlot = {
        attribute: path,
        type: slotType,
        initial: value,
        input: graph.inputs.length - 1,
        output: graph.outputs.length,
        assigned: this.#assigned.has(path),
      }
      this.#context.state.push(slot)
      if (carrier !== undefined && this.#assigned.has(path)) {
        builder.node('prim::SetAttr', [carrier, input], [], [['name', path]])
        graph.addOutput(end.op('prim::GetAttr', [carrier], type, [['name', path]]))
      } else {
        this.#states.set(this.#memory(value, path), input)
        graph.addOutput(input)
      }
    }
    return carrier
  }

  /** For a host program: the graph's first input stays, as the object that holds all that the method changes. */
  #stateObject(slots: ReadonlyMap<string, { readonly value: IValue; readonly type: Type }>): Value {
    for (const [attribute, { value, type }] of [...slots].sort(([a], [b]) => (a < b ? -1 : 1)))
      this.#context.state.push({ attribute, type, initial: value, input: 0, output: 0, assigned: this.#assigned.has(attribute) })
    return this.#graph.inputs[0]!
  }

  #replace(node: Node, carrier: Value | undefined): void {
    const path = this.#path(node)
    const owner = this.#context.host === true || this.#assigned.has(path) ? this.#owner(node) : undefined
    if (carrier !== undefined && owner !== undefined) {
      node.setInput(0, carrier)
      node.attributes.set('name', owner)
      return
    }
    const output = node.output()
    if (this.#objects.has(output)) return
    output.replaceAllUsesWith(this.#states.get(this.#memory(this.#held(node), path)) ?? this.#constant(node, path))
    node.destroy()
  }

  /** One prim::Constant for each distinct tensor, and for each other attribute, at the top of the graph. */
  #constant(node: Node, path: string): Value {
    const held = this.#held(node)
    const key = this.#key(held, path)
    const known = this.#constants.get(key)
    if (known !== undefined) return known
    if (holdsObject(held))
      fail('PT3023', `'${path}' holds objects in a list, dict or tuple; only modules and plain values can be read from it.`, {
        ...place(node),
      })
    const type = held === null ? noneType : isTensor(held) ? tensorTypeOf(held.dtype, held.sizes) : withoutOptional(node.output().type)
    const constant = this.#builder.insert(this.#graph.createConstant(held, type))
    constant.scope = this.#paths.get(this.#holder(node))
    constant.output().setDebugName(debugName(path))
    this.#constants.set(key, constant.output())
    return constant.output()
  }
  #native(value: Value, object: IObject): Value {
    const constant = this.#builder.insert(this.#graph.createConstant(object, value.type))
    return constant.output().setDebugName(debugName(this.#paths.get(object) ?? 'packed'))
  }
  /** Equal for values that are the same memory; the path for values without. */
  #memory(value: IValue, path: string): string {
    if (value === null || typeof value !== 'object') return path
    const object = value.kind === 'tensor' ? value.storage : value
    let id = this.#identities.get(object)
    if (id === undefined) this.#identities.set(object, (id = this.#identities.size))
    return `memory ${id}`
  }
  /** Equal for values that are the same constant: tensors over the same elements. */
  #key(value: IValue, path: string): string {
    if (!isTensor(value)) return path
    const { dtype, offset, sizes, strides } = value
    return `${this.#memory(value, path)} ${dtype} ${offset} ${sizes.join(',')} ${strides.join(',')}`
  }

  #dropObjects(): void {
    for (const value of [...this.#objects.keys()].reverse()) {
      const object = this.#objects.get(value)!
      // Packed weights and the like are data to the operators that take them.
      if (value.hasUses && object.className.startsWith(NATIVE)) value.replaceAllUsesWith(this.#native(value, object))
      const isState = value === this.#graph.inputs[0] && this.#context.host === true
      const [use] = value.uses
      if (use !== undefined && !isState)
        fail('PT3020', `${this.#describe(object)} is used as a value by ${use.user.kind}; a module can only be called or read.`, {
          ...place(use.user),
          fix: 'choose between results of submodules instead of between submodules.',
        })
      if (value.node.kind === 'prim::GetAttr') value.node.destroy()
      else {
        if (this.#context.host === true) continue
        this.#graph.block.paramNode.eraseOutput(value.index)
        for (const slot of this.#context.state) slot.input--
      }
    }
  }
}

const attributeName = (node: Node): string => String(node.attributes.get('name'))
const joinPath = (a: string, b: string): string => (a === '' ? b : `${a}.${b}`)
const debugName = (path: string): string => path.replace(/[^A-Za-z0-9_.]/g, '_')
const place = (node: Node): { range?: NonNullable<Node['range']> } => (node.range === undefined ? {} : { range: node.range })
const withoutOptional = (type: Type): Type => (type.kind === 'Optional' ? type.of : type)

function isTensor(value: IValue | undefined): value is Tensor {
  return value !== null && typeof value === 'object' && value.kind === 'tensor'
}
function tensorsIn(value: IValue): Tensor[] {
  const found: Tensor[] = []
  const stack: IValue[] = [value]
  for (let held = stack.pop(); held !== undefined; held = stack.pop()) {
    if (held === null || typeof held !== 'object') continue
    if (held.kind === 'tensor') found.push(held)
    else if (held.kind === 'list' || held.kind === 'tuple') stack.push(...held.items)
    else if (held.kind === 'dict') for (const entry of held.entries) stack.push(...entry)
    else if (held.kind === 'object') stack.push(...held.attributes.values())
  }
  return found
}

function holdsObject(value: IValue): boolean {
  const stack: IValue[] = [value]
  for (let held = stack.pop(); held !== undefined; held = stack.pop()) {
    if (held === null || typeof held !== 'object') continue
    if (held.kind === 'object') return true
    if (held.kind === 'list' || held.kind === 'tuple') stack.push(...held.items)
    if (held.kind === 'dict') stack.push(...held.entries.flat())
  }
  return false
}
