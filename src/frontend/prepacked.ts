// Operators of mobile-optimized archives, whose weights lie packed in an object of native code: as the plain operators they stand for.
// Answers to aten/src/ATen/native/xnnpack/RegisterOpContextClass.cpp; torch itself reads such archives only where XNNPACK is built in.

import { constantOf } from '../ir/constant.ts'
import type { IValue } from '../ir/ivalue.ts'
import type { Value } from '../ir/value.ts'

export interface PlainCall {
  readonly operator: string
  /** Arguments behind the first. */
  readonly args: readonly IValue[]
}

interface Packed {
  readonly className: string
  readonly operator: string
  /** How many of the saved values are the operator's arguments, in its order; the bounds of the result stand behind them. */
  readonly count: number
}

const PACKED: ReadonlyMap<string, Packed> = new Map([
  ['prepacked::linear_clamp_run', { className: 'LinearOpContext', operator: 'aten::linear', count: 2 }],
  ['prepacked::conv2d_clamp_run', { className: 'Conv2dOpContext', operator: 'aten::conv2d', count: 6 }],
])

/** The calls that `operator(x, packed)` stands for, each taking the result of the one before; undefined for everything else. */
export function plainCalls(operator: string, args: readonly Value[]): readonly PlainCall[] | undefined {
  const packed = PACKED.get(operator)
  if (packed === undefined || args.length !== 2) return undefined
  const object = constantOf(args[1]!)
  if (typeof object !== 'object' || object?.kind !== 'object' || !object.className.endsWith(`.${packed.className}`)) return undefined
  const { state } = object
  if (typeof state !== 'object' || state?.kind !== 'tuple' || state.items.length !== packed.count + 2) return undefined
  const [min, max] = state.items.slice(-2)
  const calls: PlainCall[] = [{ operator: packed.operator, args: state.items.slice(0, packed.count) }]
  if (min !== null || max !== null) calls.push({ operator: 'aten::clamp', args: [min!, max!] })
  return calls
}
