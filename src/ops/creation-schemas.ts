// Schemas of tensor factories, put together from the options that they share. Both tables, rules and lowerings, take them from here:
// the types leave out what no row reads.

const OPTIONS = 'ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None'
const MEMORY = `${OPTIONS}, MemoryFormat? memory_format=None`
type Sized = 'aten::z(SymInt[] size, *, ScalarType? dtype=None) -> Tensor'
type Like = 'aten::l(Tensor self, *, ScalarType? dtype=None) -> Tensor'
type New = 'aten::n(Tensor self, SymInt[] size, *, ScalarType? dtype=None) -> Tensor'

export const sizedSchemas = (names: string): Sized[] =>
  names.split(' ').map((name) => `aten::${name}(SymInt[] size, *, ${OPTIONS}) -> Tensor` as Sized)
export const likeSchemas = (names: string): Like[] =>
  names.split(' ').map((name) => `aten::${name}(Tensor self, *, ${MEMORY}) -> Tensor` as Like)
export const newSchemas = (names: string): New[] =>
  names.split(' ').map((name) => `aten::${name}(Tensor self, SymInt[] size, *, ${OPTIONS}) -> Tensor` as New)

export const emptySchema = `aten::empty.memory_format(SymInt[] size, *, ${MEMORY}) -> Tensor` as Sized
export const stridedSchema = `aten::empty_strided(SymInt[] size, SymInt[] stride, *, ${OPTIONS}) -> Tensor` as Sized
export const permutedSchema = `aten::empty_permuted(SymInt[] size, int[] physical_layout, *, ${OPTIONS}) -> Tensor` as Sized
export const newStridedSchema = `aten::new_empty_strided(Tensor self, SymInt[] size, SymInt[] stride, *, ${OPTIONS}) -> Tensor` as New
export const fullSchema =
  `aten::full(SymInt[] size, Scalar fill_value, *, ${OPTIONS}) -> Tensor` as 'aten::full(SymInt[] size, Scalar fill_value, *, ScalarType? dtype=None) -> Tensor'
export const fullLikeSchema =
  `aten::full_like(Tensor self, Scalar fill_value, *, ${MEMORY}) -> Tensor` as 'aten::full_like(Tensor self, Scalar fill_value, *, ScalarType? dtype=None) -> Tensor'
export const newFullSchema =
  `aten::new_full(Tensor self, SymInt[] size, Scalar fill_value, *, ${OPTIONS}) -> Tensor` as 'aten::new_full(Tensor self, SymInt[] size, Scalar fill_value, *, ScalarType? dtype=None) -> Tensor'

export const arangeSchemas = {
  end: `aten::arange(Scalar end, *, ${OPTIONS}) -> Tensor` as 'aten::arange(Scalar end, *, ScalarType? dtype=None) -> Tensor',
  start:
    `aten::arange.start(Scalar start, Scalar end, *, ${OPTIONS}) -> Tensor` as 'aten::arange.start(Scalar start, Scalar end, *, ScalarType? dtype=None) -> Tensor',
  step: `aten::arange.start_step(Scalar start, Scalar end, Scalar step=1, *, ${OPTIONS}) -> Tensor` as 'aten::arange.start_step(Scalar start, Scalar end, Scalar step=1, *, ScalarType? dtype=None) -> Tensor',
  range:
    `aten::range(Scalar start, Scalar end, *, ${OPTIONS}) -> Tensor` as 'aten::range(Scalar start, Scalar end, *, ScalarType? dtype=None) -> Tensor',
  rangeStep:
    `aten::range.step(Scalar start, Scalar end, Scalar step=1, *, ${OPTIONS}) -> Tensor` as 'aten::range.step(Scalar start, Scalar end, Scalar step=1, *, ScalarType? dtype=None) -> Tensor',
} as const

type Linspace = 'aten::s(Scalar start, Scalar end, int steps, *, ScalarType? dtype=None) -> Tensor'
type Logspace = 'aten::s(Scalar start, Scalar end, int steps, float base=10., *, ScalarType? dtype=None) -> Tensor'
const ENDS = [
  ['', 'Scalar', 'Scalar'],
  ['.Tensor_Tensor', 'Tensor', 'Tensor'],
  ['.Tensor_Scalar', 'Tensor', 'Scalar'],
  ['.Scalar_Tensor', 'Scalar', 'Tensor'],
] as const
export const linspaceSchemas = ENDS.map(
  ([overload, a, b]) => `aten::linspace${overload}(${a} start, ${b} end, int steps, *, ${OPTIONS}) -> Tensor` as Linspace,
)
export const logspaceSchemas = ENDS.map(
  ([overload, a, b]) => `aten::logspace${overload}(${a} start, ${b} end, int steps, float base=10., *, ${OPTIONS}) -> Tensor` as Logspace,
)
export const eyeSchema = `aten::eye(SymInt n, *, ${OPTIONS}) -> Tensor` as 'aten::eye(SymInt n, *, ScalarType? dtype=None) -> Tensor'
export const eyeWideSchema =
  `aten::eye.m(SymInt n, SymInt m, *, ${OPTIONS}) -> Tensor` as 'aten::eye.m(SymInt n, SymInt m, *, ScalarType? dtype=None) -> Tensor'
