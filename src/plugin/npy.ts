// Reads NumPy's .npy format, versions 1 to 3: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
// Only plain little-endian (or one-byte) numbers; never a pickled object array.

import { fail } from '../diagnostics/compile-error.ts'
import type { ScalarType } from '../ir/scalar-type.ts'

export interface NumpyArray {
  readonly data: ArrayLike<number | bigint>
  readonly dims: readonly number[]
  readonly dtype: ScalarType
}

type View = (buffer: ArrayBuffer) => ArrayLike<number | bigint>

const kinds = new Map<string, readonly [dtype: ScalarType, bytes: number, view: View]>([
  ['|b1', ['bool', 1, (buffer) => new Uint8Array(buffer)]],
  ['|u1', ['uint8', 1, (buffer) => new Uint8Array(buffer)]],
  ['|i1', ['int8', 1, (buffer) => new Int8Array(buffer)]],
  ['<i2', ['int16', 2, (buffer) => new Int16Array(buffer)]],
  ['<i4', ['int32', 4, (buffer) => new Int32Array(buffer)]],
  ['<i8', ['int64', 8, (buffer) => new BigInt64Array(buffer)]],
  ['<f4', ['float32', 4, (buffer) => new Float32Array(buffer)]],
  ['<f8', ['float64', 8, (buffer) => new Float64Array(buffer)]],
])

const HEADER =
  /^\{\s*'descr':\s*'(?<descr>[^']*)',\s*'fortran_order':\s*(?<fortran>True|False),\s*'shape':\s*\((?<shape>[\d, ]*)\),?\s*\}\s*$/

/** Throws PT6015. */
export function readNpy(bytes: Uint8Array, file: string): NumpyArray {
  const malformed = (message: string): never =>
    fail('PT6015', message, { file, fix: 'write the file with numpy.save of a plain float32 or int64 array.' })
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < 12 || view.getUint32(0) !== 0x93_4e_55_4d || view.getUint16(4) !== 0x50_59) malformed('The file is not an .npy file.')
  const wide = bytes[6]! >= 2
  const headerStart = wide ? 12 : 10
  const dataStart = headerStart + (wide ? view.getUint32(8, true) : view.getUint16(8, true))
  if (dataStart > bytes.length) malformed('The .npy file ends inside its header.')
  const groups = HEADER.exec(new TextDecoder().decode(bytes.subarray(headerStart, dataStart)))?.groups as
    | { descr: string; fortran: string; shape: string }
    | undefined
  if (groups === undefined) return malformed('The header of the .npy file is not understood.')
  const kind = kinds.get(groups.descr)
  if (kind === undefined) return malformed(`The .npy file holds elements of the kind ${JSON.stringify(groups.descr)}.`)
  const dims = groups.shape
    .split(',')
    .filter((dim) => dim.trim() !== '')
    .map(Number)
  if (groups.fortran === 'True' && dims.length > 1) malformed('The .npy file is in Fortran order.')
  const [dtype, width, elements] = kind
  const expected = dims.reduce((product, dim) => product * dim, width)
  if (bytes.length - dataStart !== expected)
    malformed(`The .npy file holds ${bytes.length - dataStart} bytes of data; its shape asks for ${expected}.`)
  return { data: elements(new Uint8Array(bytes.subarray(dataStart)).buffer), dims, dtype }
}
