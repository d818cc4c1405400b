// What a condition tells about variables: `x is None`, `isinstance(x, T)`, combined by and, or, not.
// Answers to RefinementSet and CondValue in torch/csrc/jit/frontend/ir_emitter.cpp.

import { typesEqual, type Type } from '../../ir/type.ts'
import type { Value } from '../../ir/value.ts'

export interface Refinement {
  readonly name: string
  readonly type: Type
}

export class RefinementSet {
  static readonly none: RefinementSet = new RefinementSet([], [])
  /** What holds when the condition is true, and when it is false. */
  readonly whenTrue: readonly Refinement[]
  readonly whenFalse: readonly Refinement[]

  constructor(whenTrue: readonly Refinement[], whenFalse: readonly Refinement[]) {
    this.whenTrue = whenTrue
    this.whenFalse = whenFalse
  }

  and(other: RefinementSet): RefinementSet {
    return new RefinementSet(union(this.whenTrue, other.whenTrue), intersection(this.whenFalse, other.whenFalse))
  }
  or(other: RefinementSet): RefinementSet {
    return new RefinementSet(intersection(this.whenTrue, other.whenTrue), union(this.whenFalse, other.whenFalse))
  }
  not(): RefinementSet {
    return new RefinementSet(this.whenFalse, this.whenTrue)
  }
}

/** Both hold. Two different types for one name cancel out: a refinement names exactly one type. */
function union(a: readonly Refinement[], b: readonly Refinement[]): Refinement[] {
  const out = [...a]
  for (const refinement of b) {
    const index = out.findIndex((other) => other.name === refinement.name)
    if (index === -1) out.push(refinement)
    else if (!typesEqual(out[index]!.type, refinement.type)) out.splice(index, 1)
  }
  return out
}

/** One of them holds. */
function intersection(a: readonly Refinement[], b: readonly Refinement[]): Refinement[] {
  return a.filter((one) => b.some((other) => other.name === one.name && typesEqual(other.type, one.type)))
}

/** A condition: its bool value, what it tells, and its truth when the branch can be chosen while compiling. */
export interface Condition {
  readonly value: Value
  readonly refinements: RefinementSet
  readonly isStatic: boolean | undefined
}
