// PyTorch dtypes ↔ ONNX TensorProto.DataType (onnx.proto).

import type { ScalarType } from '../ir/scalar-type.ts'

const codes = new Map<ScalarType, number>([
  ['float32', 1],
  ['uint8', 2],
  ['int8', 3],
  ['uint16', 4],
  ['int16', 5],
  ['int32', 6],
  ['int64', 7],
  ['bool', 9],
  ['float16', 10],
  ['float64', 11],
  ['uint32', 12],
  ['uint64', 13],
])

/** The dtype that stands for `dtype` in the emitted graph: bfloat16 is computed in float32, which holds it exactly. */
export function emittedType(dtype: ScalarType): ScalarType {
  return dtype === 'bfloat16' ? 'float32' : dtype
}

/** TensorProto.DataType; undefined for dtypes that onnxruntime-web cannot carry (complex, float8, quantized). */
export function onnxDataType(dtype: ScalarType): number | undefined {
  return codes.get(emittedType(dtype))
}

const types = new Map([...codes].map(([dtype, code]) => [code, dtype]))

/** The dtype of a TensorProto.DataType that we emit. */
export function scalarTypeOfDataType(code: number): ScalarType | undefined {
  return types.get(code)
}
