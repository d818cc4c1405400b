// Files of other kinds are told apart and say what they are.

import { deflateRawSync, gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { sniff } from '../../src/archive/sniff.ts'
import { zipOf } from '../hostile/zip-writer.ts'
import { archive, fixture, readingError } from './fixture.ts'

const text = (value: string): Uint8Array => new TextEncoder().encode(value)
const bytes = (...values: readonly number[]): Uint8Array => Uint8Array.from(values)
const padded = (start: Uint8Array, length = 200): Uint8Array => {
  const out = new Uint8Array(length)
  out.set(start)
  return out
}
const good = archive('2.13.0/gate_traced')

const onnx = bytes(0x08, 0x08, 0x12, 0x02, 0x70, 0x74, 0x3a, 0x04, 0x12, 0x02, 0x67, 0x30, 0x42, 0x02, 0x10, 0x12)
const safetensors = ((): Uint8Array => {
  const header = text('{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}')
  const out = new Uint8Array(8 + header.length + 4)
  out[0] = header.length
  out.set(header, 8)
  return out
})()
const tar = ((): Uint8Array => {
  const out = new Uint8Array(1024)
  out.set(text('storages'))
  out.set(text('ustar'), 257)
  return out
})()

const cases: readonly (readonly [what: string, file: Uint8Array, code: string, says: RegExp])[] = [
  ['nothing', bytes(), 'PT1001', /empty/],
  ['one byte', bytes(0x50), 'PT1002', /1 byte, starting with 50/],
  ['one odd byte', bytes(0xff), 'PT1002', /1 byte, starting with ff/],
  ['a cut zip', good.subarray(0, good.length - 40), 'PT1003', /ends at byte \d+/],
  ['a zip cut to its first bytes', good.subarray(0, 10), 'PT1003', /ends at byte 10/],
  ['zeros', new Uint8Array(5000), 'PT1029', /all zero/],
  [
    'a Git LFS pointer',
    text('version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 46830571\n'),
    'PT1004',
    /46830571 bytes.*\n?.*git lfs pull/s,
  ],
  ['an HTML page', text('<!DOCTYPE html><html><head><title>404 Not Found</title></head></html>'), 'PT1005', /404 Not Found/],
  ['an XML error', text('<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>'), 'PT1005', /web page/],
  ['a JSON error', text('{"error":"Repository not found"}'), 'PT1006', /Repository not found/],
  ['Python source', text('import torch\n\nclass Net(torch.nn.Module):\n  pass\n'), 'PT1026', /Python source/],
  ['a note', text('The model is on the shared drive.'), 'PT1026', /shared drive/],
  ['gzip', gzipSync(good), 'PT1007', /gzip/],
  ['7-Zip', padded(bytes(0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c)), 'PT1007', /7-Zip/],
  ['RAR', padded(text('Rar!\x1a\x07')), 'PT1007', /RAR/],
  ['xz', padded(bytes(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0)), 'PT1007', /xz/],
  ['tar', tar, 'PT1018', /tar archive/],
  ['a zip around a model', zipOf([{ name: 'models/net.pt', data: good }]), 'PT1008', /models\/net\.pt/],
  ['a zip without a model', zipOf([{ name: 'readme.txt', data: text('hi') }]), 'PT1027', /readme\.txt/],
  ['an empty zip', zipOf([]), 'PT1027', /empty/],
  ['ONNX', onnx, 'PT1009', /ONNX/],
  ['safetensors', safetensors, 'PT1010', /safetensors/],
  ['a FlatBuffer', fixture('lite-flatbuffer.ptl'), 'PT1011', /FlatBuffer/],
  ['torch.export', fixture('exported.pt2'), 'PT1012', /torch\.export/],
  [
    'torch.export of 2.7',
    zipOf([
      { name: 'serialized_exported_program.json', data: text('{}') },
      { name: 'version', data: text('7') },
    ]),
    'PT1013',
    /2\.7/,
  ],
  ['a state_dict', fixture('state-dict.pth'), 'PT1014', /2 tensors \(linear\.weight.*torch\.jit\.script/s],
  ['a state_dict of protocol 4', fixture('state-dict-protocol-4.pth'), 'PT1014', /2 tensors \(linear\.weight/],
  ['a pickled module', fixture('module.pth'), 'PT1015', /class __main__\.Net/],
  ['a checkpoint', fixture('checkpoint.ckpt'), 'PT1016', /epoch, model_state_dict, loss/],
  ['a checkpoint with a module', fixture('checkpoint-module.pt'), 'PT1015', /entry "model".*__main__\.Net/],
  ['a tensor', fixture('tensor.pt'), 'PT1024', /one tensor/],
  ['a list', fixture('list.pt'), 'PT1024', /a list/],
  ['a legacy stream', fixture('legacy.pth'), 'PT1017', /before 1\.6/],
  [
    'TorchScript of 1.0',
    zipOf([
      { name: 'net/model.json', data: text('{}') },
      { name: 'net/tensors/0', data: bytes(0) },
    ]),
    'PT1022',
    /1\.0 to 1\.3/,
  ],
  [
    'lite without code',
    zipOf([
      { name: 'net/bytecode.pkl', data: text('x') },
      { name: 'net/data.pkl', data: text('x') },
    ]),
    'PT1023',
    /stripped/,
  ],
  ['torch.package', zipOf([{ name: 'net/.data/extern_modules', data: text('') }]), 'PT1028', /torch\.package/],
  ['another pickle', bytes(0x80, 2, 0x28, 0x4b, 1, 0x4b, 2, 0x74, 0x2e), 'PT1025', /did not write/],
  ['HDF5', padded(bytes(0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a)), 'PT1019', /HDF5/],
  ['.npy', padded(bytes(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1)), 'PT1020', /NumPy/],
  ['.npz', zipOf([{ name: 'x.npy', data: text('x') }]), 'PT1020', /npz/],
  ['PNG', padded(bytes(0x89, 0x50, 0x4e, 0x47)), 'PT1021', /PNG/],
  ['JPEG', padded(bytes(0xff, 0xd8, 0xff, 0xe0)), 'PT1021', /JPEG/],
  ['TensorFlow Lite', padded(bytes(0x1c, 0, 0, 0, 0x54, 0x46, 0x4c, 0x33)), 'PT1030', /TensorFlow Lite/],
  ['GGUF', padded(text('GGUF')), 'PT1030', /GGUF/],
  ['Keras', zipOf([{ name: 'model.weights.h5', data: text('x') }]), 'PT1030', /Keras/],
  ['noise', Uint8Array.from({ length: 500 }, (_, i) => (i * 97 + 131) & 0xff), 'PT1002', /500 bytes/],
]

describe('sniff', () => {
  it.each(cases)('%s', (_, file, code, says) => {
    const error = readingError(file)
    expect(error.code).toBe(code)
    expect(error.message).toMatch(says)
    expect(error.problems[0].fix).toBeTruthy()
  })

  it('tells TorchScript, however the archive is packed', () => {
    expect(sniff(good).kind).toBe('torchscript')
    const repacked = zipOf([
      { name: 'any/', data: bytes() },
      { name: 'any/constants.pkl', data: text(').'), deflate: deflateRawSync },
      { name: 'any/code/__torch__.py', data: text('') },
    ])
    expect(sniff(repacked).kind).toBe('torchscript')
  })
})
