"""One expression a program: every operator of numbers, strings, lists and dicts, with inputs at its edges."""

import math

import torch

EXPRESSIONS = []
INF, NAN = math.inf, math.nan
MAX, MIN = 2**63 - 1, -2**63


def e(params, expression, *inputs):
    inputs = [i if isinstance(i, tuple) else (i,) for i in inputs]
    EXPRESSIONS.append((f'def f({params}):\n    return {expression}\n', inputs))


# Numbers
INTS = [(7, 2), (-7, 2), (7, -2), (-7, -2), (0, 3), (6, 3), (MAX, 2)]
FLOATS = [(7.5, 2.0), (-7.5, 2.0), (7.5, -2.0), (0.0, 1.0), (INF, 2.0), (NAN, 1.0), (1e300, 1e300), (1.0, 0.0)]
for op in ['+', '-', '*', '//', '%']:
    e('a: int, b: int', f'a {op} b', *INTS)
    e('a: float, b: float', f'a {op} b', *FLOATS)
    e('a: int, b: float', f'a {op} b', (7, 2.5), (-7, 2.5), (0, -1.5))
    e('a: float, b: int', f'a {op} b', (7.5, 2), (-7.5, 2), (0.25, -3))
for op in ['<', '<=', '>', '>=', '==', '!=']:
    e('a: int, b: int', f'a {op} b', (1, 2), (2, 2), (3, 2))
    e('a: float, b: float', f'a {op} b', (1.0, 2.0), (2.0, 2.0), (NAN, 2.0), (NAN, NAN), (0.0, -0.0))
    e('a: int, b: float', f'a {op} b', (1, 1.5), (2, 2.0), (3, NAN))
    e('a: float, b: int', f'a {op} b', (1.5, 1), (2.0, 2), (NAN, 3))
    e('a: str, b: str', f'a {op} b', ('a', 'b'), ('', ''), ('Z', 'a'), ('ab', 'a'), ('é', 'z'), ('\U0001f600', '\uffee'))
    e('a: int, b: int', f'not (a {op} b)', (1, 2), (2, 2))
    e('a: float, b: float', f'not (a {op} b)', (1.0, 2.0), (NAN, 2.0))
for op in ['==', '!=']:
    e('a: bool, b: bool', f'a {op} b', (True, True), (True, False))
    for kind, pairs in {
        'int': [([1, 2], [1, 2]), ([1], [1, 2]), ([], [])],
        'float': [([1.0, NAN], [1.0, NAN]), ([0.0], [-0.0])],
        'bool': [([True], [True]), ([True], [False])],
        'str': [(['a', 'b'], ['a', 'b']), (['a'], ['b'])],
    }.items():
        e(f'a: List[{kind}], b: List[{kind}]', f'a {op} b', *pairs)
