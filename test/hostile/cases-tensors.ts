// T: tensors whose parts do not fit their bytes.

import { archiveWith, modulePickle, withTensor, type HostileCase } from './control.ts'
import * as p from './pickle-writer.ts'
import { concat } from './zip-writer.ts'

type Bytes = Uint8Array
const ints = (...values: readonly (bigint | number)[]): Bytes => p.tuple(...values.map(p.int))
const tensor = (name: string, codes: readonly string[], parts: p.TensorParts): HostileCase => ({
  name,
  expect: 'reject',
  codes,
  bytes: () => withTensor(p.tensor(parts)),
})
const any = (name: string, file: () => Bytes): HostileCase => ({ name, expect: 'either', holds: 'any', bytes: file })
const v3 = p.global('torch._utils', '_rebuild_tensor_v3')
const q = p.global('torch._utils', '_rebuild_qtensor')
const untyped = p.global('torch.storage', 'UntypedStorage')
const qint8 = p.global('torch', 'QInt8Storage')
const perTensor = p.global('torch', 'per_tensor_affine')
const perChannel = p.global('torch', 'per_channel_affine')
const qtensor = (qparams: Bytes): p.TensorParts => ({
  callee: q,
  storageClass: qint8,
  numel: p.int(16),
  requiresGrad: qparams,
  hooks: p.no,
  rest: [p.none],
})
const call = (module: string, name: string, ...args: readonly Bytes[]): Bytes => p.reduce(p.global(module, name), ...args)

const layouts: readonly HostileCase[] = [
  tensor('T1 shape over the storage', ['PT1303'], { size: ints(2, 3), stride: ints(3, 1) }),
  tensor('T1 shape far over the storage', ['PT1303'], { size: ints(1_000_000), stride: ints(1) }),
  tensor('T1 stride over the storage', ['PT1303'], { stride: ints(4, 1) }),
  tensor('T2 offset -1', ['PT1304'], { offset: p.int(-1) }),
  tensor('T2 offset at the end', ['PT1303'], { offset: p.int(4) }),
  tensor('T2 offset by one', ['PT1303'], { offset: p.int(1) }),
  tensor('T2 offset 2^40', ['PT1303'], { offset: p.int(2n ** 40n) }),
  tensor('T2 offset 2^53 + 1', ['PT1304'], { offset: p.int(2n ** 53n + 1n) }),
  tensor('T2 offset 2^64', ['PT1304'], { offset: p.int(2n ** 64n) }),
  tensor('T2 offset of nothing beyond the end', ['PT1303'], { offset: p.int(5), size: ints(0), stride: ints(1) }),
  tensor('T2 offset is a float', ['PT1304'], { offset: p.float(0) }),
  tensor('T3 stride -1', ['PT1304'], { stride: ints(-1, 1) }),
  tensor('T3 stride 2^62', ['PT1304'], { stride: ints(2n ** 62n, 1) }),
  tensor('T3 stride 2^52', ['PT1303'], { stride: ints(2n ** 52n, 1) }),
  tensor('T4 size -2', ['PT1304'], { size: ints(-2, 2) }),
  tensor('T4 size -2 by -2', ['PT1304'], { size: ints(-2, -2) }),
  tensor('T4 sizes that wrap to 0', ['PT1304'], { size: ints(2n ** 32n, 2n ** 32n) }),
  tensor('T4 sizes that wrap to 4', ['PT1304'], { size: ints(2n ** 52n, 2n ** 14n), stride: ints(0, 0) }),
  tensor('T4 size is NaN', ['PT1304'], { size: p.tuple(p.float(Number.NaN), p.int(2)) }),
  tensor('T4 size is a float', ['PT1304'], { size: p.tuple(p.float(2), p.int(2)) }),
  tensor('T4 size is a string', ['PT1304'], { size: p.tuple(p.str('2'), p.int(2)) }),
  tensor('T4 size is None', ['PT1304'], { size: p.none }),
  tensor('T4 size holds a bool', ['PT1304'], { size: p.tuple(p.yes, p.int(2)) }),
  tensor('T5 2^40 elements by stride 0', ['PT1308'], { size: ints(2n ** 40n), stride: ints(0) }),
  tensor('T5 2^20 by 2^20 by stride 0', ['PT1308'], { size: ints(2n ** 20n, 2n ** 20n), stride: ints(0, 0) }),
  tensor('T6 more sizes than strides', ['PT1304'], { size: ints(2, 2, 1) }),
  tensor('T6 10 000 dimensions', ['PT1304'], { size: p.tuple(...Array.from({ length: 10_000 }, () => p.int(1))) }),
  tensor('T6 size of 1000 bits', ['PT1304'], { size: ints(1n << 1000n, 1) }),
  any('T6 64 dimensions', () => {
    const ones = p.tuple(...Array.from({ length: 64 }, () => p.int(1)))
    return withTensor(p.tensor({ size: ones, stride: ones }))
  }),
]

