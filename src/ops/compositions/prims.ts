// The primitives that torch's reference implementations are written in, as decomposed exports have them. Most are an operator under its
// name; dtypes agree before they are called. Answers to torch/_prims/__init__.py.

import { assert } from '../../diagnostics/internal.ts'
import { absent, composes, compose, intOf, rankOf, schemaNamed, type Composition } from '../composition.ts'
import { schemaTexts } from '../schemas/index.ts'

const SAME =
  'abs acos acosh asin asinh atan atanh ceil cos cosh digamma erf erfc exp exp2 expm1 floor lgamma log log10 log1p log2 neg reciprocal round rsqrt sign sin sinh sqrt tan tanh trunc isfinite signbit bitwise_not atan2 fmax fmin gcd hypot igamma igammac maximum minimum nextafter'
const SPECIAL = 'erfcx zeta i0e:bessel_i0e i1:bessel_i1 i1e:bessel_i1e bessel_j0 bessel_j1 ndtri spherical_bessel_j0'
const TENSOR = 'add sub mul eq ne lt le gt ge bitwise_and bitwise_or bitwise_xor fmod remainder'

/** Our name → the operator that takes the same arguments in the same order. */
const NAMES: ReadonlyMap<string, string> = new Map([
  ...SAME.split(' ').map((name) => [name, name] as const),
  ...SPECIAL.split(' ').map((pair) => {
    const [of, own = of] = pair.split(':') as [string, string?]
    return [own, `special_${of}`] as const
  }),
  ...TENSOR.split(' ').map((name) => [name, `${name}.Tensor`] as const),
  ['bessel_i0', 'i0'],
  ['erf_inv', 'erfinv'],
  ['pow', 'pow.Tensor_Tensor'],
  ['frexp', 'frexp.Tensor'],
  ['shift_left', 'bitwise_left_shift.Tensor'],
  ['shift_right_arithmetic', 'bitwise_right_shift.Tensor'],
  ['cat', 'cat'],
  ['clone', 'clone'],
  ['rev', 'flip'],
  ['transpose', 'permute'],
  ['reshape', 'reshape'],
  ['squeeze', 'squeeze.dims'],
  ['collapse', 'flatten.using_ints'],
  ['collapse_view', 'flatten.using_ints'],
  ['where', 'where.self'],
  ['view_of', 'alias'],
  ['view_of_dtype', 'view.dtype'],
  ['convert_element_type', 'to.dtype'],
  ['fill', 'fill.Scalar'],
  ['as_strided_scatter', 'as_strided_scatter'],
  ['item', 'item'],
])

/** Texts of schemas alone: they are parsed where one is run. */
export const namedPrims = (): Composition[] =>
  [...NAMES].map(([own, of]) => {
    const name = `prims::${own}`
    const schema = schemaTexts(name).find((text) => text.startsWith(`${name}(`))
    assert(schema !== undefined, `torch has no ${name}`)
    return { schema, build: (args, call) => call.all(`aten::${of}`, ...schemaNamed(name).args.map((formal) => args[formal.name]!)) }
  })