e('a: int, b: int', 'a / b', (7, 2), (1, 3), (1, 0), (-1, 0), (0, 0))
e('a: float, b: float', 'a / b', (7.0, 2.0), (1.0, 0.0), (0.0, 0.0))
e('a: int, b: float', 'a / b', (7, 0.5))
e('a: int, b: int', 'a // b', (1, 0))
e('a: int, b: int', 'a ** b', (2, 10), (2, -1), (0, 0), (-3, 3))
e('a: float, b: float', 'a ** b', (2.0, 0.5), (-8.0, 1.0), (1.0, NAN), (-1.0, INF), (-1.0, 0.5))
e('a: int, b: float', 'a ** b', (4, 0.5))
e('a: float, b: int', 'a ** b', (0.5, 3))
e('a: int, b: int', 'a & b | a ^ b', (12, 10), (-1, 5), (-4, -6))
e('a: int, b: int', '(a << b) + (a >> 1)', (1, 3), (-5, 2), (MAX, 1))
e('a: bool, b: bool', '(a & b, a | b, a ^ b)', (True, False), (True, True), (False, False))
e('a: bool, b: bool', '(a and b, a or b, not a)', (True, False), (False, True))
e('a: int', '(-a, abs(a))', 5, -5, 0)
e('a: float', '(-a, abs(a))', 5.5, -5.5, 0.0, -0.0, -INF)
e('a: int, b: int', 'a * b + a - b * 2', (3, 4), (MAX, 2), (3037000500, 3037000500))
e('a: int, b: int', '-(a - b) * (a + -b)', (3, 4), (10, -4))
e('a: int, b: int', 'divmod(a, b)', (7, 2), (-7, 2), (7, -2), (1, 0))
e('a: float, b: float', 'divmod(a, b)', (7.5, 2.0), (-7.5, 2.0), (1.0, 0.0))
e('a: int, b: float', 'divmod(a, b)', (7, 2.5))
e('a: float, b: int', 'divmod(a, b)', (7.5, 2))
e('a: int, b: int', '(min(a, b), max(a, b))', (1, 2), (3, -1), (2, 2))
e('a: float, b: float', '(min(a, b), max(a, b))', (1.0, 2.0), (NAN, 1.0), (1.0, NAN))
e('a: int, b: float', '(min(a, b), max(a, b))', (1, 2.5), (3, 2.5))
e('a: float, b: int', '(min(a, b), max(a, b))', (1.5, 2), (3.5, 2))
e('a: float', 'round(a)', 0.5, 1.5, 2.5, -0.5, -1.5, 2.4999999, 1e300, INF, NAN)
e('a: int', 'round(a)', 3)
e('a: float', 'int(a)', 2.7, -2.7, 0.0, 1e18)
e('a: bool', '(int(a), float(a))', True, False)
e('a: int', '(float(a), bool(a))', 3, 0, MAX)
e('a: float', 'bool(a)', 0.0, 1.5, NAN, -0.0)
e('a: str', 'int(a)', '12', ' 12', '12 ', '+5', '-7', 'x', '', '1.5', '12x', '99999999999999999999')
e('a: str', 'float(a)', '1.5', ' 2e3', 'inf', '-Infinity', 'nan', '1e5 ', 'x', '', '1e999', '.5', '5.', '+3')
e('a: int', '(hex(a), oct(a), bin(a))', 0, 255, -255, 1)
e('a: int', 'chr(a)', 65, 97, 10, -1, 256, 300)
e('a: str', 'ord(a)', 'A', '', 'ab', '\u00e9', '\n')
e('a: int, b: int', 'torch.gcd(a, b)', (12, 18), (-12, 18), (0, 5), (0, 0))
e('a: int', 'torch.factorial(a)', 0, 1, 5, 20, 21, 70, -1)
for name in 'sqrt exp log log1p log10 expm1 sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh fabs degrees radians erf erfc gamma lgamma'.split():
    e('a: float', f'torch.{name}(a)', 0.5, 1.0, 2.75, -0.25, 12.0)
    e('a: int', f'torch.{name}(a)', 1, 2)
for name in ['floor', 'ceil']:
    e('a: float', f'torch.{name}(a)', 0.5, 1.0, -2.75, 1e10)
    e('a: int', f'torch.{name}(a)', 3)
for name in ['fmod', 'mathremainder', 'copysign', 'atan2']:
    e('a: float, b: float', f'torch.{name}(a, b)', (7.5, 2.0), (-7.5, 2.0), (5.0, 2.0), (7.0, 2.0), (1.0, INF), (0.0, -0.0))
    e('a: int, b: int', f'torch.{name}(a, b)', (7, 2), (-7, 4))
    e('a: int, b: float', f'torch.{name}(a, b)', (7, 2.5))
    e('a: float, b: int', f'torch.{name}(a, b)', (7.5, 2))
for params, value in {'a: int, b: int': (8, 2), 'a: float, b: float': (8.0, 2.0), 'a: int, b: float': (9, 3.0), 'a: float, b: int': (9.0, 3)}.items():
    e(params, 'torch.log(a, b)', value)
e('a: float', '(torch.isnan(a), torch.isinf(a), torch.isfinite(a))', 1.0, NAN, INF, -INF)
e('a: float', 'torch.frexp(a)', 8.0, 0.3, -5.5, 0.0, 5e-324)
e('a: float', 'torch.modf(a)', 2.75, -2.75, 3.0, -0.0)
e('a: float, b: int', 'torch.ldexp(a, b)', (0.5, 4), (1.5, -3), (1.0, 2000), (1.0, -1074))

# Scalars: what item() gives
T = [torch.tensor(3), torch.tensor(2.5), torch.tensor(True)]
for op in ['+', '-', '*', '%', '//']:
    e('a: Tensor, b: Tensor', f'a.item() {op} b.item()', (T[0], T[0]), (T[0], T[1]), (T[1], T[0]))
e('a: Tensor, b: Tensor', 'a.item() / b.item()', (T[0], T[1]), (T[0], T[0]))
e('a: Tensor, b: Tensor', 'a.item() ** b.item()', (T[0], T[1]), (T[0], T[0]))
for op in ['<', '<=', '>', '>=', '==', '!=']:
    e('a: Tensor, b: Tensor', f'a.item() {op} b.item()', (T[0], T[0]), (T[0], T[1]), (T[1], T[0]))
