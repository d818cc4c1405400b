// Lists, as arrays that may be shared. Answers to torch/csrc/jit/runtime/register_ops_utils.cpp.

import { host, type HostRow } from '../row.ts'

const ofEach = (types: string, rows: (type: string) => readonly HostRow[]): readonly HostRow[] => types.split(' ').flatMap(rows)

export const listRows: readonly HostRow[] = [
  host('aten::len.t(t[] a) -> int', 'BigInt($a.length)', 'read'),
  host('aten::len.any(Any[] a) -> int', 'BigInt($a.length)', 'read'),
  host('aten::__getitem__.t(t[](a) list, int idx) -> t(*)', 'getItem($list, $idx)', 'throw'),
  host('aten::select.t(t[](a) list, int idx) -> t(*)', 'getItem($list, $idx)', 'throw'),
  host('aten::_set_item.t(t[](a!) l, int idx, t(b -> *) el) -> t[](a!)', 'setItem($l, $idx, $el)', 'write'),
  host('aten::Delete.t(t[](a!) self, int idx) -> ()', 'deleteItem($self, $idx)', 'write'),
  host('aten::append.t(t[](a!) self, t(c -> *) el) -> t[](a!)', '$self.push($el)', 'write', { value: 'append($self, $el)' }),
  host('aten::insert.t(t[](a!) self, int idx, t(b -> *) el) -> ()', 'insert($self, $idx, $el)', 'write'),
  host('aten::extend.t(t[](a!) self, t[] other) -> ()', 'extend($self, $other)', 'write'),
  host('aten::add_.t(t[](a!) self, t[] b) -> t[]', 'extend($self, $b)', 'write'),
  host('aten::mul_.t(t[](a!) l, int n) -> t[](a!)', 'repeatInPlace($l, $n)', 'write'),
  host('aten::pop.t(t[](a!) self, int idx=-1) -> t(*)', 'pop($self, $idx)', 'write'),
  host('aten::reverse.t(t[](a!) self) -> ()', '$self.reverse()', 'write'),
  host('aten::clear.t(t[](a!) self) -> ()', '$self.length = 0', 'write'),
  host('aten::copy.t(t[](a) self) -> t[]', '[...$self]', 'read'),
  host('aten::list.t(t[] l) -> t[]', '[...$l]', 'read'),
  host('aten::Size(int[] sizes) -> int[]', '$sizes'),
  host('aten::slice.t(t[] l, int? start=None, int? end=None, int step=1) -> t[]', 'slice($l, $start, $end, $step)', 'throw'),
  host('aten::add.t(t[] a, t[] b) -> t[]', '[...$a, ...$b]', 'read'),
  host('aten::mul.left_t(t[] l, int n) -> t[]', 'repeat($l, $n)', 'read'),
  host('aten::mul.right_(int n, t[] l) -> t[]', 'repeat($l, $n)', 'read'),
  ...ofEach('int float bool str', (type) => [
    host(`aten::index.list_${type}(${type}[] self, ${type} el) -> int`, 'indexOf($self, $el)', 'throw'),
    host(`aten::count.${type}(${type}[] self, ${type} el) -> int`, 'count($self, $el)', 'read'),
    host(`aten::remove.${type}(${type}[](a!) self, ${type} el) -> ()`, 'remove($self, $el)', 'write'),
    host(`aten::eq.${type}_list(${type}[] a, ${type}[] b) -> bool`, 'equalLists($a, $b)', 'read'),
    host(`aten::ne.${type}_list(${type}[] a, ${type}[] b) -> bool`, '!equalLists($a, $b)', 'read'),
    host(`aten::sort.${type}(${type}[](a!) self, bool reverse=False) -> ()`, 'sort($self, $reverse)', 'write'),
    host(`aten::sorted.${type}(${type}[](a) input) -> ${type}[]`, 'sorted($input)', 'read'),
  ]),
  ...ofEach('int float str', (type) => [
    host(`aten::__contains__.${type}_list(${type}[] l, ${type} item) -> bool`, 'contains($l, $item)', 'read'),
  ]),
  ...ofEach('int float bool', (type) => [
    host(
      `aten::sum.${type}(${type}[] self) -> ${type === 'float' ? 'float' : 'int'}`,
      type === 'float' ? 'sumFloats($self)' : 'sumInts($self)',
      'read',
    ),
    host(`aten::any.${type}(${type}[] self) -> bool`, 'any($self)', 'read'),
    host(`aten::all.${type}(${type}[] self) -> bool`, 'all($self)', 'read'),
    host(`prim::min.self_${type}(${type}[] self) -> ${type}`, 'minOf($self)', 'throw'),
    host(`prim::max.self_${type}(${type}[] self) -> ${type}`, 'maxOf($self)', 'throw'),
    host(`prim::min.${type}_list(${type}[] l, ${type}[] r) -> ${type}[]`, 'minList($l, $r)', 'read'),
    host(`prim::max.${type}_list(${type}[] l, ${type}[] r) -> ${type}[]`, 'maxList($l, $r)', 'read'),
  ]),
  host('aten::any.str(str[] self) -> bool', 'any($self)', 'read'),
]
