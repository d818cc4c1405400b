// Tables of quantized rows: the rows that are asked for are looked up as integers, then made reals, so that a table is never expanded.
// Rows have float scales and zero points. Answers to qembeddingbag.cpp, qembeddingbag_prepack.cpp and qembeddingbag_unpack.cpp.

import { constantTensor } from '../../ir/constant.ts'
import { fromFloat16 } from '../../ir/float16.ts'
import { contiguousBytes, tensorOf, type Tensor } from '../../ir/tensor.ts'
import { tensorFromElements } from '../../ir/tensor-elements.ts'
import { intType, tensorType } from '../../ir/type.ts'
import type { Value } from '../../ir/value.ts'
import type { Emit } from './emit.ts'
import { isNone, packedOf, quantized, weightOf, type Call, type QuantizedRow } from './row.ts'

/** real = q·scale + bias, by row. */
interface Table {
  readonly repr: Value
  readonly scale: Value
  readonly bias: Value
}

/** A table in the form that packing gives: scale and bias of rows of four bits are float16. */
function tableOf(call: Call, weight: Value): Table {
  const { emit: e } = call
  const { repr, scale, zeroPoint, dtype } = weightOf(call, packedOf(call, weight))
  const bias = e.op('aten::neg', e.mul(e.float(zeroPoint), scale))
  if (dtype === 'quint8') return { repr, scale, bias }
  if (dtype !== 'quint4x2') return call.refuse('its rows have another dtype than tables have')
  const half = (x: Value): Value => e.float(e.to(x, 'float16'))
  return { repr, scale: half(scale), bias: half(bias) }
}

function constantTable(e: Emit, bytes: Uint8Array, sizes: readonly number[], scales: readonly number[], biases: readonly number[]): Table {
  return {
    repr: e.b.constant(tensorOf('uint8', sizes, bytes)),
    scale: e.b.constant(tensorFromElements('float32', [scales.length], scales)),
    bias: e.b.constant(tensorFromElements('float32', [biases.length], biases)),
  }
}

/** Rows with their scale and bias behind them: two float32 behind bytes, two float16 behind less. */
function fusedTable(call: Call, weight: Value, bits: 8 | 4 | 2): Table {
  const tensor: Tensor = constantTensor(weight) ?? call.refuse('its table is not known at build time')
  const [rows, width] = tensor.sizes
  const tail = bits === 8 ? 8 : 4
  if (tensor.dtype !== 'uint8' || tensor.sizes.length !== 2 || rows === undefined || width === undefined || width < tail)
    return call.refuse('its table has another form than packing gives')
  const bytes = contiguousBytes(tensor)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const per = 8 / bits
  const columns = (width - tail) * per
  const out = new Uint8Array(rows * columns)
  const ends: [number, number][] = []
  for (let row = 0; row < rows; row++) {
    const start = row * width
    for (let column = 0; column < columns; column++)
      out[row * columns + column] = (bytes[start + Math.floor(column / per)]! >> (bits * (column % per))) & ((1 << bits) - 1)
    const end = start + width - tail
    ends.push(
      bits === 8
        ? [view.getFloat32(end, true), view.getFloat32(end + 4, true)]
        : [fromFloat16(view.getUint16(end, true)), fromFloat16(view.getUint16(end + 2, true))],
    )
  }
  return constantTable(
    call.emit,
    out,
    [rows, columns],
    ends.map(([scale]) => scale),
    ends.map(([, bias]) => bias),
  )
}

/** The rows as reals: […, D] for indices […]. */
function rowsOf({ emit: e }: Call, { repr, scale, bias }: Table, indices: Value): Value {
  const take = (table: Value): Value => e.op('aten::embedding', table, indices, -1n, false, false)
  const column = (vector: Value): Value => e.op('aten::unsqueeze', vector, 1n)
  return e.add(e.op('aten::mul', e.float(take(repr)), take(column(scale))), take(column(bias)))
}

interface BagArgs {
  readonly indices: Value
  readonly offsets: Value
  readonly pruned_weights: Value
  readonly per_sample_weights: Value
  readonly compressed_indices_mapping: Value
  readonly include_last_offset: Value
}

/** Sums of rows. torch's kernels know no other mode, whatever they are handed. */
function bag(call: Call, table: Table, args: BagArgs): Value {
  const { emit: e } = call
  if (!isNone(args.compressed_indices_mapping) && args.pruned_weights.node.attributes.get('value') !== false)
    return call.refuse('its table is pruned')
  const weights = args.per_sample_weights
  if (isNone(args.offsets)) {
    // Every row of a matrix of indices is a bag.
    const rows = rowsOf(call, table, args.indices)
    const scaled = isNone(weights) ? rows : e.op('aten::mul', rows, e.op('aten::unsqueeze', weights, -1n))
    return e.op('aten::sum', scaled, [1], false, null)
  }
  const rows = rowsOf(call, table, args.indices)
  const count = e.typed(intType, 'aten::size', args.indices, 0n)
  const places = e.op('aten::arange', count, 4n, null, null, null)
  const node = e.b.node(
    'aten::embedding_bag',
    [
      rows,
      places,
      e.to(args.offsets, 'int64'),
      e.value(false),
      e.value(0n),
      e.value(false),
      isNone(weights) ? e.value(null) : weights,
      args.include_last_offset,
    ],
    [tensorType, tensorType, tensorType, tensorType],
  )
  return node.output()
}

const EMBEDDING = '__torch__.torch.classes.quantized.EmbeddingPackedParamsBase'
const BAG =
  'Tensor indices, Tensor? offsets=None, bool scale_grad_by_freq=False, int mode=0, bool pruned_weights=False, Tensor? per_sample_weights=None, Tensor? compressed_indices_mapping=None, bool include_last_offset=False) -> Tensor'

export const embeddingRows: readonly QuantizedRow[] = [
  ...['byte', '4bit'].flatMap((width) => [
    ...quantized(
      `quantized::embedding_${width}(${EMBEDDING} weight, Tensor indices, bool pruned_weights=False) -> Tensor`,
      (given, call) => {
        const { weight, indices } = given as unknown as Readonly<Record<'weight' | 'indices', Value>>
        return rowsOf(call, tableOf(call, weight), indices)
      },
    ),
    ...quantized(`quantized::embedding_bag_${width}(${EMBEDDING} weight, ${BAG}`, (given, call) => {
      const args = given as unknown as BagArgs & { readonly weight: Value }
      return bag(call, tableOf(call, args.weight), args)
    }),
  ]),
  ...([8, 4, 2] as const).flatMap((bits) => {
    const width = bits === 8 ? 'byte' : `${bits}bit`
    return [
      ...quantized(`quantized::embedding_bag_${width}_rowwise_offsets(Tensor weight, ${BAG}`, (given, call) => {
        const args = given as unknown as BagArgs & { readonly weight: Value }
        return bag(call, fusedTable(call, args.weight, bits), args)
      }),
      ...quantized(`quantized::embedding_bag_${width}_unpack(Tensor weight) -> Tensor`, ({ weight }, call) => {
        const { emit: e } = call
        const { repr, scale, bias } = fusedTable(call, weight, bits)
        const column = (vector: Value): Value => e.op('aten::unsqueeze', vector, 1n)
        return e.add(e.op('aten::mul', e.float(repr), column(scale)), column(bias))
      }),
    ]
  }),
]
