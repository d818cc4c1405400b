// Which axes of one value the axes of another are made of, through the operators that only look at elements in another order: Reshape, Transpose,
// Squeeze, Unsqueeze, a Gather of one index, a Split. Each axis is a row-major product of atoms; axes of extent 1 have none.

import { dimFloorDiv, type Dim } from '../../ir/dim.ts'
import { wrap } from '../axes.ts'
import type { OnnxNode } from '../model.ts'
import type { GraphIndex } from './graph-index.ts'
import { intAttribute, intsAttribute } from './values.ts'

export interface Atom {
  /** Of an atom that was parted: the name of the whole with 0 or 1 behind it. */
  readonly id: string
  readonly size: Dim
  /** One index of an axis that the view does not have. */
  readonly part?: { readonly index: number; readonly of: number }
}
/** The atoms of each axis. */
export type Layout = readonly (readonly Atom[])[]

/** Views of views are followed so far. */
const MAX_STEPS = 24

export const layoutOf = (axes: readonly (readonly [id: string, size: Dim])[]): Layout =>
  axes.map(([id, size]) => (size === 1 ? [] : [{ id, size }]))

/** The values that `name` is a view of, itself first, and what their axes are in the atoms of `layout`. */
export function* viewedBy(name: string, layout: Layout, index: GraphIndex): Generator<{ readonly name: string; readonly layout: Layout }> {
  for (let steps = 0; steps < MAX_STEPS; steps++) {
    yield { name, layout }
    const node = index.made(name, 'Reshape', 'Squeeze', 'Unsqueeze', 'Transpose', 'Gather', 'Split')
    const before = node === undefined ? undefined : beforeView(node, name, layout, index)
    if (node === undefined || before === undefined) return
    name = node.inputs[0]!
    layout = before
  }
}

function beforeView(node: OnnxNode, name: string, layout: Layout, index: GraphIndex): Layout | undefined {
  const dims = index.dims(node.inputs[0]!)
  if (dims === undefined) return undefined
  switch (node.opType) {
    case 'Transpose': {
      const perm = intsAttribute(node, 'perm')
      return perm === undefined ? undefined : dims.map((_, axis) => layout[perm.indexOf(axis)]!)
    }
    case 'Gather': {
      const axis = wrap(intAttribute(node, 'axis', 0), dims.length)
      const [at, of] = [index.scalar(node.inputs[1]), dims[axis]]
      if (at === undefined || typeof of !== 'number') return undefined
      return layout.toSpliced(axis, 0, of === 1 ? [] : [{ id: 'part', size: of, part: { index: wrap(at, of), of } }])
    }
    case 'Split': {
      const axis = wrap(intAttribute(node, 'axis', 0), dims.length)
      const [of, extent] = [node.outputs.length, dims[axis]]
      const isEven = typeof extent === 'number' && node.outputs.every((part) => index.dims(part)?.[axis] === extent / of)
      const part: Atom = { id: 'part', size: of, part: { index: node.outputs.indexOf(name), of } }
      return isEven && of > 1 ? layout.with(axis, [part, ...layout[axis]!]) : undefined
    }
    default:
      return regrouped(layout.flat(), dims)
  }
}

/** The result of a Reshape or Transpose of a value of `layout`. */
export function behindView(node: OnnxNode, layout: Layout, index: GraphIndex): Layout | undefined {
  if (node.opType === 'Transpose') return intsAttribute(node, 'perm')?.map((axis) => layout[axis] ?? [])
  const dims = index.dims(node.outputs[0]!)
  return dims === undefined ? undefined : regrouped(layout.flat(), dims)
}

/** Atoms, in order, as axes of these extents; an atom may be parted. */
function regrouped(atoms: readonly Atom[], dims: readonly Dim[]): Layout | undefined {
  const left = [...atoms].reverse()
  const layout: Atom[][] = []
  for (const dim of dims) {
    const axis: Atom[] = []
    let want: Dim = dim
    while (want !== 1) {
      const atom = left.pop()
      const rest = atom === undefined ? undefined : quotient(want, atom.size)
      if (atom === undefined) return undefined
      if (rest !== undefined) {
        axis.push(atom)
        want = rest
        continue
      }
      const inner = atom.part === undefined ? quotient(atom.size, want) : undefined
      if (inner === undefined) return undefined
      axis.push({ id: `${atom.id}0`, size: want })
      left.push({ id: `${atom.id}1`, size: inner })
      want = 1
    }
    layout.push(axis)
  }
  return left.length === 0 ? layout : undefined
}

/** a / b, where it is known to be a whole number. */
function quotient(a: Dim, b: Dim): Dim | undefined {
  if (a === null || b === null || b === 0 || a === 0) return undefined
  if (typeof a === 'number' && typeof b === 'number') return a % b === 0 ? a / b : undefined
  const found = dimFloorDiv(a, b)
  return found === null || (typeof found === 'string' && found.includes('floor(') && !String(a).includes('floor(')) ? undefined : found
}
