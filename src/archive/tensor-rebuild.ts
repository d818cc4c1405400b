// Tensors from their pickled parts: dtype, sizes, strides and offset, checked against the bytes that are really there.
// Answers to torch/_utils.py (_rebuild_tensor_v2, _rebuild_tensor_v3, _rebuild_qtensor) and Unpickler::rebuildTensor.

import { scalarTypeInfo, type ScalarType } from '../ir/scalar-type.ts'
import { isContiguous, numel, type Quantizer, type Storage, type Tensor } from '../ir/tensor.ts'
import { MAX_EXPANDED_TENSOR_BYTES, MAX_TENSOR_RANK } from './limits.ts'
import { isKind, itemName, type PickleCall, type PickleItem, type PickleStorage } from './pickle-item.ts'

type Args = readonly PickleItem[]

function wrongArguments(call: PickleCall, expected: string): never {
  return call.fail('PT1207', `${call.path} takes ${expected}`)
}

/** A non-negative integer that a place in a file can be. */
function count(item: PickleItem | undefined, what: string, call: PickleCall): number {
  if (typeof item !== 'bigint') return call.fail('PT1304', `${what} must be an int, not ${itemName(item)}`)
  if (item < 0n || item > BigInt(Number.MAX_SAFE_INTEGER)) return call.fail('PT1304', `${what} cannot be ${item.toString().slice(0, 40)}`)
  return Number(item)
}

function counts(item: PickleItem | undefined, what: string, call: PickleCall): number[] {
  if (!isKind(item, 'tuple') && !isKind(item, 'list')) return call.fail('PT1304', `the ${what}s must be a tuple, not ${itemName(item)}`)
  if (item.items.length > MAX_TENSOR_RANK)
    return call.fail('PT1304', `a tensor of ${item.items.length} dimensions; the limit is ${MAX_TENSOR_RANK}`)
  return item.items.map((value) => count(value, `a ${what}`, call))
}

/** Elements that a storage holds of a dtype; sub-byte types are packed. */
function capacity(bytes: number, dtype: ScalarType): number {
  if (dtype === 'quint4x2') return bytes * 2
  if (dtype === 'quint2x4') return bytes * 4
  return Math.floor(bytes / scalarTypeInfo(dtype).bytes)
}

interface Layout {
  readonly sizes: readonly number[]
  readonly strides: readonly number[]
  readonly offset: number
}

function readLayout(
  offsetItem: PickleItem | undefined,
  sizeItem: PickleItem | undefined,
  strideItem: PickleItem | undefined,
  call: PickleCall,
): Layout {
  const offset = count(offsetItem, 'a storage offset', call)
  const sizes = counts(sizeItem, 'size', call)
  const strides = counts(strideItem, 'stride', call)
  if (sizes.length !== strides.length) return call.fail('PT1304', `a tensor has ${sizes.length} sizes and ${strides.length} strides`)
  // Sizes are multiplied as torch does, zeros aside, so that no product is beyond what a number holds exactly.
  let elements = 1
  for (const size of sizes) {
    elements *= Math.max(1, size)
    if (elements > Number.MAX_SAFE_INTEGER) return call.fail('PT1304', `a tensor of sizes (${sizes.join(', ')}) has too many elements`)
  }
  return { sizes, strides, offset }
}

/** Fails unless every element of the layout lies in the storage. */
function checkBounds(layout: Layout, dtype: ScalarType, storage: Storage, call: PickleCall): void {
  const { sizes, strides, offset } = layout
  const held = capacity(storage.bytes.length, dtype)
  const elements = numel(sizes)
  const last = elements === 0 ? offset : sizes.reduce((at, size, axis) => at + (size - 1) * strides[axis]!, offset) + 1
  if (last > held) {
    call.fail(
      'PT1303',
      `a tensor of sizes (${sizes.join(', ')}), strides (${strides.join(', ')}) and offset ${offset} needs ${last} elements; its storage holds ${held}`,
    )
  }
  const shownBytes = elements * scalarTypeInfo(dtype).bytes
  if (shownBytes > MAX_EXPANDED_TENSOR_BYTES && shownBytes > storage.bytes.length) {
    call.fail('PT1308', `a tensor of sizes (${sizes.join(', ')}) repeats ${storage.bytes.length} stored bytes to ${shownBytes}`)
  }
}