e('a: Tensor', '(int(a.item()), float(a.item()))', *T[:2])
e('a: Tensor', '-a.item()', T[0], T[1])
e('a: Tensor', 'abs(a.item())' , torch.tensor(-3), torch.tensor(-2.5))
e('a: Tensor, b: Tensor', '(max(a.item(), b.item()), min(a.item(), b.item()))', (T[0], T[1]), (T[1], T[0]))
for name in 'sqrt exp log sin floor ceil round degrees'.split():
    e('a: Tensor', f'torch.{name}(a.item())', T[0], T[1])
for name in ['fmod', 'mathremainder', 'copysign', 'atan2', 'log']:
    e('a: Tensor, b: Tensor', f'torch.{name}(a.item(), b.item())', (T[0], T[1]), (T[0], T[0]))

# Strings. Torch's are bytes.
TEXTS = ['', 'abc', 'Hello, World', 'h\u00e9llo', ' \t pad \n', 'a-b-c', 'aaa', 'ABC def 12', 'x\U0001f600y', 'tab\tend', 'one\ntwo\r\nthree\n', 'Title Case Here', '12', '\u00df']
for name in 'upper lower swapcase capitalize title isdigit isdecimal isnumeric isspace isalnum isalpha isupper islower isidentifier isprintable istitle strip lstrip rstrip split rsplit splitlines expandtabs'.split():
    e('a: str', f'a.{name}()', *TEXTS)
e('a: str', '(len(a), list(a)[:1] == ["a"], a + a, a + "!" + a)', *TEXTS)
e('a: str, i: int', 'a[i]', ('abc', 0), ('abc', -1), ('abc', 3), ('abc', -4), ('', 0))
e('a: str, i: int, j: int', '(a[i:j], a[i:], a[:j], a[:])', ('abcdef', 1, 3), ('abcdef', -3, -1), ('abcdef', 4, 2), ('abc', -9, 9), ('h\u00e9', 0, 3))
e('a: str, i: int, j: int', 'a[i:j] + a[j:] == a', ('h\u00e9llo', 0, 2))
e('a: str', 'a[::2]', 'abcdef')
e('a: str, b: str', '(a.find(b), a.rfind(b), a.count(b))', ('abcabc', 'c'), ('abc', 'x'), ('h\u00e9h\u00e9', '\u00e9'), ('aaa', 'aa'), ('abc', 'abcd'))
e('a: str, b: str, i: int, j: int', '(a.find(b, i, j), a.rfind(b, i, j), a.count(b, i, j), a.startswith(b, i, j), a.endswith(b, i, j))', ('abcabc', 'c', 1, 4), ('abcabc', 'c', -4, -1), ('abcabc', 'ab', 3, 6), ('abc', 'c', 2, 99), ('abcabc', 'bc', 1, -2))
e('a: str, b: str', '(a.startswith(b), a.endswith(b), b in [a])', ('abc', 'a'), ('abc', 'bc'), ('abc', ''), ('', 'a'))
e('a: str, b: str', 'a.index(b)', ('abc', 'c'), ('abc', 'x'))
e('a: str, b: str', 'a.rindex(b)', ('abcabc', 'b'), ('abc', 'x'))
e('a: str, b: str', '(a.partition(b), a.rpartition(b))', ('a-b-c', '-'), ('abc', '-'), ('a--b', '--'))
e('a: str, b: str', 'a.split(b)', ('a-b-c', '-'), ('abc', '-'), ('-a-', '-'), ('', '-'), ('abc', ''))
e('a: str, b: str, n: int', '(a.split(b, n), a.rsplit(b, n))', ('a-b-c-d', '-', 2), ('a-b-c', '-', 0), ('a-b', '-', 9), ('a--b--c', '--', 1))
e('a: str', 'a.splitlines(True)', 'one\ntwo\n', 'x', '')
e('a: str, b: str', '(a.strip(b), a.lstrip(b), a.rstrip(b))', ('xxabcxx', 'x'), ('abc', 'cba'), ('abc', ''))
e('a: str, b: str, c: str', 'a.replace(b, c)', ('aXbX', 'X', '--'), ('abc', 'x', 'y'), ('h\u00e9', '\u00e9', 'e'))
e('a: str, b: str, c: str, n: int', 'a.replace(b, c, n)', ('aXbXcX', 'X', '-', 2), ('aX', 'X', '', 0))
e('a: str, n: int', '(a.center(n), a.ljust(n), a.rjust(n), a.zfill(n))', ('ab', 5), ('ab', 6), ('abc', 6), ('abc', 2), ('-5', 4), ('h\u00e9', 6))
e('a: str, n: int', '(a.center(n, "*"), a.ljust(n, "."), a.rjust(n, "_"))', ('ab', 5), ('abc', 6))
e('a: str', 'a.center(5, "ab")', 'x')
e('a: str', 'a.expandtabs(4)', 'a\tb\tc', 'abcd\te')
e('a: str, b: List[str]', 'a.join(b)', (', ', ['x', 'y', 'z']), ('', ['a']), ('-', []))
e('a: str', 'list(a)', 'abc', '')
e('a: str, b: str', 'a + b + "x" + a', ('a', 'b'), ('\u00e9', '\u00e9'))

