// Complex dtypes and the real dtypes of their parts. Mirrors toRealValueType and toComplexType of c10/core/ScalarType.h.

import { isComplex, isFloatingPoint, type ScalarType } from '../ir/scalar-type.ts'

const REAL: ReadonlyMap<ScalarType, ScalarType> = new Map([
  ['complex32', 'float16'],
  ['complex64', 'float32'],
  ['complex128', 'float64'],
])
const COMPLEX: ReadonlyMap<ScalarType, ScalarType> = new Map([...REAL].map(([complex, real]) => [real, complex]))

/** The dtype of the real part; of a real dtype itself. */
export function realType<T extends ScalarType | undefined>(dtype: T): T {
  return (dtype === undefined ? undefined : (REAL.get(dtype) ?? dtype)) as T
}

/** The complex dtype whose parts hold `dtype`: integers and bools become torch's default, bfloat16 has none. */
export function complexOf(dtype: ScalarType | undefined): ScalarType | undefined {
  if (dtype === undefined || isComplex(dtype)) return dtype
  return isFloatingPoint(dtype) ? COMPLEX.get(dtype) : 'complex64'
}