/** A bool is one byte, 0 or 1; other bytes have no one meaning. Each storage is looked at once. */
const checkedBools = new WeakSet<Storage>()
function checkBools(storage: Storage, call: PickleCall): void {
  if (checkedBools.has(storage)) return
  const at = storage.bytes.findIndex((byte) => byte > 1)
  if (at !== -1) call.fail('PT1309', `a bool tensor holds the byte ${storage.bytes[at]} at ${at}`)
  checkedBools.add(storage)
}

/** `{'conj': True}`, `{'neg': True}`: the storage holds the other bytes. */
function mathBits(item: PickleItem | undefined, call: PickleCall): { readonly conj?: true; readonly neg?: true } {
  if (item === undefined || item === null) return {}
  if (!isKind(item, 'dict')) return wrongArguments(call, `a dict of flags, not ${itemName(item)}`)
  let bits: { readonly conj?: true; readonly neg?: true } = {}
  for (const [key, value] of item.entries) {
    if ((key !== 'conj' && key !== 'neg') || typeof value !== 'boolean')
      return call.fail('PT1307', 'a tensor carries flags other than conj and neg')
    if (value) bits = key === 'conj' ? { ...bits, conj: true } : { ...bits, neg: true }
  }
  return bits
}

function build(source: PickleStorage, dtype: ScalarType, layout: Layout, extra: Partial<Tensor>, call: PickleCall): Tensor {
  const { storage } = source
  if (!source.shapeOnly) checkBounds(layout, dtype, storage, call)
  if (dtype === 'bool' && !source.shapeOnly) checkBools(storage, call)
  const tensor: Tensor = { kind: 'tensor', dtype, ...layout, storage, ...extra }
  if ((dtype === 'quint4x2' || dtype === 'quint2x4') && !(isContiguous(tensor) && layout.offset === 0)) {
    return call.fail('PT1307', `a ${dtype} tensor that is not contiguous`)
  }
  return tensor
}

function needStorage(item: PickleItem | undefined, call: PickleCall): PickleStorage {
  return isKind(item, 'storage') ? item : call.fail('PT1207', `${call.path} takes a storage, not ${itemName(item)}`)
}

function typedDtype(source: PickleStorage, call: PickleCall): ScalarType {
  if (source.dtype === 'untyped') return call.fail('PT1305', `${call.path} needs a storage with a dtype`)
  return source.dtype
}

function flag(item: PickleItem | undefined, call: PickleCall): boolean {
  return typeof item === 'boolean' ? item : wrongArguments(call, `a bool for requires_grad, not ${itemName(item)}`)
}

/** Backward hooks are never saved: an empty dict, or None. */
function checkHooks(item: PickleItem | undefined, call: PickleCall): void {
  if (item !== null && !(isKind(item, 'dict') && item.entries.length === 0))
    call.fail('PT1207', `${call.path} takes an empty dict of hooks, not ${itemName(item)}`)
}

/** `(storage, offset, size, stride, requires_grad, hooks[, flags])`; before 0.4 the first four only. */
export function rebuildTensor(args: Args, call: PickleCall): Tensor {
  if (args.length !== 4 && args.length !== 6 && args.length !== 7) return wrongArguments(call, `6 or 7 arguments, not ${args.length}`)
  const source = needStorage(args[0], call)
  const dtype = typedDtype(source, call)
  if (scalarTypeInfo(dtype).category === 'quantized') return call.fail('PT1305', `a ${dtype} tensor without quantization parameters`)
  const layout = readLayout(args[1], args[2], args[3], call)
  if (args.length === 4) return build(source, dtype, layout, {}, call)
  const requiresGrad = flag(args[4], call)
  checkHooks(args[5], call)
  return build(source, dtype, layout, { requiresGrad, ...mathBits(args[6], call) }, call)
}

