// What loops run over: ranges, zip and enumerate, tuples of values that are unrolled.
// Answers to RangeValue, IterableTree and SugaredTupleValue in torch/csrc/jit/frontend/sugared_value.cpp.

import { constantOf } from '../../ir/constant.ts'
import { typeText } from '../../ir/print-type.ts'
import { intType, type Type } from '../../ir/type.ts'
import type { Value } from '../../ir/value.ts'
import { emitBuiltinCall } from '../emit/builtin-calls.ts'
import type { Emitter } from '../emit/emitter.ts'
import { SugaredValue, type Place } from './sugared-value.ts'

/** Values whose number is known: looping over them is unrolled, since their types may differ. */
export class TupleOfValues extends SugaredValue {
  readonly kind = 'a tuple'
  readonly items: readonly SugaredValue[]

  constructor(emitter: Emitter, items: readonly SugaredValue[]) {
    super(emitter)
    this.items = items
  }
  override asValue(at: Place): Value {
    return this.emitter.builder.tuple(this.items.map((item) => item.asValue(at)))
  }
  override asTuple(): readonly SugaredValue[] {
    return this.items
  }
  override item(index: Value, _hint: Type | undefined, at: Place): SugaredValue {
    const position = constantOf(index)
    if (typeof position !== 'bigint') return this.emitter.fail('PT2026', 'this can be indexed with an integer literal only', at)
    const { length } = this.items
    const found = this.items[Number(position < 0n ? position + BigInt(length) : position)]
    return found ?? this.emitter.fail('PT2026', `the index ${position} is out of range for ${length} values`, at)
  }
  override iterate(): SugaredValue {
    return this
  }
  override get staticLength(): number {
    return this.items.length
  }
}

export class RangeValue extends SugaredValue {
  readonly kind = 'a range'
  readonly #start: Value
  readonly #end: Value
  readonly #step: Value
  readonly #onlyEnd: boolean
  readonly #static: number | undefined

  constructor(emitter: Emitter, args: readonly Value[], at: Place, staticLength?: number) {
    super(emitter)
    if (args.length === 0 || args.length > 3) emitter.fail('PT2023', `range takes 1 to 3 arguments, found ${args.length}`, at)
    for (const arg of args) if (arg.type.kind !== 'int') emitter.fail('PT2030', `range takes ints, found ${typeText(arg.type)}`, at)
    emitter.mark(at)
    this.#onlyEnd = args.length === 1
    this.#end = this.#onlyEnd ? args[0]! : args[1]!
    this.#start = this.#onlyEnd ? emitter.constant(0n) : args[0]!
    this.#step = args[2] ?? emitter.constant(1n)
    this.#static = staticLength
  }
  override iterate(): SugaredValue {
    return this
  }
  override get staticLength(): number | undefined {
    return this.#static
  }
  override length(at: Place): Value {
    const e = this.emitter
    if (this.#static !== undefined) return e.constant(BigInt(this.#static))
    if (this.#onlyEnd) return this.#end
    return emitBuiltinCall(e, 'aten::__range_length', { args: [this.#start, this.#end, this.#step] }, at)
  }
  override item(index: Value, _hint: Type | undefined, at: Place): SugaredValue {
    const e = this.emitter
    if (this.#onlyEnd) return e.simple(index)
    return e.simple(emitBuiltinCall(e, 'aten::__derive_index', { args: [index, this.#start, this.#step] }, at))
  }
}

/** `zip` and `enumerate`: children that advance together. */
export class IterableTree extends SugaredValue {
  readonly kind = 'an iterable'
  readonly #children: SugaredValue[] = []
  #unrolled: number | undefined

  add(child: SugaredValue, at: Place): void {
    const length = child.staticLength
    if (this.#children.length === 0) this.#unrolled = length
    else {
      if ((this.#unrolled === undefined) !== (length === undefined))
        this.emitter.fail('PT2026', 'a tuple or module list is looped over together with something whose length is not known here', at)
      if (this.#unrolled !== undefined && length !== undefined) this.#unrolled = Math.min(length, this.#unrolled)
    }
    this.#children.push(child)
  }
  override iterate(): SugaredValue {
    return this
  }
  override get staticLength(): number | undefined {
    return this.#unrolled
  }
  override length(at: Place): Value {
    const e = this.emitter
    const lengths = this.#leaves().map((leaf) => leaf.length(at))
    return emitBuiltinCall(e, 'prim::min', { args: [e.builder.list(lengths, intType)] }, at)
  }
  #leaves(): SugaredValue[] {
    return this.#children.flatMap((child) => (child instanceof IterableTree ? child.#leaves() : [child]))
  }
  override item(index: Value, _hint: Type | undefined, at: Place): SugaredValue {
    return new TupleOfValues(
      this.emitter,
      this.#children.map((child) => child.item(index, undefined, at)),
    )
  }
}
