// Which extents of the inputs a graph can only run on: a linear layer takes as many features as its weight has columns, and where these come
// from a flattened picture, that tells the picture's size. Nothing is proved: of the extents that fit a power of two is taken, then the least.
// Equations are gathered over symbolic extents (ir/dim.ts) and solved by trying sizes.

import { allNodes } from '../ir/block.ts'
import { dimAt, dimMul, dimProduct, type Dim, type Dims } from '../ir/dim.ts'
import type { Graph } from '../ir/graph.ts'
import type { Fact } from '../ops/fact.ts'
import { dimOf, knownInt } from '../ops/facts.ts'
import type { Facts } from './facts.ts'

// Pictures and waves of tests are not larger; a search of all sizes is milliseconds.
const MAX_EXTENT = 4096
const MAX_EQUATIONS = 1000

/** `dim`, which symbols are in, must be `extent`. */
interface Equation {
  readonly dim: string
  readonly extent: number
  readonly symbols: readonly string[]
}

/** An extent for each symbol that the operators of the graph decide together with constants. */
export function impliedExtents(graph: Graph, facts: Facts): ReadonlyMap<string, number> {
  const inputs = new Set(graph.inputs.flatMap((value) => (facts.of(value).dims ?? []).filter((dim) => typeof dim === 'string')))
  const found = new Map<string, number>()
  if (inputs.size === 0) return found
  const seen = new Map<string, Equation>()
  const weak = new Map<string, Equation>()
  for (const node of allNodes(graph.block)) {
    if (seen.size + weak.size >= MAX_EQUATIONS) break
    const all = node.inputs.map((value) => facts.of(value))
    for (const [a, b] of EQUATIONS.get(node.kind)?.(all) ?? [])
      for (const [dim, extent] of [
        [a, b],
        [b, a],
      ])
        if (typeof dim === 'string' && typeof extent === 'number' && extent > 0) {
          const symbols = symbolsOf(dim, inputs)
          // A comparison with 1 or 2 singles out a special case.
          if (symbols.length > 0 && !(COMPARES.has(node.kind) && extent <= 2))
            (COMPARES.has(node.kind) ? weak : seen).set(`${dim} = ${extent}`, { dim, extent, symbols })
        }
  }
  solve([...seen.values()], found)
  solve([...weak.values()], found)
  return found
}

/** Adds the symbols that the equations decide, each size one that all equations about these symbols hold for. */
function solve(equations: Equation[], found: Map<string, number>): void {
  // What one symbol alone decides helps to solve the others.
  equations.sort((a, b) => a.symbols.length - b.symbols.length)
  for (const { symbols } of equations) {
    const open = symbols.filter((symbol) => !found.has(symbol))
    if (open.length === 0) continue
    const about = equations.filter((other) => other.symbols.every((symbol) => found.has(symbol) || open.includes(symbol)))
    // Sides of a picture that only occur together are equal.
    const extent = best((size) => {
      const sizes = new Map([...found, ...open.map((symbol): [string, number] => [symbol, size])])
      return about.every((other) => dimAt(other.dim, sizes) === other.extent || !other.symbols.some((symbol) => open.includes(symbol)))
    })
    if (extent !== undefined) for (const symbol of open) found.set(symbol, extent)
  }
}

/** The size with the most factors of two among those that fit; the least of several. */
function best(fits: (size: number) => boolean): number | undefined {
  let found: number | undefined
  for (let size = 1; size <= MAX_EXTENT; size++) if (fits(size) && (found === undefined || (size & -size) > (found & -found))) found = size
  return found
}

function symbolsOf(dim: string, inputs: ReadonlySet<string>): string[] {
  if (inputs.has(dim)) return [dim]
  return [...inputs].filter((symbol) => {
    const at = dim.indexOf(symbol)
    return at !== -1 && dimAt(dim, new Map([...inputs].filter((other) => other !== symbol).map((other) => [other, 1]))) === undefined
  })
}

type Pairs = Iterable<readonly [Dim, Dim]>
type EquationsOf = (facts: readonly Fact[]) => Pairs

const last = (dims: Dims, back = 1): Dim => dims?.at(-back) ?? null

/** The contraction of a product of matrices: columns of `a`, rows of `b`. */
function* contracted(a: Dims, b: Dims): Pairs {
  if (b !== undefined) yield [last(a), last(b, b.length === 1 ? 1 : 2)]
}