export const scalarTensorSchema =
  `aten::scalar_tensor(Scalar s, *, ${OPTIONS}) -> Tensor` as 'aten::scalar_tensor(Scalar s, *, ScalarType? dtype=None) -> Tensor'
const INDEX_OPTIONS = OPTIONS.replace('dtype=None', 'dtype=4')
export const triangleIndexSchemas = ['tril', 'triu'].map(
  (name) =>
    `aten::${name}_indices(int row, int col, int offset=0, *, ${INDEX_OPTIONS}) -> Tensor` as 'aten::tril_indices(int row, int col, int offset=0, *, ScalarType? dtype=4) -> Tensor',
)
type Window = 'aten::w(int window_length, bool periodic=True, *, ScalarType? dtype=None) -> Tensor'
export const windowSchemas = ['hann', 'hamming', 'blackman', 'bartlett'].flatMap((name) => [
  `aten::${name}_window(int window_length, *, ${OPTIONS}) -> Tensor` as Window,
  `aten::${name}_window.periodic(int window_length, bool periodic, *, ${OPTIONS}) -> Tensor` as Window,
])
export const hammingSchemas = [
  `aten::hamming_window.periodic_alpha(int window_length, bool periodic, float alpha, *, ${OPTIONS}) -> Tensor` as Window,
  `aten::hamming_window.periodic_alpha_beta(int window_length, bool periodic, float alpha, float beta, *, ${OPTIONS}) -> Tensor` as Window,
]

export const kaiserSchemas = [
  `aten::kaiser_window(int window_length, *, ${OPTIONS}) -> Tensor`,
  `aten::kaiser_window.periodic(int window_length, bool periodic, *, ${OPTIONS}) -> Tensor`,
  `aten::kaiser_window.beta(int window_length, bool periodic, float beta, *, ${OPTIONS}) -> Tensor`,
] as string[] as 'aten::w(int window_length, bool periodic, float beta, *, ScalarType? dtype=None) -> Tensor'[]

/** The overload of a random factory that takes a generator. */
export const seeded = <S extends string>(schema: S, overload = 'generator'): S =>
  schema.replace(/^([\w:]+)(?:\.\w+)?\(([^*]*)\*, /, `$1.${overload}($2*, Generator? generator, `) as S

/** Random numbers. */
export const randomSchemas = {
  randint:
    `aten::randint(SymInt high, SymInt[] size, *, ${INDEX_OPTIONS}) -> Tensor` as 'aten::randint(SymInt high, SymInt[] size, *, ScalarType? dtype=4) -> Tensor',
  randintLow:
    `aten::randint.low(SymInt low, SymInt high, SymInt[] size, *, ${INDEX_OPTIONS}) -> Tensor` as 'aten::randint.low(SymInt low, SymInt high, SymInt[] size, *, ScalarType? dtype=4) -> Tensor',
  randintLike:
    `aten::randint_like(Tensor self, SymInt high, *, ${MEMORY}) -> Tensor` as 'aten::randint_like(Tensor self, SymInt high, *, ScalarType? dtype=None) -> Tensor',
  randintLikeLow:
    `aten::randint_like.low_dtype(Tensor self, SymInt low, SymInt high, *, ${MEMORY}) -> Tensor` as 'aten::randint_like.low_dtype(Tensor self, SymInt low, SymInt high, *, ScalarType? dtype=None) -> Tensor',
  randintLikeTensor:
    `aten::randint_like.Tensor(Tensor self, Tensor high, *, ${MEMORY}) -> Tensor` as 'aten::randint_like.Tensor(Tensor self, Tensor high, *, ScalarType? dtype=None) -> Tensor',
  randperm: `aten::randperm(SymInt n, *, ${INDEX_OPTIONS}) -> Tensor` as 'aten::randperm(SymInt n, *, ScalarType? dtype=4) -> Tensor',
  normal:
    `aten::normal.float_float(float mean, float std, SymInt[] size, *, Generator? generator=None, ${OPTIONS}) -> Tensor` as 'aten::normal.float_float(float mean, float std, SymInt[] size, *, Generator? generator=None, ScalarType? dtype=None) -> Tensor',
} as const
