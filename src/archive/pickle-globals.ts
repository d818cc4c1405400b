// The allow-list: every name that a pickle of a TorchScript archive may mention, and the data it stands for. Keys of Maps only: `module name`.
// Answers to Unpickler::readGlobal in torch/csrc/jit/serialization/unpickler.cpp and to torch/_weights_only_unpickler.py.

import { isScalarType, scalarTypeInfo, scalarTypeOfCode } from '../ir/scalar-type.ts'
import { isKind, itemName, tupleOf, type GlobalEntry, type PickleCall, type PickleItem } from './pickle-item.ts'
import { rebuildParameter, rebuildQTensor, rebuildTensor, rebuildTensorV3 } from './tensor-rebuild.ts'

type Build = (args: readonly PickleItem[], call: PickleCall) => PickleItem
type Row = readonly [name: string, entry: GlobalEntry]

const builder = (module: string, name: string, build: Build): Row => [`${module} ${name}`, { role: 'build', build }]

/** `build_intlist([1, 2])`: a list whose items are all of one kind. */
function listBuilder(name: string, isItem: (item: PickleItem) => boolean): Row {
  return builder('torch.jit._pickle', name, (args, { fail }) => {
    const [list] = args
    if (args.length !== 1 || !isKind(list, 'list')) return fail('PT1207', `${name} takes one list`)
    const odd = list.items.find((item) => !isItem(item))
    return odd === undefined ? list : fail('PT1207', `${name} cannot hold ${itemName(odd)}`)
  })
}

function unreadable(module: string, name: string, what: string, fix: string): Row {
  return builder(module, name, (_, { fail }) => fail('PT1307', `${what} cannot be read`, fix))
}

const complex: Build = (args, { fail }) => {
  const [re, im] = args
  if (args.length !== 2 || typeof re !== 'number' || typeof im !== 'number') return fail('PT1207', 'complex takes two floats')
  return { kind: 'complex', re, im }
}

const orderedDict: Build = (args, { fail }) =>
  args.length === 0 ? { kind: 'dict', entries: [] } : fail('PT1207', 'OrderedDict takes no arguments here; its items follow it')

function storages(): Row[] {
  const rows: Row[] = [
    ['torch.storage UntypedStorage', { role: 'storage', dtype: 'untyped' }],
    ['torch.storage _UntypedStorage', { role: 'storage', dtype: 'untyped' }],
  ]
  for (let code = 0; code < 64; code++) {
    const dtype = scalarTypeOfCode(code)
    if (dtype !== undefined) rows.push([`torch ${scalarTypeInfo(dtype).graphName}Storage`, { role: 'storage', dtype }])
  }
  return rows
}

function dtypes(): Row[] {
  const rows: Row[] = []
  for (let code = 0; code < 64; code++) {
    const dtype = scalarTypeOfCode(code)
    if (dtype !== undefined && isScalarType(dtype)) rows.push([`torch ${dtype}`, { role: 'dtype', dtype }])
  }
  return rows
}

const dense = 'save dense CPU tensors: call .to_dense(), or .data, before exporting.'

const torchGlobals: ReadonlyMap<string, GlobalEntry> = new Map<string, GlobalEntry>([
  ...storages(),
  ...dtypes(),
  builder('torch._utils', '_rebuild_tensor', rebuildTensor),
  builder('torch._utils', '_rebuild_tensor_v2', rebuildTensor),
  builder('torch._utils', '_rebuild_tensor_v3', rebuildTensorV3),
  builder('torch._utils', '_rebuild_qtensor', rebuildQTensor),
  builder('torch._utils', '_rebuild_parameter', rebuildParameter),
  unreadable('torch._utils', '_rebuild_sparse_tensor', 'a sparse tensor', dense),
  unreadable('torch._utils', '_rebuild_sparse_csr_tensor', 'a sparse tensor', dense),
  unreadable('torch._utils', '_rebuild_nested_tensor', 'a nested tensor', dense),
  unreadable('torch._utils', '_rebuild_wrapper_subclass', 'a tensor subclass', dense),
  unreadable(
    'torch._utils',
    '_rebuild_meta_tensor_no_storage',
    'a tensor on the meta device',
    'load real weights before saving the model.',
  ),
  unreadable('torch._tensor', '_rebuild_from_type_v2', 'a tensor subclass', dense),
  unreadable('torch.tensor', '_rebuild_from_type', 'a tensor subclass', dense),
  ['torch per_tensor_affine', { role: 'qscheme' }],
  ['torch per_channel_affine', { role: 'qscheme' }],
  ['torch per_channel_affine_float_qparams', { role: 'qscheme' }],
  builder('collections', 'OrderedDict', orderedDict),
  builder('builtins', 'complex', complex),
  builder('__builtin__', 'complex', complex),
  builder('torch', 'Size', (args, { fail }) => {
    const [sizes] = args
    return args.length === 1 && isKind(sizes, 'tuple') ? tupleOf(sizes.items) : fail('PT1207', 'torch.Size takes one tuple')
  }),
  builder('torch', 'device', (args, { fail }) => {
    const [name] = args
    if (args.length !== 1 || typeof name !== 'string' || !/^[a-z]+(:\d{1,4})?$/.test(name))
      return fail('PT1207', 'torch.device takes a device name')
    return { kind: 'device', name }
  }),
  listBuilder('build_intlist', (item) => typeof item === 'bigint'),
  listBuilder('build_doublelist', (item) => typeof item === 'number'),
  listBuilder('build_boollist', (item) => typeof item === 'boolean'),
  listBuilder('build_tensorlist', (item) => isKind(item, 'tensor')),
  builder('torch.jit._pickle', 'restore_type_tag', (args, { fail }) => {
    const [value, type] = args
    return args.length === 2 && value !== undefined && typeof type === 'string'
      ? value
      : fail('PT1207', 'restore_type_tag takes a value and a type')
  }),
])

const ownClass: GlobalEntry = { role: 'class' }
const CLASS_MODULE = /^__torch__(\.[\p{ID_Start}_][\p{ID_Continue}]*)*$/u
const CLASS_NAME = /^[\p{ID_Start}_][\p{ID_Continue}]*$/u

/** Names of a TorchScript archive: torch's own, and the classes of the archive's code. */
export function resolveTorchScript(module: string, name: string): GlobalEntry | undefined {
  // Joined by a space: a dotted name cannot pass for a module and a name.
  return torchGlobals.get(`${module} ${name}`) ?? (CLASS_MODULE.test(module) && CLASS_NAME.test(name) ? ownClass : undefined)
}

/** Classes implemented in C++ pickle what their `__getstate__` returns. */
export const isNativeClass = (className: string): boolean => className.startsWith('__torch__.torch.classes.')
