// Packed parameters: as packing operators take them, as native objects in an archive hold them over the versions, and back.
// Answers to __getstate__ and __setstate__ of the classes registered in aten/src/ATen/native/quantized/cpu/fbgemm_utils.cpp and qembeddingbag_prepack.cpp,
// and of CellParamsBase in aten/src/ATen/native/RNN.cpp.

import type { IObject, IValue } from '../../ir/ivalue.ts'
import type { Tensor } from '../../ir/tensor.ts'
import { readElements } from '../../ir/tensor-elements.ts'
import { intType, listOf } from '../../ir/type.ts'
import type { Value } from '../../ir/value.ts'
import { qconstant } from './affine.ts'
import type { Packed, PackedArg } from './quantized-value.ts'
import { packedOf, plain, quantized, type Call, type Lowered, type QuantizedRow } from './row.ts'

/** A packing operator and its arguments, as values. */
interface Repacked {
  readonly operator: string
  readonly args: readonly IValue[]
}

/** The class that evaluating a packing operator while an archive is read gives: see frontend/restore-state.ts. */
export const PACKING = 'operator'
export const PACKED_ARGS = 'args'

/** What a native object of packed parameters stands for; undefined for classes that are something else. */
export function nativePacked(call: Call, object: IObject): Packed | undefined {
  const made = object.attributes.get(PACKING)
  const args = object.attributes.get(PACKED_ARGS)
  const found: Repacked | undefined =
    typeof made === 'string' && isKind(args, 'tuple') ? { operator: made, args: args.items } : repacked(object, call)
  if (found === undefined) return undefined
  return { kind: 'packed', operator: found.operator, args: found.args.map((arg) => asArgument(call, arg)) }
}

function asArgument(call: Call, value: IValue): PackedArg {
  if (isKind(value, 'tensor')) return qconstant(call.emit, value) ?? call.emit.b.constant(value)
  if (isKind(value, 'object')) return nativePacked(call, value) ?? call.refuse(`${value.className} is no packed weight`)
  if (isKind(value, 'list') && value.items.length === 0) return call.emit.b.constant(value, listOf(intType))
  return call.emit.b.constant(value)
}

/** Contexts of mobile operators: `(weight, bias, numbers of a convolution…, min, max)`, which is how they are packed. */
const CONTEXTS: ReadonlyMap<string, { readonly operator: string; readonly count: number }> = new Map(
  (
    [
      ['xnnpack.LinearOpContext', 'prepacked::linear_clamp_prepack', 4],
      ['xnnpack.Conv2dOpContext', 'prepacked::conv2d_clamp_prepack', 8],
      ['xnnpack.TransposeConv2dOpContext', 'prepacked::conv2d_transpose_clamp_prepack', 9],
      ['metal.LinearOpContext', 'metal_prepack::linear_prepack', 4],
      ['metal.Conv2dOpContext', 'metal_prepack::conv2d_prepack', 8],
    ] as const
  ).map(([name, operator, count]) => [`__torch__.torch.classes.${name}`, { operator, count }]),
)

const CLASS = /^__torch__\.torch\.classes\.(?:(?:quantized|rnn)\.)?(\w+?)(?:PackedParamsBase|ParamsBase)$/

function repacked(object: IObject, call: Call): Repacked | undefined {
  const { state, className } = object
  if (state === undefined) return undefined
  const wrong = (): never => call.refuse(`the state of ${className} has a layout that no torch writes`)
  const context = CONTEXTS.get(className)
  if (context !== undefined) {
    const args = itemsOf(state, wrong)
    return args.length === context.count ? { operator: context.operator, args } : wrong()
  }
  const kind = CLASS.exec(className)?.[1]
  switch (kind) {
    case 'Linear':
      return linear(state, wrong)
    case 'Conv2d':
    case 'Conv3d':
      return conv(state, kind === 'Conv2d' ? 2 : 3, wrong)
    case 'Embedding':
      return embedding(state, wrong)
    case 'Cell':
      return cell(state, wrong)
    default:
      return undefined
  }
}

type Kinded = Extract<IValue, { readonly kind: string }>
function isKind<K extends Kinded['kind']>(value: IValue | undefined, kind: K): value is Extract<Kinded, { readonly kind: K }> {
  return typeof value === 'object' && value !== null && value.kind === kind
}
const itemsOf = (value: IValue | undefined, wrong: () => never): readonly IValue[] =>
  isKind(value, 'tuple') || isKind(value, 'list') ? value.items : wrong()

/** `(weight, bias)`. A weight of floats was packed as float16. */
function linear(state: IValue, wrong: () => never): Repacked {
  const [weight, bias = null] = itemsOf(state, wrong)
  if (!isKind(weight, 'tensor')) return wrong()
  return { operator: `quantized::linear_prepack${weight.quantizer === undefined ? '_fp16' : ''}`, args: [weight, bias] }
}

const numbers = (tensor: Tensor): number[] => readElements(tensor).map(Number)
const ints = (values: readonly number[]): IValue => ({ kind: 'list', items: values.map(BigInt) })