# Text of values
e('a: float', 'str(a)', 1.0, 1e-5, 0.1, 1 / 3, 1e16, 1e17, 1e22, 123456789.5, INF, -INF, NAN, -0.0, 2147483647.0, 2147483648.0, -2147483648.0, 5e-324)
e('a: int', 'str(a)', 0, -5, MAX, MIN)
e('a: bool', '(str(a), "{}".format(a))', True, False)
e('a: Optional[int]', '"{}".format(a)', None, 3)
e('a: str', '(str(a), "<{}>".format(a), "%s" % a)', 'x', '')
e('a: int, b: float, c: str', '"{} {} {}".format(a, b, c)', (1, 2.5, 'x'), (-1, 1.0, '{}'))
e('a: int', '"{}{}".format(a)', 1)
e('a: int', '"no {1} braces {{}}".format(a)', 1)
e('a: List[int]', '"{}".format(a)', [1, 2], [])
e('a: List[float]', 'str(a)', [1.0, 2.5], [])
e('a: List[str]', 'str(a)', ['a', 'b'])
e('a: Tuple[int, float]', '(str(a), "{}".format(a))', ((1, 2.0),))
e('a: List[Tuple[int, str]]', 'str(a)', [(1, 'a'), (2, 'b')])
e('a: Dict[str, int]', 'str(a)', {'a': 1, 'b': 2}, {})
e('a: Dict[int, Tuple[int, int]]', 'str(a)', {1: (2, 3)})
e('a: int', '"%d|%i|%s|%%" % (a, a, a)', 5, -5)
e('a: float', '"%d|%f|%F|%e|%E|%s" % (a, a, a, a, a, a)', 2.75, -0.001, 1e10, INF, NAN, 123456789.123)
e('a: int', '"%f %e" % (a, a)', 3, 16777217)
e('a: int', '"%c" % a', 65)
e('a: str', '"%c" % a', 'x', 'xy')
e('a: str', '"%d" % a', 'x')
e('a: int', '"%x" % a', 1)
e('a: int', '"%d %d" % a', 1)
e('a: int', '"%d" % (a, a)', 1)
e('a: int', '"100%" % a', 1)

# Lists
LISTS = {'int': [[3, 1, 2], [1], []], 'float': [[2.5, -1.0], [], [0.0]], 'bool': [[True, False], [False], []]}
for kind, lists in LISTS.items():
    e(f'a: List[{kind}]', '(sum(a), any(a), all(a), sorted(a), len(a))', *lists)
    e(f'a: List[{kind}]', '(min(a), max(a))', *lists)
    e(f'a: List[{kind}], b: List[{kind}]', '(min(a, b), max(a, b))', (lists[0], lists[1]), (lists[1], lists[0]), (lists[0], lists[0]))
e('a: List[str]', '(sorted(a), any(a), len(a))', ['b', 'a', 'C'], [''], [])
e('a: List[Tuple[int, str]]', 'sorted(a)', [(2, 'a'), (1, 'z'), (1, 'b')])
for kind, values in {'int': ([1, 2, 1], 1, 9), 'float': ([1.5, NAN], 1.5, NAN), 'bool': ([True, True], True, False), 'str': (['a', 'b'], 'a', 'z')}.items():
    items, yes, no = values
    e(f'a: List[{kind}], x: {kind}', 'a.index(x)', (items, yes), (items, no))
    e(f'a: List[{kind}], x: {kind}', 'a.count(x)', (items, yes), (items, no))
    if kind != 'bool':
        e(f'a: List[{kind}], x: {kind}', '(x in a, x not in a)', (items, yes), (items, no))
