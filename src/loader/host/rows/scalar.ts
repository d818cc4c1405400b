// Numbers and bools. An int is a bigint, a float a number. Answers to src/ops/rules/scalar.ts, which evaluates the same at build time.

import { host, type HostRow } from '../row.ts'

/** The four overloads of mixed numbers; ints become floats beside one. */
const mixed = (name: string, result: string, float: string, int?: HostRow): HostRow[] => {
  const form = (a: string, b: string): string => float.replace('$a', a).replace('$b', b)
  return [
    int ?? host(`${name}.int(int a, int b) -> ${result}`, form('Number($a)', 'Number($b)')),
    host(`${name}.float(float a, float b) -> ${result}`, form('$a', '$b')),
    host(`${name}.int_float(int a, float b) -> ${result}`, form('Number($a)', '$b')),
    host(`${name}.float_int(float a, int b) -> ${result}`, form('$a', 'Number($b)')),
  ]
}

const comparisons = (
  [
    ['lt', '<', '>='],
    ['gt', '>', '<='],
    ['le', '<=', '>'],
    ['ge', '>=', '<'],
  ] as const
).flatMap(([name, operator, opposite]) => [
  host(`aten::${name}.int(int a, int b) -> bool`, `$a ${operator} $b`, 'pure', { negated: `$a ${opposite} $b` }),
  // A NaN compares false both ways: these have no opposite.
  ...['float(float a, float b)', 'int_float(int a, float b)', 'float_int(float a, int b)'].map((args) =>
    host(`aten::${name}.${args} -> bool`, `$a ${operator} $b`),
  ),
  host(`aten::${name}(Scalar a, Scalar b) -> bool`, `$a ${operator} $b`),
  host(`aten::${name}.str(str a, str b) -> bool`, `compareText($a, $b) ${operator} 0`),
])

const equalities = (
  [
    ['eq', '===', '!=='],
    ['ne', '!==', '==='],
  ] as const
).flatMap(([name, operator, opposite]) => {
  const row = (schema: string, a = '$a', b = '$b'): HostRow =>
    host(`aten::${name}${schema} -> bool`, `${a} ${operator} ${b}`, 'pure', { negated: `${a} ${opposite} ${b}` })
  const not = name === 'ne' ? '!' : ''
  return [
    row('.int(int a, int b)'),
    row('.float(float a, float b)'),
    row('.int_float(int a, float b)', 'Number($a)', '$b'),
    row('.float_int(float a, int b)', '$a', 'Number($b)'),
    row('.bool(bool a, bool b)'),
    row('.str(str a, str b)'),
    row('.device(Device a, Device b)'),
    row('.enum(AnyEnumType a, AnyEnumType b)'),
    host(`aten::${name}(Scalar a, Scalar b) -> bool`, `${not}equalScalars($a, $b)`),
  ]
})

const unary = (name: string, float: string): HostRow[] => [
  host(`aten::${name}.int(int a) -> float`, float.replace('$a', 'Number($a)')),
  host(`aten::${name}.float(float a) -> float`, float),
  host(`aten::${name}.Scalar(Scalar a) -> Scalar`, `ofScalar(${float.slice(0, float.indexOf('('))}, $a)`),
]

const ofMath = 'sqrt log exp log1p log10 expm1 sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh'.split(' ')

const int = (schema: string, template: string, more: Partial<HostRow> = {}): HostRow => host(schema, template, 'pure', more)