/** `(untyped storage, offset, size, stride, requires_grad, hooks, dtype[, flags])` */
export function rebuildTensorV3(args: Args, call: PickleCall): Tensor {
  if (args.length !== 7 && args.length !== 8) return wrongArguments(call, `7 or 8 arguments, not ${args.length}`)
  const source = needStorage(args[0], call)
  const type = args[6]
  if (!isKind(type, 'global') || type.entry.role !== 'dtype')
    return call.fail('PT1305', `a tensor's dtype must be a torch dtype, not ${itemName(type)}`)
  const { dtype } = type.entry
  if (source.dtype !== 'untyped' && source.dtype !== dtype) return call.fail('PT1305', `a ${dtype} tensor on a storage of ${source.dtype}`)
  if (scalarTypeInfo(dtype).category === 'quantized') return call.fail('PT1305', `a ${dtype} tensor without quantization parameters`)
  const requiresGrad = flag(args[4], call)
  checkHooks(args[5], call)
  return build(source, dtype, readLayout(args[1], args[2], args[3], call), { requiresGrad, ...mathBits(args[7], call) }, call)
}

/** `(storage, offset, size, stride, qparams, requires_grad, hooks)` */
export function rebuildQTensor(args: Args, call: PickleCall): Tensor {
  if (args.length !== 7) return wrongArguments(call, `7 arguments, not ${args.length}`)
  const source = needStorage(args[0], call)
  const dtype = typedDtype(source, call)
  if (scalarTypeInfo(dtype).category !== 'quantized') return call.fail('PT1306', `quantization parameters on a ${dtype} tensor`)
  const layout = readLayout(args[1], args[2], args[3], call)
  const quantizer = readQuantizer(args[4], layout, call)
  const requiresGrad = flag(args[5], call)
  checkHooks(args[6], call)
  return build(source, dtype, layout, { requiresGrad, quantizer }, call)
}

function readQuantizer(item: PickleItem | undefined, layout: Layout, call: PickleCall): Quantizer {
  const wrong = (what: string): never => call.fail('PT1306', what)
  if (!isKind(item, 'tuple')) return wrong(`the quantization parameters must be a tuple, not ${itemName(item)}`)
  const [scheme, ...rest] = item.items as Args
  if (!isKind(scheme, 'global') || scheme.entry.role !== 'qscheme')
    return wrong(`a quantization scheme must come first, not ${itemName(scheme)}`)
  if (scheme.path === 'torch.per_tensor_affine') {
    const [scale, zeroPoint] = rest
    if (rest.length !== 2 || typeof scale !== 'number' || !Number.isFinite(scale))
      return wrong('per_tensor_affine needs a finite scale and a zero point')
    if (typeof zeroPoint !== 'bigint' || BigInt.asIntN(32, zeroPoint) !== zeroPoint)
      return wrong('per_tensor_affine needs an int zero point')
    return { scheme: 'per_tensor_affine', scale, zeroPoint: Number(zeroPoint) }
  }
  const [scales, zeroPoints, axis] = rest
  if (rest.length !== 3 || !isKind(scales, 'tensor') || !isKind(zeroPoints, 'tensor') || typeof axis !== 'bigint') {
    return wrong('per_channel_affine needs scales, zero points and an axis')
  }
  const channels =
    axis >= 0n && axis < BigInt(layout.sizes.length)
      ? layout.sizes[Number(axis)]!
      : wrong(`the channel axis ${axis} is not one of the tensor's`)
  for (const tensor of [scales, zeroPoints]) {
    if (tensor.sizes.length !== 1 || tensor.sizes[0] !== channels) {
      return wrong(`${channels} channels need ${channels} scales and zero points, not sizes (${tensor.sizes.join(', ')})`)
    }
  }
  const name = scheme.path === 'torch.per_channel_affine' ? 'per_channel_affine' : 'per_channel_affine_float_qparams'
  return { scheme: name, scales, zeroPoints, axis: Number(axis) }
}

/** `(tensor, requires_grad, hooks)`: a Parameter is its tensor. */
export function rebuildParameter(args: Args, call: PickleCall): Tensor {
  if (args.length !== 3) return wrongArguments(call, `3 arguments, not ${args.length}`)
  const [tensor, requiresGrad, hooks] = args
  if (!isKind(tensor, 'tensor')) return wrongArguments(call, `a tensor, not ${itemName(tensor)}`)
  checkHooks(hooks, call)
  return { ...tensor, requiresGrad: flag(requiresGrad, call) }
}
