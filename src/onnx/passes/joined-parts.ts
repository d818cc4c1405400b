// A Concat of the pieces of one value, in order and all of them, is the value: those of a Split, or slices that begin where the one before ends.

import type { OnnxNode } from '../model.ts'
import { wrap } from '../axes.ts'
import type { ShapeFacts } from './shape-facts.ts'
import { intAttribute, type Values } from './values.ts'

/** The value that a Concat puts together again. */
export function joinedParts(concat: OnnxNode, facts: ShapeFacts, values: Values): string | undefined {
  const makers = concat.inputs.map((name) => values.producer(name))
  const [first] = makers
  if (first === undefined || concat.inputs.length < 2 || first.domain !== '') return undefined
  const [source] = first.inputs as [string]
  const rank = facts.dims(source)?.length
  if (rank === undefined) return undefined
  const axis = wrap(intAttribute(concat, 'axis', 0), rank)
  if (first.opType === 'Split') {
    const isWhole = first.outputs.length === concat.inputs.length && first.outputs.every((name, i) => name === concat.inputs[i])
    return isWhole && wrap(intAttribute(first, 'axis', 0), rank) === axis ? source : undefined
  }
  const pieces = makers.map((node) => (node?.opType === 'Slice' && node.domain === '' && node.inputs[0] === source ? node : undefined))
  if (!pieces.every((node): node is OnnxNode => node !== undefined && isAlong(node, axis, rank, facts))) return undefined
  const [starts, ends] = [1, 2].map((at) => pieces.map(({ inputs }) => inputs[at]!)) as [string[], string[]]
  const isWhole = facts.ints(starts[0])?.[0] === 0 && (facts.ints(ends.at(-1))?.[0] ?? 0) >= Number.MAX_SAFE_INTEGER
  const meets = starts.every((start, i) => i === 0 || isSame(start, ends[i - 1]!, facts))
  if (!isWhole || !meets) return undefined
  // x[:k] and x[k:] are x whatever k is; more pieces only where the bounds rise.
  const bounds = starts.map((start) => facts.ints(start)?.[0])
  const rises = bounds.every((bound, i) => bound !== undefined && bound >= 0 && (i === 0 || bound >= bounds[i - 1]!))
  return pieces.length === 2 || rises ? source : undefined
}

function isAlong({ inputs }: OnnxNode, axis: number, rank: number, facts: ShapeFacts): boolean {
  const axes = facts.ints(inputs[3])
  const steps = (inputs[4] ?? '') === '' ? [1] : facts.ints(inputs[4])
  return axes?.length === 1 && wrap(axes[0]!, rank) === axis && steps?.length === 1 && steps[0] === 1
}

function isSame(a: string, b: string, facts: ShapeFacts): boolean {
  if (a === b) return true
  const [x, y] = [facts.contents(a)?.items, facts.contents(b)?.items]
  return x?.length === 1 && y?.length === 1 && x[0] !== null && x[0] === y[0]
}