/**
 * Version 1: `(weight, bias, stride[], padding[], dilation[], groups)`, each number a tensor of its own.
 * Version 2: `('2', [numbers, weight], [bias])`; version 3: `(3, numbers, [none, weight, bias])`. The numbers are the count of axes, stride,
 * padding, dilation, output padding, groups and whether the convolution is transposed.
 */
function conv(state: IValue, dims: number, wrong: () => never): Repacked {
  const parts = itemsOf(state, wrong)
  const [first] = parts
  let numbersOf: readonly number[]
  let weight: IValue | undefined
  let bias: IValue | undefined
  if (isKind(first, 'tensor')) {
    const each = (value: IValue | undefined): number[] =>
      itemsOf(value, wrong).map((item) => (isKind(item, 'tensor') ? (numbers(item)[0] ?? wrong()) : wrong()))
    const groups = parts[5]
    if (!isKind(groups, 'tensor')) return wrong()
    numbersOf = [dims, ...each(parts[2]), ...each(parts[3]), ...each(parts[4]), ...Array<number>(dims).fill(0), numbers(groups)[0]!, 0]
    ;[weight, bias] = parts
  } else if (first === '2') {
    const [config, packed] = itemsOf(parts[1], wrong)
    if (!isKind(config, 'tensor')) return wrong()
    numbersOf = numbers(config)
    weight = packed
    bias = itemsOf(parts[2], wrong)[0]
  } else if (first === 3n) {
    numbersOf = itemsOf(parts[1], wrong).map(Number)
    ;[, weight, bias] = itemsOf(parts[2], wrong)
  } else return wrong()
  if (
    !isKind(weight, 'tensor') ||
    numbersOf.length !== 4 * dims + 3 ||
    numbersOf[0] !== dims ||
    numbersOf.some((n) => !Number.isSafeInteger(n))
  )
    return wrong()
  const [stride, padding, dilation, outputPadding] = [0, 1, 2, 3].map((i) => ints(numbersOf.slice(1 + i * dims, 1 + (i + 1) * dims)))
  const groups = BigInt(numbersOf.at(-2)!)
  return numbersOf.at(-1) === 1
    ? {
        operator: `quantized::conv_transpose${dims}d_prepack`,
        args: [weight, bias ?? null, stride!, padding!, outputPadding!, dilation!, groups],
      }
    : { operator: `quantized::conv${dims}d_prepack`, args: [weight, bias ?? null, stride!, padding!, dilation!, groups] }
}

/** `(1, [weight], [], [bits])` */
function embedding(state: IValue, wrong: () => never): Repacked {
  const [weight] = itemsOf(itemsOf(state, wrong)[1], wrong)
  return isKind(weight, 'tensor') ? { operator: 'quantized::embedding_bag_prepack', args: [weight] } : wrong()
}

/** `(type, tensors, floats, ints, packed weights)` */
function cell(state: IValue, wrong: () => never): Repacked {
  const [type, tensors, , longs, packed] = itemsOf(state, wrong)
  const [ih, hh] = itemsOf(packed, wrong)
  const [bih, bhh] = itemsOf(tensors, wrong)
  if (type === 'quantized_dynamic')
    return {
      operator: 'quantized::make_quantized_cell_params_dynamic',
      args: [ih ?? null, hh ?? null, bih ?? null, bhh ?? null, itemsOf(longs, wrong)[0] === 1n],
    }
  if (type === 'quantized_fp16') return { operator: 'quantized::make_quantized_cell_params_fp16', args: [ih ?? null, hh ?? null] }
  return wrong()
}

/** The call as it stands: what packs is undone by what takes the packed weights. */
function prepack(operator: string, ...names: readonly string[]): (args: Readonly<Record<string, Value>>, call: Call) => Lowered {
  return (args, call) => ({ kind: 'packed', operator, args: names.map((name) => call.of(args[name]!) ?? args[name]!) })
}

const LINEAR = '__torch__.torch.classes.quantized.LinearPackedParamsBase'
const CONV2D = '__torch__.torch.classes.quantized.Conv2dPackedParamsBase'
const CONV3D = '__torch__.torch.classes.quantized.Conv3dPackedParamsBase'
const CONV_ARGS = ['weight', 'bias', 'stride', 'padding', 'dilation', 'groups'] as const
const TRANSPOSED_ARGS = ['weight', 'bias', 'stride', 'padding', 'output_padding', 'dilation', 'groups'] as const

function unpackedPair(call: Call, { args }: Packed): readonly Lowered[] {
  const [weight, bias] = args
  return [weight!, bias!]
}
/** The argument of this name of the packing convolution. */
const convArg = (packed: Packed, name: (typeof TRANSPOSED_ARGS)[number]): PackedArg | undefined =>
  packed.args[(packed.operator.includes('transpose') ? TRANSPOSED_ARGS : (CONV_ARGS as readonly string[])).indexOf(name as never)]

const dims = [
  [1, CONV2D],
  [2, CONV2D],
  [3, CONV3D],
] as const