const dtypes: readonly HostileCase[] = [
  tensor('T7 double over float bytes', ['PT1302'], { storageClass: p.global('torch', 'DoubleStorage') }),
  tensor('T7 half over float bytes', ['PT1302'], { storageClass: p.global('torch', 'HalfStorage') }),
  tensor('T7 complex over float bytes', ['PT1302'], { storageClass: p.global('torch', 'ComplexDoubleStorage') }),
  tensor('T7 quantized without parameters', ['PT1305'], { storageClass: qint8, numel: p.int(16) }),
  tensor('T7 untyped without dtype', ['PT1305'], { storageClass: untyped, numel: p.int(16) }),
  tensor('T7 v3 with a string for dtype', ['PT1305'], { callee: v3, storageClass: untyped, numel: p.int(16), rest: [p.str('float32')] }),
  tensor('T7 v3 of another dtype than its storage', ['PT1305'], { callee: v3, rest: [p.global('torch', 'int32')] }),
  tensor('T7 v3 with bytes counted as elements', ['PT1302'], {
    callee: v3,
    storageClass: untyped,
    numel: p.int(4),
    rest: [p.global('torch', 'float32')],
  }),
  tensor('T7 v3 over its storage', ['PT1303'], {
    callee: v3,
    storageClass: untyped,
    numel: p.int(16),
    rest: [p.global('torch', 'float64')],
  }),
  any('T7 v3 that is right', () =>
    withTensor(p.tensor({ callee: v3, storageClass: untyped, numel: p.int(16), rest: [p.global('torch', 'float32')] })),
  ),
  tensor('T7 flags that are no flags', ['PT1307'], { rest: [p.dict([p.str('__proto__'), p.yes])] }),
  tensor('T7 flags in a list', ['PT1207'], { rest: [p.emptyList] }),
  tensor('T7 hooks that are there', ['PT1207'], { hooks: p.dict([p.int(1), p.str('hook')]) }),
  tensor('T7 requires_grad is an int', ['PT1207'], { requiresGrad: p.int(1) }),
  tensor('T7 quantized, no scheme', ['PT1306'], qtensor(p.tuple(p.str('per_tensor_affine'), p.float(1), p.int(0)))),
  tensor('T7 quantized, scale NaN', ['PT1306'], qtensor(p.tuple(perTensor, p.float(Number.NaN), p.int(0)))),
  tensor('T7 quantized, scale an int', ['PT1306'], qtensor(p.tuple(perTensor, p.int(1), p.int(0)))),
  tensor('T7 quantized, zero point 2^40', ['PT1306'], qtensor(p.tuple(perTensor, p.float(1), p.int(2n ** 40n)))),
  tensor('T7 quantized, axis 5', ['PT1306'], qtensor(p.tuple(perChannel, p.tensor(), p.tensor(), p.int(5)))),
  tensor('T7 quantized, scales of another size', ['PT1306'], qtensor(p.tuple(perChannel, p.tensor(), p.tensor(), p.int(0)))),
  tensor('T7 quantized parameters on floats', ['PT1306'], {
    callee: q,
    requiresGrad: p.tuple(perTensor, p.float(1), p.int(0)),
    hooks: p.no,
    rest: [p.none],
  }),
  tensor('T7 meta device', ['PT1307'], { location: p.str('meta') }),
  any('T7 cuda device', () => withTensor(p.tensor({ location: p.str('cuda:7') }))),
]

const values: readonly HostileCase[] = [
  any('T8 300 views of one storage', () => {
    const all = Array.from({ length: 300 }, () => p.tensor())
    return archiveWith({ 'data.pkl': modulePickle(p.tensor(), p.str('views'), p.list(...all)) })
  }),
  ...[2, 255].map((byte): HostileCase => ({
    name: `T9 bool byte ${byte}`,
    expect: 'reject',
    codes: ['PT1309'],
    bytes: () =>
      archiveWith({
        'data/0': p.bytes(0, 1, byte, 0),
        'data.pkl': modulePickle(p.tensor({ storageClass: p.global('torch', 'BoolStorage') })),
      }),
  })),
  any('T10 NaN payloads and denormals', () =>
    archiveWith({ 'data/0': p.bytes(1, 0, 0xc0, 0x7f, 0, 0, 0, 0x80, 1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff) }),
  ),
  ...(
    [
      ['sparse', call('torch._utils', '_rebuild_sparse_tensor', p.int(1), p.tuple())],
      ['sparse CSR', call('torch._utils', '_rebuild_sparse_csr_tensor', p.int(2))],
      ['meta', call('torch._utils', '_rebuild_meta_tensor_no_storage', p.global('torch', 'float32'))],
      ['nested', call('torch._utils', '_rebuild_nested_tensor')],
      [
        'subclass',
        call(
          'torch._tensor',
          '_rebuild_from_type_v2',
          p.global('torch._utils', '_rebuild_tensor_v2'),
          p.str('Evil'),
          p.tuple(),
          p.emptyDict,
        ),
      ],
    ] as const
  ).map(([what, value]): HostileCase => ({
    name: `T11 ${what} tensor`,
    expect: 'reject',
    codes: ['PT1307'],
    bytes: () => withTensor(value),
  })),
  {
    name: 'T11 subclass of a foreign type',
    expect: 'reject',
    codes: ['PT1206'],
    bytes: () =>
      withTensor(call('torch._tensor', '_rebuild_from_type_v2', p.global('os', 'system'), p.str('Evil'), p.tuple(), p.emptyDict)),
  },
  {
    name: 'T11 too few arguments',
    expect: 'reject',
    codes: ['PT1207'],
    bytes: () => withTensor(call('torch._utils', '_rebuild_tensor_v2', p.int(1))),
  },
  {
    name: 'T11 a tensor where a storage belongs',
    expect: 'reject',
    codes: ['PT1207'],
    bytes: () => withTensor(call('torch._utils', '_rebuild_tensor', p.tensor(), p.int(0), ints(1), ints(1))),
  },
  {
    name: 'T11 parameter of a string',
    expect: 'reject',
    codes: ['PT1207'],
    bytes: () => withTensor(call('torch._utils', '_rebuild_parameter', p.str('w'), p.yes, p.none)),
  },
  { name: 'T0 whole storage unused', expect: 'accept', holds: 'same', bytes: () => archiveWith({ 'data/1': concat(new Uint8Array(64)) }) },
]

export function* tensorCases(): Generator<HostileCase> {
  yield* layouts
  yield* dtypes
  yield* values
}