e('a: List[int], i: int', 'a[i]', ([1, 2, 3], 0), ([1, 2, 3], -1), ([1, 2, 3], 3), ([1, 2, 3], -4), ([], 0))
SLICES = [([0, 1, 2, 3, 4], 1, 3), ([0, 1, 2, 3, 4], -2, 9), ([0, 1, 2], 2, 1), ([0, 1, 2], -9, -1)]
e('a: List[int], i: int, j: int', '(a[i:j], a[i:], a[:j], a[:], a[i:j:2])', *SLICES)
e('a: List[int], i: int', 'a[::i]', ([0, 1, 2, 3, 4], 2), ([0, 1], 0), ([0, 1, 2], -1))
e('a: List[int], b: List[int]', '(a + b, a * 2, 3 * b, [a, b])', ([1], [2, 3]), ([], []))
e('a: List[int], n: int', '(a * n, n * a)', ([1, 2], 2), ([1], 0))
e('a: List[int]', '(list(a), a.copy())', [1, 2])
e('n: int', '[i * i for i in range(n)]', 4, 0)
e('n: int', '[i for i in range(n, 0, -2)]', 5, 0)
e('n: int', 'list(range(n))', 3, 0, -1)
e('a: List[int]', '[x + 1 for x in a]', [1, 2, 3])
e('a: List[str]', '{x: len(x) for x in a}', ['a', 'bb', 'a'])
e('a: List[List[int]]', '(a[0][0], len(a), a[-1])', [[1], [2, 3]], [[]])

# Dicts
for kind, d in {'str': {'b': 2, 'a': 1}, 'int': {3: 2, -1: 1}, 'float': {1.5: 2, 0.0: 1}, 'bool': {True: 2, False: 1}}.items():
    keys = list(d) + {'str': ['zz'], 'int': [7], 'float': [2.5], 'bool': []}[kind]
    e(f'd: Dict[{kind}, int], k: {kind}', 'd[k]', *[(d, k) for k in keys])
    e(f'd: Dict[{kind}, int], k: {kind}', '(k in d, d.get(k), d.get(k, 5), len(d))', *[(d, k) for k in keys])
    e(f'd: Dict[{kind}, int]', '(list(d.keys()), list(d.values()), list(d.items()), d.copy(), dict(d))', d, {})
    e(f'd: List[Tuple[{kind}, int]]', 'dict(d)', list(d.items()), [])
e('a: str, b: int', '{a: b, "x": 1}', ('a', 2), ('x', 3))

# Optionals, tuples
e('a: Optional[int]', '(a is None, a is not None)', None, 3)
e('a: Tuple[int, str, float]', '(a[0], a[-1], a[1:], len(a))', ((1, 'x', 2.0),))
e('a: Tuple[int, int]', 'a[0] + a[1] * 2', ((1, 2),))
e('a: bool, x: int, y: int', 'x if a else y', (True, 1, 2), (False, 1, 2))
e('a: int', '"neg" if a < 0 else "zero" if a == 0 else "pos"', -1, 0, 1)
e('a: int, b: int', 'a > 0 and b > 0 or a == b', (1, 1), (-1, -1), (1, -1), (0, 1))
e('a: Optional[int]', 'a is not None and a > 2', None, 1, 3)
e('a: List[int]', 'len(a) > 0 and a[0] == 1', [], [1], [2])

# Reads of tensors
TENSORS = [torch.tensor([[1.5, -2.0], [0.0, 3.0]]), torch.tensor([1, 2, 3]), torch.tensor(7), torch.tensor([True, False]), torch.zeros(2, 0), torch.tensor([1.5], dtype=torch.float64), torch.tensor([200], dtype=torch.uint8)]
e('t: Tensor', '(t.size(), t.shape, t.dim(), t.numel(), t.dtype, t.is_floating_point(), t.element_size())', *TENSORS)
e('t: Tensor', '(t.is_cuda, t.is_quantized, t.is_sparse, t.requires_grad, t.is_mkldnn, t.is_nested, t.is_meta, t.is_complex(), t.is_signed(), t.itemsize, t.nbytes)', *TENSORS)
e('t: Tensor', '(str(t.device), t.device.type, t.layout)', TENSORS[0])
e('t: Tensor', 'len(t)', *TENSORS)
e('t: Tensor, i: int', 't.size(i)', (TENSORS[0], 1), (TENSORS[0], -1), (TENSORS[0], 2), (TENSORS[2], 0))
e('t: Tensor', 't.item()', *TENSORS)
e('t: Tensor', 'int(t)', *TENSORS, torch.tensor(-2.75))
e('t: Tensor', 'float(t)', *TENSORS)
e('t: Tensor', 'bool(t)', *TENSORS)
e('a: Tensor, b: Tensor', '(a.is_same_size(b), torch.equal(a, b))', (TENSORS[0], TENSORS[0]), (TENSORS[0], TENSORS[1]))
e('t: Tensor', '(str(t), "{}".format(t))', *TENSORS, torch.tensor([1e-5, 1.0]), torch.tensor([1e5, 2.25]), torch.arange(24.0).reshape(2, 3, 4) / 3, torch.tensor([NAN, 1.0, INF]), torch.tensor([[1000000000000, 1]]), torch.arange(40).reshape(2, 20) * 1000, torch.tensor(1e-7), torch.tensor([0.001]), torch.rand(2, 2, 2, 2, generator=torch.Generator().manual_seed(0)))


