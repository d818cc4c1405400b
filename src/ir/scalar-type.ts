// Tensor element types, as PyTorch names and numbers them. Mirrors c10/core/ScalarType.h.
// Not the numbering of .pt2 JSON and not ONNX's.

/** `torch.<name>` without the module. */
export type ScalarType = (typeof rows)[number][1]

// c10 code, torch.dtype name, bytes per element, category for type promotion, name in a printed graph (`Float(1, 2)`).
const rows = [
  [0, 'uint8', 1, 'int', 'Byte'],
  [1, 'int8', 1, 'int', 'Char'],
  [2, 'int16', 2, 'int', 'Short'],
  [3, 'int32', 4, 'int', 'Int'],
  [4, 'int64', 8, 'int', 'Long'],
  [5, 'float16', 2, 'float', 'Half'],
  [6, 'float32', 4, 'float', 'Float'],
  [7, 'float64', 8, 'float', 'Double'],
  [8, 'complex32', 4, 'complex', 'ComplexHalf'],
  [9, 'complex64', 8, 'complex', 'ComplexFloat'],
  [10, 'complex128', 16, 'complex', 'ComplexDouble'],
  [11, 'bool', 1, 'bool', 'Bool'],
  [12, 'qint8', 1, 'quantized', 'QInt8'],
  [13, 'quint8', 1, 'quantized', 'QUInt8'],
  [14, 'qint32', 4, 'quantized', 'QInt32'],
  [15, 'bfloat16', 2, 'float', 'BFloat16'],
  [16, 'quint4x2', 1, 'quantized', 'QUInt4x2'],
  [17, 'quint2x4', 1, 'quantized', 'QUInt2x4'],
  [23, 'float8_e5m2', 1, 'float', 'Float8_e5m2'],
  [24, 'float8_e4m3fn', 1, 'float', 'Float8_e4m3fn'],
  [25, 'float8_e5m2fnuz', 1, 'float', 'Float8_e5m2fnuz'],
  [26, 'float8_e4m3fnuz', 1, 'float', 'Float8_e4m3fnuz'],
  [27, 'uint16', 2, 'int', 'UInt16'],
  [28, 'uint32', 4, 'int', 'UInt32'],
  [29, 'uint64', 8, 'int', 'UInt64'],
] as const

export type Category = 'bool' | 'int' | 'float' | 'complex' | 'quantized'

export interface ScalarTypeInfo {
  /** c10 code: the int that stands for a dtype in TorchScript code and attributes. */
  readonly code: number
  readonly name: ScalarType
  /** Bytes per element. */
  readonly bytes: number
  readonly category: Category
  /** Name in a printed graph, and prefix of the storage class (`FloatStorage`). */
  readonly graphName: string
}

const infos: readonly ScalarTypeInfo[] = rows.map(([code, name, bytes, category, graphName]) => ({
  code,
  name,
  bytes,
  category,
  graphName,
}))
const byName = new Map(infos.map((info) => [info.name, info]))
const byCode = new Map(infos.map((info) => [info.code, info]))
const byGraphName = new Map(infos.map((info) => [info.graphName, info]))

export function scalarTypeInfo(type: ScalarType): ScalarTypeInfo {
  return byName.get(type)!
}
/** The dtype of a c10 code; undefined for codes that PyTorch does not have. */
export function scalarTypeOfCode(code: number): ScalarType | undefined {
  return byCode.get(code)?.name
}
/** The dtype called `Float`, `Long`, … in a printed graph. */
export function scalarTypeOfGraphName(name: string): ScalarType | undefined {
  return byGraphName.get(name)?.name
}
/** The dtype called `float32`, `int64`, … in Python. */
export function isScalarType(name: string): name is ScalarType {
  return byName.has(name as ScalarType)
}
export const isFloatingPoint = (type: ScalarType): boolean => scalarTypeInfo(type).category === 'float'
export const isIntegral = (type: ScalarType): boolean => scalarTypeInfo(type).category === 'int'
export const isComplex = (type: ScalarType): boolean => scalarTypeInfo(type).category === 'complex'