export const packedRows: readonly QuantizedRow[] = [
  ...quantized(
    [
      `quantized::linear_prepack(Tensor W, Tensor? B=None) -> ${LINEAR} W_prepack`,
      `_quantized::linear_prepack(Tensor W, Tensor? B=None) -> ${LINEAR} W_prepack`,
    ],
    prepack('quantized::linear_prepack', 'W', 'B'),
  ),
  ...quantized(
    [
      `quantized::linear_prepack_fp16(Tensor W, Tensor? B=None) -> ${LINEAR} W_prepack`,
      `_quantized::linear_prepack_fp16(Tensor W, Tensor? B=None) -> ${LINEAR} W_prepack`,
    ],
    prepack('quantized::linear_prepack_fp16', 'W', 'B'),
  ),
  ...dims.flatMap(([n, type]) =>
    quantized(
      [
        `quantized::conv${n}d_prepack(Tensor weight, Tensor? bias, int[] stride, int[] padding, int[] dilation, int groups) -> ${type}`,
        // torch has this name for volumes too, and no kernel behind it.
        ...(n !== 2
          ? []
          : [
              `_quantized::conv${n}d_prepack(Tensor weight, Tensor? bias, int[] stride, int[] padding, int[] dilation, int groups) -> ${type}`,
            ]),
        ...(n === 2
          ? [`quantized::conv_prepack(Tensor weight, Tensor? bias, int[] stride, int[] padding, int[] dilation, int groups) -> ${type}`]
          : []),
      ],
      prepack(`quantized::conv${n}d_prepack`, ...CONV_ARGS) as never,
    ),
  ),
  ...dims.flatMap(([n, type]) =>
    quantized(
      ['quantized', '_quantized'].map(
        (space) =>
          `${space}::conv_transpose${n}d_prepack(Tensor weight, Tensor? bias, int[] stride, int[] padding, int[] output_padding, int[] dilation, int groups) -> ${type}`,
      ),
      prepack(`quantized::conv_transpose${n}d_prepack`, ...TRANSPOSED_ARGS) as never,
    ),
  ),
  ...quantized(
    'quantized::embedding_bag_prepack(Tensor weight) -> __torch__.torch.classes.quantized.EmbeddingPackedParamsBase W_prepack',
    prepack('quantized::embedding_bag_prepack', 'weight'),
  ),
  ...quantized(
    `quantized::make_quantized_cell_params_dynamic(${LINEAR} w_ih, ${LINEAR} w_hh, Tensor bias_ih, Tensor bias_hh, bool reduce_range=False) -> __torch__.torch.classes.rnn.CellParamsBase`,
    prepack('quantized::make_quantized_cell_params_dynamic', 'w_ih', 'w_hh', 'bias_ih', 'bias_hh', 'reduce_range'),
  ),
  ...quantized(
    `quantized::make_quantized_cell_params_fp16(${LINEAR} w_ih, ${LINEAR} w_hh) -> __torch__.torch.classes.rnn.CellParamsBase`,
    prepack('quantized::make_quantized_cell_params_fp16', 'w_ih', 'w_hh'),
  ),

  ...quantized(
    [
      `quantized::linear_unpack(${LINEAR} W_prepack) -> (Tensor W_origin, Tensor? B_origin)`,
      `quantized::linear_unpack_fp16(${LINEAR} W_prepack) -> (Tensor W_origin, Tensor? B_origin)`,
    ],
    ({ W_prepack }, call) => unpackedPair(call, packedOf(call, W_prepack)),
  ),
  ...dims.flatMap(([n, type]) =>
    quantized(
      [
        `quantized::conv${n}d_unpack(${type} packed_weights) -> (Tensor unpacked_weights, Tensor? B_origin)`,
        `quantized::conv_transpose${n}d_unpack(${type} packed_weights) -> (Tensor unpacked_weights, Tensor? B_origin)`,
        ...(n === 2 ? [`quantized::conv_unpack(${type} packed_weights) -> (Tensor unpacked_weights, Tensor? B_origin)`] : []),
      ],
      (args, call) => unpackedPair(call, packedOf(call, (args as { packed_weights: never })['packed_weights'])),
    ),
  ),
  ...quantized(
    'quantized::embedding_bag_unpack(__torch__.torch.classes.quantized.EmbeddingPackedParamsBase W_prepack) -> Tensor W_origin',
    ({ W_prepack }, call) => packedOf(call, W_prepack).args[0]!,
  ),
  ...dims.slice(1).flatMap(([n, type]) =>
    ['conv', 'conv_transpose'].flatMap((name) =>
      (['stride', 'padding', 'dilation', 'output_padding', 'groups', 'transpose'] as const).flatMap((what) =>
        quantized(
          `quantized::${name}${n}d_${what}(${type} packed_weights) -> int${what === 'groups' || what === 'transpose' ? '' : '[]'}`,
          (args, call) => {
            const packed = packedOf(call, (args as { packed_weights: never })['packed_weights'])
            const isTransposed = packed.operator.includes('transpose')
            if (what === 'transpose') return call.emit.b.int(isTransposed ? 1 : 0)
            const found = convArg(packed, what)
            return found === undefined ? call.emit.ints(Array<number>(n).fill(0)) : plain(call, found)
          },
        ),
      ),
    ),
  ),
]
