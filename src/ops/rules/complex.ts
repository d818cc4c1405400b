// dtype and shape of what makes complex tensors, reads their parts, and works on Python's complex numbers.
// Answers to aten/src/ATen/native/ComplexHelper.h, UnaryOps.cpp, ops/torch/csrc/jit/runtime/register_prim_ops.cpp.

import { broadcast } from '../../ir/dim.ts'
import { isComplex, scalarTypeOfCode } from '../../ir/scalar-type.ts'
import type { IValue } from '../../ir/ivalue.ts'
import { complexOf, realType } from '../complex-types.ts'
import { constantFact, numberFact, tensorFact, type Fact } from '../fact.ts'
import { isNone, knownInt, same, toFloat } from '../facts.ts'
import { rule, rules, type Rule } from '../rule.ts'
import { schemaTexts } from '../schemas/index.ts'

interface Parts {
  readonly re: number
  readonly im: number
}

/** The parts of a number that is known. */
function partsOf(fact: Fact | undefined): Parts | undefined {
  const value: IValue | undefined = fact?.value
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return { re: Number(value), im: 0 }
  return value !== undefined && value !== null && typeof value === 'object' && value.kind === 'complex' ? value : undefined
}
const complexFact = (parts: Parts | undefined): Fact =>
  parts === undefined ? numberFact('complex') : constantFact({ kind: 'complex', re: parts.re, im: parts.im })

/** Sums, differences and products of known numbers. Quotients and functions are left to the run. */
const arithmetic = new Map<string, (a: Parts, b: Parts) => Parts>([
  ['aten::add', (a, b) => ({ re: a.re + b.re, im: a.im + b.im })],
  ['aten::sub', (a, b) => ({ re: a.re - b.re, im: a.im - b.im })],
  ['aten::mul', (a, b) => ({ re: a.re * b.re - a.im * b.im, im: a.re * b.im + a.im * b.re })],
])

/** Operators on Python numbers of which one is complex, or that make one. */
function scalarRows(): Rule[] {
  const names =
    'add sub mul div pow neg exp log log10 sqrt sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh polar Complex ComplexImplicit'
  const found: Rule[] = []
  for (const name of names.split(' ').map((n) => `aten::${n}`))
    for (const schema of schemaTexts(name)) {
      if (!schema.endsWith('-> complex')) continue
      found.push({
        schema,
        infer: ((args: Readonly<Record<string, Fact>>): Fact => {
          const facts = Object.values(args)
          const [a, b] = facts.map(partsOf)
          const evaluate = arithmetic.get(name)
          if (evaluate !== undefined && a !== undefined && b !== undefined) return complexFact(evaluate(a, b))
          if (name === 'aten::neg' && a !== undefined) return complexFact({ re: -a.re, im: -a.im })
          if (name === 'aten::Complex' && a !== undefined && (facts.length === 1 || b !== undefined))
            return complexFact(b === undefined ? a : { re: a.re - b.im, im: a.im + b.re })
          return numberFact('complex')
        }) as Rule['infer'],
      })
    }
  return found
}

const real = ({ self }: { readonly self: Fact }): Fact => tensorFact(realType(self.dtype), self.dims)
export const complexRules: readonly Rule[] = [
  ...rules(['aten::view_as_real(Tensor(a) self) -> Tensor(a)', 'aten::view_as_real_copy(Tensor self) -> Tensor'], ({ self }) =>
    tensorFact(realType(self.dtype), self.dims === undefined ? undefined : [...self.dims, 2]),
  ),
  ...rules(['aten::view_as_complex(Tensor(a) self) -> Tensor(a)', 'aten::view_as_complex_copy(Tensor self) -> Tensor'], ({ self }) =>
    tensorFact(complexOf(self.dtype), self.dims?.slice(0, -1)),
  ),
  rule('aten::imag(Tensor(a) self) -> Tensor(a)', real),
  rule('aten::angle(Tensor self) -> Tensor', ({ self }) => tensorFact(toFloat(realType(self.dtype)), self.dims)),
  ...rules(['aten::isreal(Tensor self) -> Tensor'], ({ self }) => tensorFact('bool', self.dims)),
  rule('aten::complex(Tensor real, Tensor imag) -> Tensor', ({ real: re, imag }) =>
    tensorFact(complexOf(re.dtype), broadcast(re.dims, imag.dims)),
  ),
  rule('aten::polar(Tensor abs, Tensor angle) -> Tensor', ({ abs, angle }) =>
    tensorFact(complexOf(abs.dtype), broadcast(abs.dims, angle.dims)),
  ),
  ...rules(
    [
      'aten::_conj(Tensor(a) self) -> Tensor(a)',
      'aten::_conj_copy(Tensor self) -> Tensor',
      'aten::_conj_physical(Tensor self) -> Tensor',
      'aten::_neg_view(Tensor(a) self) -> Tensor(a)',
    ] as 'aten::_conj(Tensor(a) self) -> Tensor(a)'[],
    ({ self }) => same(self),
  ),
  ...rules(['aten::is_conj(Tensor self) -> bool', 'aten::is_neg(Tensor self) -> bool'], ({ self }) =>
    self.dtype === undefined || isComplex(self.dtype) ? numberFact('bool') : { value: false },
  ),
  ...rules(
    [
      'aten::tensor.complex(complex t, *, ScalarType? dtype=None, Device? device=None, bool requires_grad=False) -> Tensor',
      'aten::as_tensor.complex(complex t, *, ScalarType? dtype=None, Device? device=None) -> Tensor',
    ] as 'aten::as_tensor.complex(complex t, *, ScalarType? dtype=None, Device? device=None) -> Tensor'[],
    ({ dtype }) => {
      const code = knownInt(dtype)
      return tensorFact(isNone(dtype) ? 'complex64' : code === undefined ? undefined : scalarTypeOfCode(code), [])
    },
  ),
  ...scalarRows(),
  rule('aten::angle.complex(complex a) -> float', () => numberFact('float')),
  ...rules(
    ['aten::angle.int(int a) -> float', 'aten::angle.float(float a) -> float', 'aten::angle.Scalar(Scalar a) -> Scalar'],
    ({ a }) => {
      const { value } = a
      if (typeof value !== 'number' && typeof value !== 'bigint' && typeof value !== 'boolean') return numberFact('float')
      return { value: Math.atan2(0, Number(value)) }
    },
  ),
  rule('prim::abs.complex(complex a) -> float', () => numberFact('float')),
  ...['eq', 'ne'].flatMap((name) =>
    rules(
      ['complex(complex a, complex b)', 'float_complex(float a, complex b)', 'complex_float(complex a, float b)'].map(
        (form) => `aten::${name}.${form} -> bool` as 'aten::eq.complex(complex a, complex b) -> bool',
      ),
      ({ a, b }) => {
        const [x, y] = [partsOf(a), partsOf(b)]
        if (x === undefined || y === undefined) return numberFact('bool')
        return { value: (x.re === y.re && x.im === y.im) === (name === 'eq') }
      },
    ),
  ),
  ...rules(
    ['isnan', 'isinf', 'isfinite'].map((name) => `aten::${name}.complex(complex a) -> bool` as 'aten::isnan.complex(complex a) -> bool'),
    () => numberFact('bool'),
  ),
]
