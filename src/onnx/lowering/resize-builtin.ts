// interpolate and upsample as operators of their own: the mode chooses the operator. Answers to
// torch/csrc/jit/runtime/register_prim_ops_fulljit.cpp.

import { interpolateSchemas, upsampleBilinearSchemas, upsampleNearestSchemas, upsampleSchemas } from '../../ops/rules/resize-builtin.ts'
import type { OnnxBuilder } from '../builder.ts'
import { constantNumber, type ListOperand, type Operand, type OnnxValue, type ScalarOperand } from '../operand.ts'
import { callOf } from './forward.ts'
import { adaptivePoolingLowerings } from './pooling-adaptive.ts'
import { resizeLowerings } from './resize.ts'
import { lowers, UnmetNeed, type LoweringRow, type ResultInfo } from './row.ts'

const upsample = (name: string) => callOf(resizeLowerings, `aten::${name}.vec`)
const RESIZE = new Map([
  ...[1, 2, 3].map((n) => [`nearest${n}`, upsample(`upsample_nearest${n}d`)] as const),
  ...[1, 2, 3].map((n) => [`nearest-exact${n}`, upsample(`_upsample_nearest_exact${n}d`)] as const),
  ['linear1', upsample('upsample_linear1d')],
  ['bilinear2', upsample('upsample_bilinear2d')],
  ['trilinear3', upsample('upsample_trilinear3d')],
  ['bicubic2', upsample('upsample_bicubic2d')],
] as const)
const ANTIALIASED = new Map([
  ['bilinear2', upsample('_upsample_bilinear2d_aa')],
  ['bicubic2', upsample('_upsample_bicubic2d_aa')],
])
const AREA = new Map([1, 2, 3].map((n) => [n, callOf(adaptivePoolingLowerings, `aten::adaptive_avg_pool${n}d`)]))

const NONE: Operand = { kind: 'constant', value: null }
const isNone = (operand: Operand): boolean => operand.kind === 'constant' && operand.value === null

/** One item for each spatial axis. */
function spread(given: Operand, n: number): ListOperand | undefined {
  if (isNone(given)) return undefined
  if (given.kind === 'list') return given
  return { kind: 'list', items: Array.from({ length: n }, () => given) }
}
/** Extents that scale factors come to. */
function scaledSizes(x: OnnxValue, scales: ListOperand, b: OnnxBuilder): ListOperand {
  const items = scales.items.map((scale, i): Operand => {
    const [extent, factor] = [b.size(x, i + 2), constantNumber(scale)]
    const known = constantNumber(extent)
    if (known !== undefined && factor !== undefined) return { kind: 'constant', value: BigInt(Math.floor(known * factor)) }
    const product = b.op('Mul', [b.number(extent, 'float64'), b.number(scale as ScalarOperand, 'float64')])
    return b.cast(b.op('Floor', [product]), 'int64')
  })
  return { kind: 'list', items }
}

interface Resize {
  readonly size: Operand
  readonly scales: Operand
  readonly mode: string
  readonly align: boolean
  readonly recompute: boolean
  readonly antialias: boolean
}
function resize(input: OnnxValue, by: Resize, b: OnnxBuilder, out: ResultInfo | undefined): OnnxValue {
  const n = input.dims!.length - 2
  const [given, scales] = [spread(by.size, n), spread(by.scales, n)]
  const sized = given ?? (scales !== undefined && (by.recompute || by.mode === 'area') ? scaledSizes(input, scales, b) : undefined)
  if (by.mode === 'area') {
    const pool = AREA.get(n)
    if (pool === undefined || sized === undefined) throw new UnmetNeed('input', 'one to three spatial axes')
    return pool({ self: input, output_size: sized }, b, out)
  }
  const call = (by.antialias ? ANTIALIASED : RESIZE).get(`${by.mode}${n}`)
  if (call === undefined) throw new UnmetNeed('mode', `one that resizes ${n} axes, found ${by.mode}`)
  const align: Operand = { kind: 'constant', value: by.align }
  return call({ input, output_size: sized ?? NONE, align_corners: align, scale_factors: sized === undefined ? scales : NONE }, b, out)
}

type Any =
  'aten::r(Tensor input, int size, float scale_factor, str? mode, bool? align_corners, bool? recompute_scale_factor, bool? antialias) -> Tensor'
const AS_GIVEN = { operand: ['size', 'scale_factor'], rank: ['input'] } as const
const rows = (schemas: readonly string[], fixed: { readonly mode?: string; readonly align?: boolean }): LoweringRow[] =>
  lowers(schemas as readonly Any[], AS_GIVEN, (args, b, [out]) =>
    resize(
      args.input,
      {
        size: args.size,
        scales: args.scale_factor,
        mode: fixed.mode ?? args.mode ?? 'nearest',
        align: fixed.align ?? args.align_corners ?? false,
        // Unsaid, as before torch 1.5: the extents decide.
        recompute: args.recompute_scale_factor ?? true,
        antialias: args.antialias ?? false,
      },
      b,
      out,
    ),
  )

export const builtinResizeLowerings: readonly LoweringRow[] = [
  ...rows(interpolateSchemas, {}),
  ...rows(upsampleSchemas, {}),
  ...rows(upsampleNearestSchemas, { mode: 'nearest' }),
  ...rows(upsampleBilinearSchemas, { mode: 'bilinear', align: true }),
]