/** Extents that meet by broadcasting: the one that is a number, and not 1, is the other's. */
function* broadcasted(a: Dims, b: Dims): Pairs {
  for (let back = 1; back <= Math.min(a?.length ?? 0, b?.length ?? 0); back++)
    if (last(a, back) !== 1 && last(b, back) !== 1) yield [last(a, back), last(b, back)]
}

/** `view(n, 400)` of [n, 16, h, w]: what stands on both sides cancels out, and 16·h·w is 400; so also for `view(-1, 400)`, whose rows are the batch's. */
function* reshaped(dims: Dims, sizes: readonly Fact[] | undefined): Pairs {
  if (dims === undefined || sizes === undefined || dims.length < 2) return
  const wanted = sizes.map(dimOf)
  const from = [...dims]
  if (wanted[0] === -1) {
    wanted.shift()
    from.shift()
  }
  if (wanted.includes(-1) || wanted.includes(null)) return
  const rest = wanted.filter((size) => {
    const at = from.indexOf(size)
    if (at !== -1) from.splice(at, 1)
    return at === -1
  })
  if (from.length > 0 && rest.length > 0) yield [dimProduct(from), dimProduct(rest)]
}

const elementwise: EquationsOf = ([a, b]) => broadcasted(a?.dims, b?.dims)
const firstTwo: EquationsOf = ([a, b]) => contracted(a?.dims, b?.dims)
const lastTwo: EquationsOf = ([, a, b]) => contracted(a?.dims, b?.dims)
const normalized: EquationsOf = ([input, shape]) =>
  (shape?.items ?? []).map((item, i, all) => [last(input?.dims, all.length - i), knownInt(item) ?? null] as const)
const perChannel =
  (at: number): EquationsOf =>
  (facts) => [[facts[0]?.dims?.[1] ?? null, facts[at]?.dims?.[0] ?? null]]
const recurrent: EquationsOf = ([input, , weights]) => [[last(input?.dims), last(weights?.items?.[0]?.dims)]]
/** Channels; without a batch axis they are the first. */
const convolved =
  (weightAxis: 0 | 1, groups?: number): EquationsOf =>
  (facts) => {
    const [input, weight] = facts
    const rank = weight?.dims?.length
    const count = groups === undefined ? 1 : (knownInt(facts[groups]) ?? null)
    return rank === undefined || count === null ? [] : [[last(input?.dims, rank - 1), dimMul(weight?.dims?.[weightAxis] ?? null, count)]]
  }
/** What the code compares an extent with: an assertion, mostly. */
const compared: EquationsOf = ([a, b]) => [[dimOf(a), dimOf(b)]]

const COMPARES = new Set(['aten::eq', 'aten::ne'])

const EQUATIONS: ReadonlyMap<string, EquationsOf> = new Map<string, EquationsOf>([
  ['aten::linear', ([input, weight]) => [[last(input?.dims), last(weight?.dims)]]],
  ...['aten::mm', 'aten::bmm', 'aten::matmul', 'aten::mv'].map((kind) => [kind, firstTwo] as const),
  ...['aten::addmm', 'aten::baddbmm', 'aten::addmv'].map((kind) => [kind, lastTwo] as const),
  ...['aten::add', 'aten::sub', 'aten::mul', 'aten::div'].map((kind) => [kind, elementwise] as const),
  ...['aten::layer_norm', 'aten::native_layer_norm', 'aten::rms_norm'].map((kind) => [kind, normalized] as const),
  ...['aten::batch_norm', 'aten::instance_norm'].map((kind) => [kind, perChannel(1)] as const),
  ['aten::group_norm', perChannel(2)],
  ...['aten::lstm', 'aten::gru', 'aten::rnn_tanh', 'aten::rnn_relu'].map((kind) => [kind, recurrent] as const),
  ...['aten::conv1d', 'aten::conv2d', 'aten::conv3d'].map((kind) => [kind, convolved(1, 6)] as const),
  ...['aten::conv_transpose1d', 'aten::conv_transpose2d', 'aten::conv_transpose3d'].map((kind) => [kind, convolved(0)] as const),
  ...[...COMPARES].map((kind) => [kind, compared] as const),
  ...['aten::view', 'aten::reshape'].map(
    (kind) => [kind, (([input, sizes]) => reshaped(input?.dims, sizes?.items)) as EquationsOf] as const,
  ),
])
