// What a name or expression may stand for besides a Value: modules of operators, methods, classes, iterables. Each kind says what it
// can do; the rest is a coded error. Answers to torch/csrc/jit/frontend/sugared_value.h.

import type { Type } from '../../ir/type.ts'
import type { Value } from '../../ir/value.ts'
import type { Emitter } from '../emit/emitter.ts'

/** Offsets into the source that is being compiled. */
export interface Place {
  readonly start: number
  readonly end: number
}

export interface CallArguments {
  readonly args: readonly Value[]
  readonly kwargs: readonly (readonly [name: string, value: Value])[]
}

export abstract class SugaredValue {
  /** What this is, for messages. */
  abstract readonly kind: string
  readonly emitter: Emitter

  constructor(emitter: Emitter) {
    this.emitter = emitter
  }

  /** As a first-class value. */
  asValue(at: Place): Value {
    return this.emitter.fail('PT2030', `${this.kind} cannot be used as a value`, at)
  }
  attr(name: string, at: Place): SugaredValue {
    return this.emitter.fail('PT2021', `${this.kind} has no attribute '${name}'`, at)
  }
  hasAttr(_name: string, at: Place): boolean {
    return this.emitter.fail('PT2021', `hasattr cannot ask ${this.kind}`, at)
  }
  setAttr(name: string, _value: Value, at: Place): void {
    this.emitter.fail('PT2034', `the attribute '${name}' of ${this.kind} cannot be assigned`, at)
  }
  /** Its parts, when it is unpacked; `count` is how many are wanted where that is known. */
  asTuple(_count: number | undefined, at: Place): readonly SugaredValue[] {
    return this.emitter.fail('PT2026', `${this.kind} cannot be unpacked`, at)
  }
  call(_args: CallArguments, at: Place): SugaredValue {
    return this.emitter.fail('PT2025', `${this.kind} cannot be called`, at)
  }
  /** Itself as something to loop over. */
  iterate(at: Place): SugaredValue {
    return this.emitter.fail('PT2026', `${this.kind} cannot be iterated`, at)
  }
  /** Its length where a loop over it is unrolled. */
  get staticLength(): number | undefined {
    return undefined
  }
  length(at: Place): Value {
    return this.emitter.fail('PT2026', `${this.kind} has no length`, at)
  }
  item(_index: Value, _hint: Type | undefined, at: Place): SugaredValue {
    return this.emitter.fail('PT2026', `${this.kind} cannot be indexed`, at)
  }
}
