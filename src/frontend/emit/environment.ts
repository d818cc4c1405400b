// Variables in scope, one frame a block. First-class values live in the graph, behind prim::Store and prim::Load nodes, until
// conversion to SSA; anything else lives in a table here. Answers to Environment in torch/csrc/jit/frontend/ir_emitter.cpp.

import type { Block } from '../../ir/block.ts'
import { typeText } from '../../ir/print-type.ts'
import { unshaped, type Type } from '../../ir/type.ts'
import type { Value } from '../../ir/value.ts'
import { convertValue } from '../../ops/schema-conversion.ts'
import { SimpleValue } from '../values/simple-value.ts'
import type { Place, SugaredValue } from '../values/sugared-value.ts'
import type { Emitter } from './emitter.ts'

/** `_0`, `_17` and `$…` say nothing: values are not named after them. */
export function isMeaningful(name: string): boolean {
  return name !== '' && name[0] !== '$' && !/^_\d*$/.test(name)
}

export class Environment {
  readonly block: Block
  readonly parent: Environment | undefined
  readonly #emitter: Emitter
  readonly #types = new Map<string, Type>()
  readonly #values = new Map<string, SugaredValue>()
  /** Why a variable that is missing here is missing: kept in the outermost frame. */
  readonly #absent: Map<string, string>

  constructor(emitter: Emitter, block: Block, parent: Environment | undefined) {
    this.#emitter = emitter
    this.block = block
    this.parent = parent
    this.#absent = parent === undefined ? new Map() : parent.#absent
  }

  /** First-class variables that were set in this very frame. */
  definedVariables(): IterableIterator<string> {
    return this.#types.keys()
  }
  setType(name: string, type: Type): void {
    this.#types.set(name, type)
  }
  explainAbsence(name: string, reason: string): void {
    this.#absent.set(name, reason)
  }

  /** The variable's value here: a prim::Load at the insertion point for first-class ones. */
  find(name: string): SugaredValue | undefined {
    return this.#findHere(name) ?? this.parent?.find(name)
  }
  #findHere(name: string): SugaredValue | undefined {
    const value = this.#values.get(name)
    if (value !== undefined) return value
    const type = this.#types.get(name)
    if (type === undefined) return undefined
    const loaded = this.#emitter.builder.op('prim::Load', [], type, [['name', name]])
    if (isMeaningful(name)) loaded.setDebugName(name)
    return new SimpleValue(this.#emitter, loaded)
  }

  /** True when the name is bound in this or an enclosing frame; makes no node. */
  has(name: string): boolean {
    return this.#types.has(name) || this.#values.has(name) || this.parent?.has(name) === true
  }
  /** The type of a first-class variable; undefined for others. */
  typeOf(name: string): Type | undefined {
    if (this.#values.has(name)) return undefined
    return this.#types.get(name) ?? this.parent?.typeOf(name)
  }
  #isSugared(name: string): boolean {
    if (this.#types.has(name)) return false
    return this.#values.has(name) || (this.parent !== undefined && this.parent.#isSugared(name))
  }

  /** The variable as a Value. Throws PT2020. */
  get(name: string, at: Place): Value {
    return this.lookUp(name, at).asValue(at)
  }
  /** What a name stands for: variable, global function, type, or what the resolver knows. Throws PT2020. */
  lookUp(name: string, at: Place): SugaredValue {
    this.#emitter.checkUsable(name)
    const found = this.find(name) ?? this.#emitter.resolve(name, at)
    if (found !== undefined) return found
    const reason = this.#absent.get(name)
    if (reason !== undefined) return this.#emitter.fail('PT2031', `'${name}' is used here, but ${reason}`, at)
    return this.#emitter.fail('PT2020', `there is nothing called '${name}' here`, at)
  }

  setVariable(name: string, value: Value, at: Place): void {
    this.set(name, new SimpleValue(this.#emitter, value), undefined, at)
  }

  /** Binds a name. A name that an outer block has keeps its type. Throws PT2030, PT2034. */
  set(name: string, sugared: SugaredValue, annotated: Type | undefined, at: Place): void {
    const e: Emitter = this.#emitter
    let value = sugared instanceof SimpleValue ? sugared.value : undefined
    const takesName = value !== undefined && value.debugName === undefined && value.node.block === this.block
    if (takesName && isMeaningful(name) && !e.nameless.has(value!)) value!.setDebugName(name)
    if (this.parent?.has(name) === true) {
      if (annotated !== undefined)
        e.fail(
          'PT2034',
          `'${name}' is annotated with a type here, but an outer block defines it already`,
          at,
          'annotate it where it is first set',
        )
      if (value === undefined || this.parent.#isSugared(name))
        return e.fail('PT2034', `'${name}' cannot be set again here: ${sugared.kind} has no type that a loop or branch could carry`, at)
      const outer = unshaped(this.parent.typeOf(name)!)
      value = convertValue(value, outer, e.builder)
      if (!e.subtype(value.type, outer))
        e.fail(
          'PT2031',
          `'${name}' has the type ${typeText(outer)}, but is set to a value of type ${typeText(value.type)} here`,
          at,
          outer.kind === 'List' && value.type.kind === 'List'
            ? 'an empty list is List[Tensor]: annotate it, as in x: List[int] = []'
            : undefined,
        )
    }
    if (value === undefined) {
      this.#values.set(name, sugared)
      this.#types.delete(name)
      return
    }
    if (annotated !== undefined && !e.subtype(value.type, annotated))
      e.fail('PT2030', `'${name}' is declared as ${typeText(annotated)}, but set to a value of type ${typeText(value.type)}`, at)
    e.builder.node('prim::Store', [value], [], [['name', name]])
    this.#types.set(name, annotated ?? value.type)
    this.#values.delete(name)
  }

  /** `del x`: in every frame. False when there is no such variable. */
  remove(name: string): boolean {
    const removed = [this.#types.delete(name), this.#values.delete(name), this.parent?.remove(name)]
    return removed.includes(true)
  }
}