export const scalarRows: readonly HostRow[] = [
  ...comparisons,
  ...equalities,
  ...mixed('aten::add', 'float', '$a + $b', int('aten::add.int(int a, int b) -> int', '$a + $b', { ring: 'plain' })),
  ...mixed('aten::sub', 'float', '$a - $b', int('aten::sub.int(int a, int b) -> int', '$a - $b', { ring: 'plain' })),
  ...mixed('aten::mul', 'float', '$a * $b', int('aten::mul.int(int a, int b) -> int', '$a * $b', { ring: 'wrap' })),
  ...mixed('aten::floordiv', 'float', 'Math.floor($a / $b)', host('aten::floordiv.int(int a, int b) -> int', 'floorDiv($a, $b)', 'throw')),
  ...mixed('aten::remainder', 'float', 'floatMod($a, $b)', host('aten::remainder.int(int a, int b) -> int', 'floorMod($a, $b)', 'throw')),
  ...mixed('aten::pow', 'float', 'pow($a, $b)'),
  ...mixed('aten::fmod', 'float', '$a % $b'),
  ...mixed('aten::mathremainder', 'float', 'ieeeRemainder($a, $b)'),
  ...mixed('aten::copysign', 'float', 'copySign($a, $b)'),
  ...mixed('aten::atan2', 'float', 'Math.atan2($a, $b)'),
  ...mixed('prim::min', 'float', 'min($a, $b)', int('prim::min.int(int a, int b) -> int', 'min($a, $b)')),
  ...mixed('prim::max', 'float', 'max($a, $b)', int('prim::max.int(int a, int b) -> int', 'max($a, $b)')),
  host('aten::add(Scalar a, Scalar b) -> Scalar', 'addScalars($a, $b)'),
  host('aten::sub(Scalar a, Scalar b) -> Scalar', 'subScalars($a, $b)'),
  host('aten::mul(Scalar a, Scalar b) -> Scalar', 'mulScalars($a, $b)'),
  host('aten::floordiv(Scalar a, Scalar b) -> Scalar', 'floorDivScalars($a, $b)', 'throw'),
  host('aten::remainder(Scalar a, Scalar b) -> Scalar', 'modScalars($a, $b)', 'throw'),
  host('prim::min(Scalar a, Scalar b) -> Scalar', 'minScalars($a, $b)'),
  host('prim::max(Scalar a, Scalar b) -> Scalar', 'maxScalars($a, $b)'),
  host('aten::pow.Scalar_Scalar(Scalar a, Scalar b) -> float', 'pow(Number($a), Number($b))'),
  host('aten::fmod(Scalar a, Scalar b) -> float', 'Number($a) % Number($b)'),
  host('aten::mathremainder(Scalar a, Scalar b) -> float', 'ieeeRemainder(Number($a), Number($b))'),
  host('aten::copysign(Scalar a, Scalar b) -> float', 'copySign(Number($a), Number($b))'),
  host('aten::atan2.Scalar_Scalar(Scalar a, Scalar b) -> float', 'Math.atan2(Number($a), Number($b))'),
  host('aten::div.int(int a, int b) -> float', 'Number($a) / Number($b)'),
  host('aten::div.float(float a, float b) -> float', '$a / $b'),
  host('aten::div(Scalar a, Scalar b) -> float', 'Number($a) / Number($b)'),
  host('aten::__round_to_zero_floordiv.int(int a, int b) -> int', 'truncDiv($a, $b)', 'throw'),
  host('aten::divmod.int(int x, int y) -> (int, int)', 'divmod($x, $y)', 'throw'),
  host('aten::divmod.float(float x, float y) -> (float, float)', 'divmodFloat($x, $y)', 'throw'),
  host('aten::divmod.int_float(int x, float y) -> (float, float)', 'divmodFloat(Number($x), $y)', 'throw'),
  host('aten::divmod.float_int(float x, int y) -> (float, float)', 'divmodFloat($x, Number($y))', 'throw'),
  host('aten::neg.int(int a) -> int', '-$a', 'pure', { ring: 'plain' }),
  host('aten::neg.float(float a) -> float', '-$a'),
  host('aten::neg.Scalar(Scalar a) -> Scalar', 'negScalar($a)'),
  host('prim::abs.int(int a) -> int', 'abs($a)'),
  host('prim::abs.float(float a) -> float', 'Math.abs($a)'),
  host('prim::abs.Scalar(Scalar a) -> Scalar', 'absScalar($a)'),
  host('aten::__and__.int(int a, int b) -> int', '$a & $b'),
  host('aten::__or__.int(int a, int b) -> int', '$a | $b'),
  host('aten::__xor__.int(int a, int b) -> int', '$a ^ $b'),
  host('aten::__lshift__.int(int a, int b) -> int', 'shiftLeft($a, $b)'),
  host('aten::__rshift__.int(int a, int b) -> int', 'shiftRight($a, $b)'),
  host('aten::__and__.bool(bool a, bool b) -> bool', 'both($a, $b)'),
  host('aten::__or__.bool(bool a, bool b) -> bool', 'either($a, $b)'),
  host('aten::__xor__.bool(bool a, bool b) -> bool', '$a !== $b'),
  host('aten::__not__(bool self) -> bool', '!$self'),
  host('aten::__is__(t1 self, t2 obj) -> bool', '$self === $obj', 'pure', { negated: '$self !== $obj' }),
  host('aten::__isnot__(t1 self, t2 obj) -> bool', '$self !== $obj', 'pure', { negated: '$self === $obj' }),
  ...ofMath.flatMap((name) => unary(name, `Math.${name}($a)`)),
  ...unary('fabs', 'Math.abs($a)'),
  ...unary('degrees', 'degrees($a)'),
  ...unary('radians', 'radians($a)'),
  ...['erf', 'erfc', 'gamma', 'lgamma'].flatMap((name) => unary(name, `${name}($a)`)),
  host('aten::ceil.int(int a) -> int', '$a'),
  host('aten::ceil.float(float a) -> int', 'ceilInt($a)'),
  host('aten::ceil.Scalar(Scalar a) -> Scalar', 'ceilInt(Number($a))'),
  host('aten::floor.int(int a) -> int', '$a'),
  host('aten::floor.float(float a) -> int', 'floorInt($a)'),
  host('aten::floor.Scalar(Scalar a) -> Scalar', 'floorInt(Number($a))'),
  host('aten::round.int(int a) -> float', 'Number($a)'),
  host('aten::round.float(float a) -> float', 'roundHalfEven($a)'),
  host('aten::round.Scalar(Scalar a) -> Scalar', 'roundHalfEven(Number($a))'),
  ...['int(int a, int b)', 'float(float a, float b)', 'int_float(int a, float b)', 'float_int(float a, int b)'].map((args) =>
    host(
      `aten::log.${args.startsWith('int(') ? 'int_int(int a, int b)' : args.startsWith('float(') ? 'float_float(float a, float b)' : args} -> float`,
      'Math.log(Number($a)) / Math.log(Number($b))',
    ),
  ),
  host('aten::log.Scalar_Scalar(Scalar a, Scalar b) -> float', 'Math.log(Number($a)) / Math.log(Number($b))'),
  host('aten::isnan.float(float a) -> bool', 'Number.isNaN($a)'),
  host('aten::isinf.float(float a) -> bool', 'Math.abs($a) === Infinity'),
  host('aten::isfinite.float(float a) -> bool', 'Number.isFinite($a)'),
  host('aten::gcd.int(int a, int b) -> int', 'gcd($a, $b)'),
  host('aten::factorial.int(int a) -> int', 'factorial($a)', 'throw'),
  host('aten::frexp(float a) -> (float, int)', 'frexp($a)'),
  host('aten::ldexp(float x, int i) -> float', 'ldexp($x, $i)'),
  host('aten::modf(float a) -> (float, float)', 'modf($a)'),
  host('aten::Bool.int(int a) -> bool', '$a !== 0n', 'pure', { negated: '$a === 0n' }),
  host('aten::Bool.float(float a) -> bool', '$a !== 0', 'pure', { negated: '$a === 0' }),
  host('aten::Float.bool(bool a) -> float', 'Number($a)'),
  host('aten::Float.Scalar(Scalar a) -> float', 'Number($a)'),
  host('aten::Int.bool(bool a) -> int', 'BigInt($a)'),
  host('aten::Int.float(float a) -> int', 'toInt($a)', 'throw'),
  host('aten::Int.Scalar(Scalar a) -> int', 'scalarToInt($a)', 'throw'),
  host('aten::__range_length(int lo, int hi, int step) -> int', 'rangeLength($lo, $hi, $step)', 'throw'),
  host('aten::__derive_index(int index, int start, int step) -> int', '$start + $index * $step'),
  host('prim::rangelist(int n) -> int[]', 'rangeList($n)'),
  host('aten::_unwrap_optional(t(a)? optional) -> t(a)', '$optional'),
  host('prim::EnumName(AnyEnumType enum) -> str', '$enum.name'),
  ...['int', 'float', 'str'].map((type) => host(`prim::EnumValue.${type}(AnyEnumType enum) -> ${type}`, '$enum.value')),
  host('prim::IfThenElse(bool cond, Any(a) x, Any(b) y) -> Any(b|a)', '$cond ? $x : $y'),
  host('aten::is_grad_enabled() -> bool', 'false'),
  host('aten::is_scripting() -> bool', 'true'),
  host('aten::_get_tracing_state() -> bool', 'false'),
]
