// Strings. In torch they are bytes; the library sees to that. Answers to torch/csrc/jit/runtime/register_string_ops.cpp.

import { host, type HostRow } from '../row.ts'

const spaces = 'str chars=" \\n\\t\\f\\v"'
const found = 'str self, str substr, int start=0, int end=-1'

const tests = [
  ['isdigit', 'isDigit'],
  ['isdecimal', 'isDigit'],
  ['isnumeric', 'isDigit'],
  ['isspace', 'isSpace'],
  ['isalnum', 'isAlnum'],
  ['isalpha', 'isAlpha'],
  ['isupper', 'isUpper'],
  ['islower', 'isLower'],
  ['isidentifier', 'isIdentifier'],
  ['isprintable', 'isPrintable'],
  ['istitle', 'isTitle'],
] as const

export const stringRows: readonly HostRow[] = [
  host('aten::add.str(str a, str b) -> str', 'concat($a, $b)'),
  host('aten::len.str(str s) -> int', 'lenText($s)'),
  host('aten::__getitem__.str(str s, int index) -> str', 'charAt($s, $index)', 'throw'),
  host('prim::StringIndex(str string, int index) -> str', 'charAt($string, $index)', 'throw'),
  host(
    'aten::slice.str(str string, int? start=None, int? end=None, int step=1) -> str',
    'sliceText($string, $start, $end, $step)',
    'throw',
  ),
  host('aten::list(str t) -> str[]', 'characters($t)'),
  host('aten::join(str self, str[] values) -> str', 'join($self, $values)', 'read'),
  host('aten::split.str(str self, str? separator=None, int max=-1) -> str[]', 'split($self, $separator, $max)', 'throw'),
  host('aten::rsplit(str self, str separator=" ", int max=-1) -> str[]', 'rsplit($self, $separator, $max)', 'throw'),
  host('aten::splitlines(str self, bool keepends=False) -> str[]', 'splitLines($self, $keepends)'),
  host(`aten::strip(str self, ${spaces}) -> str`, 'strip($self, $chars)'),
  host(`aten::lstrip(str self, ${spaces}) -> str`, 'lstrip($self, $chars)'),
  host(`aten::rstrip(str self, ${spaces}) -> str`, 'rstrip($self, $chars)'),
  ...['upper', 'lower', 'swapcase', 'capitalize', 'title'].map((name) => host(`aten::${name}(str self) -> str`, `${name}($self)`)),
  ...tests.map(([name, test]) => host(`aten::${name}(str self) -> bool`, `${test}($self)`)),
  ...['center', 'ljust', 'rjust'].map((name) =>
    host(`aten::${name}(str self, int width, str fillchar=" ") -> str`, `${name}($self, $width, $fillchar)`, 'throw'),
  ),
  host('aten::zfill(str self, int width) -> str', 'zfill($self, $width)'),
  host('aten::expandtabs(str self, int tabsize=8) -> str', 'expandTabs($self, $tabsize)'),
  host('aten::replace(str self, str old, str new, int max=-1) -> str', 'replace($self, $old, $new, $max)'),
  host(`aten::find(${found}) -> int`, 'find($self, $substr, $start, $end)', 'throw'),
  host(`aten::rfind(${found}) -> int`, 'rfind($self, $substr, $start, $end)', 'throw'),
  host(`aten::index.str(${found}) -> int`, 'index($self, $substr, $start, $end)', 'throw'),
  host(`aten::rindex(${found}) -> int`, 'rindex($self, $substr, $start, $end)', 'throw'),
  host(`aten::count(${found}) -> int`, 'countText($self, $substr, $start, $end)', 'throw'),
  host(`aten::startswith(${found}) -> bool`, 'startsWith($self, $substr, $start, $end)', 'throw'),
  host(`aten::endswith(${found}) -> bool`, 'endsWith($self, $substr, $start, $end)', 'throw'),
  host('aten::partition(str self, str separator) -> (str, str, str)', 'partition($self, $separator)'),
  host('aten::rpartition(str self, str separator) -> (str, str, str)', 'rpartition($self, $separator)'),
  host('aten::ord(str string) -> int', 'ord($string)', 'throw'),
  host('aten::chr(int i) -> str', 'chr($i)', 'throw'),
  host('aten::hex(int i) -> str', 'hex($i)'),
  host('aten::oct(int i) -> str', 'oct($i)'),
  host('aten::bin(int i) -> str', 'bin($i)'),
  host('aten::Int.str(str a) -> int', 'parseInteger($a)', 'throw'),
  host('aten::Float.str(str a) -> float', 'parseReal($a)', 'throw'),
  host('aten::warn(str message, int stacklevel=2) -> ()', 'warn($message)', 'write'),
]
