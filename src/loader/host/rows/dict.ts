// Dicts, as Maps that may be shared. Answers to the dict operators of torch/csrc/jit/runtime/register_prim_ops.cpp.

import { host, type HostRow } from '../row.ts'

const keyed = (type: string): readonly HostRow[] => {
  const dict = `Dict(${type}, t)`
  const name = `Dict_${type}`
  return [
    host(`aten::len.${name}(${dict} self) -> int`, 'BigInt($self.size)', 'read'),
    host(`aten::__getitem__.${name}(${dict} self, ${type} key) -> t(*)`, 'getKey($self, $key)', 'throw'),
    host(`aten::_set_item.${type}(${dict}(a!) l, ${type}(b -> *) idx, t(c -> *) v) -> ()`, '$l.set($idx, $v)', 'write'),
    host(`aten::Delete.${name}(${dict}(a!) self, ${type} key) -> ()`, 'deleteKey($self, $key)', 'write'),
    host(`aten::__contains__.${type}(${dict} dict, ${type} key) -> bool`, '$dict.has($key)', 'read'),
    host(`aten::get.${type}(${dict} self, ${type} key) -> t(*)?`, 'getOr($self, $key)', 'read'),
    host(`aten::get.default_${type}(${dict} self, ${type} key, t default_value) -> t(*)`, 'getOr($self, $key, $default_value)', 'read'),
    host(
      `aten::setdefault.${type}(${dict}(a!) self, ${type}(b -> *) key, t(c -> *) default_value) -> t(*)`,
      'setDefault($self, $key, $default_value)',
      'write',
    ),
    host(`aten::pop.${name}(${dict}(a!) self, ${type} key) -> t(*)`, 'popKey($self, $key)', 'write'),
    host(
      `aten::pop.Dict_default_${type}(${dict}(a!) self, ${type} key, t default_value) -> t(*)`,
      'popOr($self, $key, $default_value)',
      'write',
    ),
    host(`aten::popitem.${type}(${dict}(a!) self) -> ((${type}, t))`, 'popItem($self)', 'write'),
    host(`aten::keys.${type}(${dict} self) -> ${type}[](*)`, '[...$self.keys()]', 'read'),
    host(`aten::values.${type}(${dict} self) -> t[](*)`, '[...$self.values()]', 'read'),
    host(`aten::items.${type}(${dict} self) -> ((${type}, t)[])`, '[...$self]', 'read'),
    host(`aten::clear.${type}(${dict}(a!) self) -> ()`, '$self.clear()', 'write'),
    host(`aten::copy.${name}(${dict}(a) self) -> ${dict}`, 'new Map($self)', 'read'),
    host(`aten::update.${type}(${dict}(a!) self, ${dict}(a!) to_add) -> ()`, 'update($self, $to_add)', 'write'),
    host(`aten::dict.${type}((${type}, tVal)[] inputs) -> Dict(${type}, tVal)`, 'new Map($inputs)', 'read'),
    host(`aten::dict.${name}(${dict}(a) self) -> ${dict}`, 'new Map($self)', 'read'),
  ]
}

export const dictRows: readonly HostRow[] = [
  ...['str', 'int', 'bool', 'float', 'Tensor'].flatMap(keyed),
  host('aten::dict() -> Dict(str, Tensor)', 'new Map()', 'read'),
]
