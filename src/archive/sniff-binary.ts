// Binary files other than zip, told by their first bytes.

import type { ProblemCode } from '../diagnostics/catalogue.ts'
import { other, SAVE_WITH_CODE, type Other, type OtherKind } from './file-kind.ts'

type Test = (bytes: Uint8Array) => boolean

/** Bytes at an offset; strings are Latin-1. */
function magic(start: string | readonly number[], at = 0): Test {
  const expected = typeof start === 'string' ? [...start].map((c) => c.charCodeAt(0)) : start
  return (bytes) => expected.every((byte, i) => bytes[at + i] === byte)
}

interface Row {
  readonly kind: OtherKind
  readonly code: ProblemCode
  readonly what: string
  readonly fix: string
  readonly test: Test
}

const unpack = 'unpack it and import the model inside.'
const notModel = 'import the model file instead; an image belongs in the page.'

const rows: readonly Row[] = [
  {
    kind: 'flatbuffer',
    code: 'PT1011',
    what: 'a lite-interpreter FlatBuffer (.ptl), which holds no source code',
    fix: SAVE_WITH_CODE,
    test: magic('PTMF', 4),
  },
  { kind: 'other-framework', code: 'PT1030', what: 'a TensorFlow Lite model', fix: 'a PyTorch model is expected.', test: magic('TFL3', 4) },
  { kind: 'other-framework', code: 'PT1030', what: 'a GGUF model of llama.cpp', fix: 'a PyTorch model is expected.', test: magic('GGUF') },
  {
    kind: 'hdf5',
    code: 'PT1019',
    what: 'an HDF5 file, such as a Keras model',
    fix: 'a PyTorch model is expected.',
    test: magic([0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a]),
  },
  {
    kind: 'numpy',
    code: 'PT1020',
    what: 'a NumPy array (.npy)',
    fix: 'import the model; arrays can serve as example inputs.',
    test: magic([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]),
  },
  { kind: 'compressed', code: 'PT1007', what: 'gzip data (.gz or .tar.gz)', fix: unpack, test: magic([0x1f, 0x8b]) },
  { kind: 'compressed', code: 'PT1007', what: 'a 7-Zip archive', fix: unpack, test: magic([0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c]) },
  { kind: 'compressed', code: 'PT1007', what: 'a RAR archive', fix: unpack, test: magic('Rar!\x1a\x07') },
  { kind: 'compressed', code: 'PT1007', what: 'xz data', fix: unpack, test: magic([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]) },
  { kind: 'compressed', code: 'PT1007', what: 'bzip2 data', fix: unpack, test: magic('BZh') },
  { kind: 'compressed', code: 'PT1007', what: 'Zstandard data', fix: unpack, test: magic([0x28, 0xb5, 0x2f, 0xfd]) },
  { kind: 'media', code: 'PT1021', what: 'a PNG image', fix: notModel, test: magic([0x89, 0x50, 0x4e, 0x47]) },
  { kind: 'media', code: 'PT1021', what: 'a JPEG image', fix: notModel, test: magic([0xff, 0xd8, 0xff]) },
  { kind: 'media', code: 'PT1021', what: 'a GIF image', fix: notModel, test: magic('GIF8') },
  { kind: 'media', code: 'PT1021', what: 'a WebP image or a WAV sound', fix: notModel, test: magic('RIFF') },
  { kind: 'media', code: 'PT1021', what: 'a PDF document', fix: notModel, test: magic('%PDF') },
  {
    kind: 'legacy-save',
    code: 'PT1017',
    what: 'written by torch.save in the form of torch before 1.6, which holds no code',
    fix: SAVE_WITH_CODE,
    test: isLegacySave,
  },
  { kind: 'safetensors', code: 'PT1010', what: 'a safetensors file: weights only, no code', fix: SAVE_WITH_CODE, test: isSafetensors },
  {
    kind: 'pickle',
    code: 'PT1025',
    what: 'a pickle that torch did not write',
    fix: SAVE_WITH_CODE,
    test: (bytes) => bytes[0] === 0x80 && bytes[1]! >= 1 && bytes[1]! <= 5 && bytes.length > 2,
  },
  {
    kind: 'onnx',
    code: 'PT1009',
    what: 'an ONNX model',
    fix: 'load it with onnxruntime-web, or import the TorchScript file that it was made from.',
    test: isOnnx,
  },
]

export function sniffBinary(bytes: Uint8Array): Other | undefined {
  const row = rows.find(({ test }) => test(bytes))
  if (row !== undefined) return other(row.kind, { code: row.code, message: `the file is ${row.what}`, fix: row.fix })
  if (magic('ustar', 257)(bytes)) return sniffTar(bytes)
  if (bytes.length >= 4 && bytes.subarray(0, SCAN).every((byte) => byte === 0)) {
    return other('zeros', {
      code: 'PT1029',
      message: `the file's first ${Math.min(bytes.length, SCAN)} bytes are all zero`,
      fix: 'the download or copy failed: get the file again.',
    })
  }
  return undefined
}

const SCAN = 1 << 16

/** The first pickle of a legacy stream is the number 0x1950a86a20f9469cfc6c. */
const LEGACY_MAGIC = [0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19]
function isLegacySave(bytes: Uint8Array): boolean {
  // Protocol 4 and later put a FRAME of nine bytes in between.
  return bytes[0] === 0x80 && (magic(LEGACY_MAGIC, 2)(bytes) || magic(LEGACY_MAGIC, 11)(bytes))
}

/** u64 length, then that many bytes of JSON. */
function isSafetensors(bytes: Uint8Array): boolean {
  if (bytes.length < 10 || bytes[8] !== 0x7b) return false
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const next = bytes[9]!
  return view.getBigUint64(0, true) <= 100_000_000n && (next === 0x22 || next === 0x7d || next === 0x20)
}

/** Fields of ModelProto: varints, and length-delimited ones. */
const ONNX_VARINTS = new Set([1, 5])
const ONNX_MESSAGES = new Set([2, 3, 4, 6, 7, 8, 14, 20, 25, 26])

/** Walks the top-level fields of a protobuf: `ir_version` and a graph or an opset are what every ModelProto has. */
function isOnnx(bytes: Uint8Array): boolean {
  const seen = new Set<number>()
  let at = 0
  const varint = (): number => {
    let value = 0
    for (let shift = 0; shift < 49; shift += 7) {
      const byte = bytes[at++]
      if (byte === undefined) return Number.NaN
      value += (byte & 0x7f) * 2 ** shift
      if (byte < 0x80) return value
    }
    return Number.NaN
  }
  for (let fields = 0; at < bytes.length && fields < 64; fields++) {
    const tag = varint()
    const [field, wire] = [Math.floor(tag / 8), tag % 8]
    if (wire === 0 && ONNX_VARINTS.has(field)) {
      if (Number.isNaN(varint())) return false
    } else if (wire === 2 && ONNX_MESSAGES.has(field)) {
      const length = varint()
      if (Number.isNaN(length)) return false
      at += length
    } else return false
    seen.add(field)
  }
  return seen.has(1) && (seen.has(7) || seen.has(8))
}

function sniffTar(bytes: Uint8Array): Other {
  const name = String.fromCharCode(...bytes.subarray(0, 100)).replace(/\0.*$/s, '')
  const oldest = /^(\.\/)?(storages|tensors|pickle|sys_info)$/.test(name)
  return other('tar', {
    code: 'PT1018',
    message: oldest ? 'the file is a tar archive, as torch.save wrote it before 0.2; it holds no code' : 'the file is a tar archive',
    fix: oldest ? SAVE_WITH_CODE : unpack,
  })
}