def own(params, expression, python, *inputs):
    """An operator that serialized code can name and Python's compiler reaches in another way, or not at all: then `python` says the same."""
    inputs = [i if isinstance(i, tuple) else (i,) for i in inputs]
    EXPRESSIONS.append((f'def f({params}):\n    return {expression}\n', inputs, f'def f({params}):\n    return {python}\n'))


own('a: int, b: int', 'torch.__round_to_zero_floordiv(a, b)', 'int(a / b)', (7, 2), (-7, 2), (7, -2))
own('n: int', 'ops.prim.rangelist(n)', '[i for i in range(n)]', 3, 0)
own('a: Optional[int]', 'torch._unwrap_optional(a)', 'a if a is not None else 0', 3)
own('a: bool, x: int, y: int', 'ops.prim.IfThenElse(a, x, y)', 'x if a else y', (True, 1, 2), (False, 1, 2))
own('a: int', '(torch.is_grad_enabled(), torch.is_scripting(), torch._get_tracing_state())', '(False, True, False)', 1)
own('a: List[int], i: int', 'torch.select(a, i)', 'a[i]', ([1, 2, 3], 1), ([1, 2, 3], -1), ([], 0))
own('a: List[int]', 'torch.Size(a)', 'a', [1, 2])
for kind, pairs in {'str': [('a', 1), ('b', 2), ('a', 3)], 'int': [(1, 1)], 'bool': [(True, 1), (False, 0)], 'float': [(0.5, 1)]}.items():
    own(f'a: List[Tuple[{kind}, int]]', 'torch.dict(a)', 'dict(a)', pairs, [])
own('a: str, i: int', 'ops.prim.StringIndex(a, i)', 'a[i]', ('abc', 1), ('abc', -1))
own('a: Tensor', '(torch._local_scalar_dense(a), torch.is_nonzero(a))', '(a.item(), bool(a))', torch.tensor(3), torch.tensor(0.0), torch.tensor([True]))
own('a: Tensor', '(torch.IntImplicit(a), torch.ScalarImplicit(a))', '(int(a), a.item())', torch.tensor(3), torch.tensor(-2))
own('a: Tensor', 'torch.FloatImplicit(a)', 'float(a)', torch.tensor(2.5), torch.tensor(3))
for name in 'log1p log10 expm1 cos tan asin acos atan sinh cosh tanh asinh acosh atanh fabs radians erf erfc gamma lgamma'.split():
    e('a: Tensor', f'torch.{name}(a.item())', torch.tensor(1), torch.tensor(0.5))
e('a: Tensor', '(a.is_cpu, a.is_ipu, a.is_maia, a.is_mps, a.is_mtia, a.is_sparse_csr, a.is_vulkan, a.is_xla, a.is_xpu)', torch.zeros(1))
own('a: str, b: str', '(torch.device(a) == torch.device(b), torch.device(a) != torch.device(b))', '(a == b, a != b)', ('cpu', 'cpu'), ('cpu', 'cuda'))
e('t: Tensor, i: int', 't[i]', (torch.tensor([1, 2, 3]), 1), (torch.tensor([[1.0, 2.0], [3.0, 4.0]]), -1))
e('a: Tensor', 'round(a.item())', torch.tensor(2.5), torch.tensor(3))
own('a: List[Tuple[Tensor, int]]', 'len(torch.dict(a))', 'len(dict(a))', [(torch.tensor(1), 1), (torch.tensor(1), 2)])
