// Complex numbers of Python, which are tensors of two doubles. Answers to the .complex overloads of torch/csrc/jit/runtime/register_prim_ops.cpp.

import { host, type HostRow } from '../row.ts'

const REAL = ['int', 'float'] as const

/** A complex number with another, and with a real one on either side. */
const mixed = (name: string, template: string, kinds: readonly string[] = REAL, result = 'complex'): HostRow[] => [
  host(`${name}.complex(complex a, complex b) -> ${result}`, template),
  ...kinds.flatMap((kind) => [
    host(`${name}.${kind}_complex(${kind} a, complex b) -> ${result}`, template),
    host(`${name}.complex_${kind}(complex a, ${kind} b) -> ${result}`, template),
  ]),
]

const unary = [
  'exp',
  'log',
  'log10',
  'sqrt',
  'sin',
  'cos',
  'tan',
  'sinh',
  'cosh',
  'tanh',
  'asin',
  'acos',
  'atan',
  'asinh',
  'acosh',
  'atanh',
].map((name) => host(`aten::${name}.complex(complex a) -> complex`, `complex${name[0]!.toUpperCase()}${name.slice(1)}($a)`))

const kinds = ['int', 'float', 'bool'] as const

export const complexRows: readonly HostRow[] = [
  ...kinds.flatMap((x) => kinds.map((y) => host(`aten::Complex.${x}_${y}(${x} x, ${y} y) -> complex`, 'complex($x, $y)'))),
  host('aten::Complex.Scalar(Scalar a) -> complex', 'toComplex($a)'),
  ...mixed('aten::add', 'complexAdd($a, $b)'),
  ...mixed('aten::sub', 'complexSub($a, $b)'),
  ...mixed('aten::mul', 'complexMul($a, $b)'),
  ...mixed('aten::pow', 'complexPow($a, $b)', ['float']),
  ...mixed('aten::eq', 'complexEqual($a, $b)', ['float'], 'bool'),
  ...mixed('aten::ne', '!complexEqual($a, $b)', ['float'], 'bool'),
  host('aten::div.complex(complex a, complex b) -> complex', 'complexDiv($a, $b)'),
  host('aten::neg.complex(complex a) -> complex', 'complexNeg($a)'),
  host('prim::abs.complex(complex a) -> float', 'complexAbs($a)'),
  host('aten::angle.complex(complex a) -> float', 'complexAngle($a)'),
  ...unary,
  host('aten::log.complex_complex(complex a, complex b) -> complex', 'complexLog($a, $b)'),
  ...REAL.flatMap((kind) => [
    host(`aten::log.${kind}_complex(${kind} a, complex b) -> complex`, 'complexLog($a, $b)'),
    host(`aten::log.complex_${kind}(complex a, ${kind} b) -> complex`, 'complexLog($a, $b)'),
  ]),
  ...REAL.flatMap((x) => [
    host(`aten::polar.${x === 'int' ? 'int' : 'float'}(${x} a, ${x} b) -> complex`, 'polar($a, $b)'),
    ...REAL.filter((y) => y !== x).map((y) => host(`aten::polar.${x}_${y}(${x} a, ${y} b) -> complex`, 'polar($a, $b)')),
  ]),
  host('aten::isfinite.complex(complex a) -> bool', 'complexIsFinite($a)'),
  host('aten::isinf.complex(complex a) -> bool', 'complexIsInf($a)'),
  host('aten::isnan.complex(complex a) -> bool', 'complexIsNaN($a)'),
]