export const primsCompositions: readonly Composition[] = [
  // Of integers the quotient towards zero.
  compose('prims::div(Tensor self, Tensor other) -> Tensor', ({ self, other }, call) =>
    self.fact.dtype?.includes('int') === true ? call('aten::div.Tensor_mode', self, other, 'trunc') : call('aten::div.Tensor', self, other),
  ),
  compose('prims::cbrt(Tensor self) -> Tensor', ({ self }, call) =>
    call('aten::mul.Tensor', call('aten::sign', self), call('aten::pow.Tensor_Scalar', call('aten::abs', self), 1 / 3)),
  ),
  ...composes(
    [
      'prims::device_put(Tensor a, Device device, bool non_blocking=False) -> Tensor',
      'prims::copy_strided(Tensor a, SymInt[] stride) -> Tensor',
    ],
    ({ a }, call) => call('aten::clone', a),
  ),
  compose(
    'prims::full(SymInt[] shape, Scalar fill_value, *, ScalarType dtype, Device device, bool requires_grad) -> Tensor',
    (args, call) => call('aten::full', args.shape, args.fill_value, args.dtype),
  ),
  compose(
    'prims::full_like(Tensor a, Scalar fill_value, *, ScalarType dtype, Device device, bool requires_grad) -> Tensor',
    ({ a, fill_value, dtype }, call) => call('aten::full_like', a, fill_value, dtype),
  ),
  compose('prims::scalar_tensor(Scalar s, *, ScalarType? dtype=None, Device? device=None) -> Tensor', ({ s, dtype }, call) =>
    call('aten::scalar_tensor', s, dtype),
  ),
  compose(
    'prims::iota(SymInt length, *, SymInt start, SymInt step, ScalarType dtype, Device device, bool requires_grad) -> Tensor',
    ({ length, start, step, dtype }, call) => {
      const places = call('aten::mul.Scalar', call('aten::arange', length), step)
      return call('aten::to.dtype', call('aten::add.Scalar', places, start), dtype)
    },
  ),
  compose('prims::split_dim(Tensor(a) a, int dim, SymInt outer_length) -> Tensor(a)', ({ a, dim, outer_length }, call) =>
    call('aten::unflatten.int', a, dim, [outer_length, -1n]),
  ),
  compose(
    'prims::broadcast_in_dim(Tensor(a) a, SymInt[] shape, int[] broadcast_dimensions) -> Tensor(a)',
    ({ a, shape, broadcast_dimensions }, call) => {
      const places = new Set(call.items(broadcast_dimensions, 'broadcast_dimensions').map((axis) => intOf(axis, 'broadcast_dimensions')))
      const rank = call.items(shape, 'shape').length
      const fresh = Array.from({ length: rank }, (_, axis) => axis).filter((axis) => !places.has(axis))
      return call(
        'aten::broadcast_to',
        fresh.reduce((x, axis) => call('aten::unsqueeze', x, BigInt(axis)), a),
        shape,
      )
    },
  ),
  ...(['amax', 'amin'] as const).flatMap((name) =>
    composes(
      [
        `prims::${name}(Tensor inp, int[]? dims, *, ScalarType? output_dtype=None) -> Tensor` as 'prims::amax(Tensor inp, int[]? dims, *, ScalarType? output_dtype=None) -> Tensor',
      ],
      ({ inp, dims }, call) => call(`aten::${name}`, inp, absent(dims) ? [] : dims),
    ),
  ),
  compose('prims::sum(Tensor inp, int[]? dims, *, ScalarType? output_dtype=None) -> Tensor', ({ inp, dims, output_dtype }, call) =>
    call('aten::sum.dim_IntList', inp, absent(dims) ? [] : dims, false, output_dtype),
  ),
  compose('prims::prod(Tensor inp, int[]? dims, *, ScalarType? output_dtype=None) -> Tensor', ({ inp, dims, output_dtype }, call) => {
    const rank = rankOf(inp, 'inp')
    const axes = absent(dims)
      ? Array.from({ length: rank }, (_, axis) => axis)
      : call.items(dims, 'dims').map((axis) => (intOf(axis, 'dims') + rank) % rank)
    return axes.toSorted((x, y) => y - x).reduce((x, axis) => call('aten::prod.dim_int', x, BigInt(axis), false, output_dtype), inp)
  }),
  compose(
    'prims::var(Tensor inp, int[]? dims, float? correction=1, *, ScalarType? output_dtype=None) -> Tensor',
    ({ inp, dims, correction }, call) => call('aten::var.correction', inp, dims, correction),
  ),
  compose('prims::svd(Tensor A, *, bool full_matrices) -> (Tensor U, Tensor S, Tensor Vh)', ({ A, full_matrices }, call) =>
    call.all('aten::linalg_svd', A, full_matrices),
  ),
]
