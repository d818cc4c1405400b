"""Functions in TorchScript, one for each corner of the language, and what torch 2.13 makes of them: graph and code.

Run with a real torch; writes functions.json and overloads.json into the folder of argv[1], or beside this file.
"""

import json
import pathlib
import subprocess
import sys

import torch

SOURCES = [
    '''def f(x: Tensor, n: int) -> Tensor:
    i = 0
    while i < n:
        i += 1
        if i == 3:
            continue
        if i > 5:
            break
        x = x + i
    return x
''',
    '''def f(x: Tensor, n: int):
    for i in range(n):
        if bool(x.sum() > i):
            return x + i
    return x
''',
    '''def f(x: Tensor, l: List[int]):
    s = 0
    for i, v in enumerate(l):
        s += i * v
    for a, b in zip(l, l):
        s = s + a - b
    for i in range(1, 10, 2):
        s += i
    return x * s
''',
    '''def f(x: Tensor, d: Dict[str, Tensor]):
    y = x
    for k in d:
        y = y + d[k]
    for k, v in d.items():
        y = y * v
    return y
''',
    '''def f(l: List[int]):
    a = [i * 2 for i in l]
    b = {i: str(i) for i in l}
    c = [j for j in range(3)]
    return a, b, c
''',
    '''def f(x: Tensor, n: Optional[int]):
    if n is None:
        n = 3
    y = x + n
    assert n is not None, "bad"
    if n is not None and n > 2:
        y = y + n
    return y
''',
    '''def f(x: Tensor, flag: bool, n: int):
    y = x if flag else -x
    z = flag and n > 2 or not flag
    if not z:
        y = y * 2
    elif n == 3:
        y = y / 3
    else:
        y = y // 2
    return y
''',
    '''def f(x: Tensor):
    y = x[0]
    y = x[1:, 0]
    z = x[..., -1]
    w = x[None, :, ::2]
    v = x[[0, 1]]
    u = x[x > 0]
    t = x[0, None, 1:3, ..., None]
    return y, z, w, v, u, t
''',
    '''def f(x: Tensor):
    x[0] = 1.0
    x[0, 1] += 2
    x[x > 1] = 0
    x[1:] = x[:1]
    x[[0, 1]] *= 3
    x += 1
    x -= x
    return x
''',
    '''def f(l: List[int], d: Dict[str, int]):
    l[0] = 3
    l[1] += 2
    d["a"] = 1
    d["b"] += 2
    del d["a"]
    a, *b = (1, 2, 3)
    (c, d2), e = (1, 2), 3
    x = y = 5
    return l, d, a, b, c, d2, e, x, y
''',
    '''def f(n: int):
    if n < 0:
        raise AssertionError("negative")
    return n
''',
    '''def f(n: int, x: float, s: str):
    a = n // 2 + n % 3 - n ** 2
    b = n / 2
    c = x ** 2 % 1.5
    d = n << 2 >> 1 & 7 | 1 ^ 3
    e = s + "abc"
    g = "%s" % s
    h = s in "abc"
    i = s not in "abc"
    return a, b, c, d, e, g, h, i, -n, 1e5, -x
''',
    '''def f(x: Tensor, t: Tuple[int, float]):
    a, b = t
    c = t[0]
    d = t[1:]
    e = t[-1]
    f = (1, "a") + t
    return a, b, c, d, e, f
''',
    '''def f(x):
    return x.float(), x.shape, x.dtype, x.device, x.T, x.size(0), x.view(-1, 2), x.permute(1, 0), x.mean(), x
''',
    '''def f(x: Tensor, y: Any):
    if isinstance(y, int):
        z = y + 1
    else:
        z = 0
    if isinstance(y, (str, float)):
        z += 2
    return z
''',
    '''def f(x: Tensor, y: Optional[Tensor] = None, *, k: int = 3, s: str = "a"):
    if y is not None:
        x = x + y
    return x * k
''',
    '''def f(x: Tensor):
    print(x, "a")
    y = x.clone()
    y.add_(1)
    z = x + 1
    z.mul_(2)
    l = [x, z]
    l.append(y)
    return torch.cat(l)
''',
    '''def g(x: Tensor, n: int = 2):
    return x * n

def f(x: Tensor):
    return g(x) + g(x, 3) + g(n=4, x=x)
''',
    '''def f(x: Tensor, n: int):
    while True:
        n = n - 1
        if n < 0:
            return x
        for j in range(n):
            if j == 2:
                break
            x = x + j
''',
    '''def f(x: Tensor, n: int):
    y = x
    for i in range(n):
        for j in range(i):
            if j > 2:
                continue
            y = y + j
        else_ = i
        if i > 3:
            break
        y = y * else_
    return y
''',
    '''def f(x: Tensor, n: int):
    if n > 3:
        a = 1
        if n > 4:
            return x
        a = a + 1
    else:
        a = 2
    return x + a
''',
    '''def f(x: Tensor):
    a = [1, 2.5]
    b = []
    c = [1]
    d : List[str] = []
    e : Dict[str, int] = {}
    e["a"] = 2
    d.append("x")
    b.append(x)
    g = {"a": 1, "b": 2}
    return b, d, e, g, len(d), c
''',
    '''def f(x: Tensor, n: int):
    s = float(n) + int(x) + 1.0
    t = str(n) + str(x)
    b = bool(x)
    m = max(n, 3) + min(n, 2) + abs(-n)
    q = round(2.5)
    k = len([1, 2]) + len("abc") + len(x)
    o = sorted([3, 1])
    return s, t, b, m, q, k, o
''',
    '''def f(x: Tensor):
    return 1 - x, 2 / x, 3 * x, 1 + x, 2 < x, 2 ** x, x ** 2, 1 == x, x @ x, x // 2, 5 // x
''',
    '''def f(x: Tensor):
    a = "hello {} and {}".format(1, x)
    b = a.upper().split(" ")
    c = a[1:3]
    d = a[0]
    e = " ".join(b)
    return b, c, d, e
''',
    '''def f(x: Tensor, y: Tensor):
    if x.sum() > 0 and y.sum() > 0:
        return x
    elif x.sum() < 0 or y.sum() < 0:
        return y
    else:
        return x + y
''',
    '''def f(x: Tensor, n: int):
    r = torch.zeros(2, 3)
    r = torch.zeros([n, 3], dtype=6)
    v, i = torch.max(x, 0)
    m = torch.max(x, dim=1)
    a, b, c = torch.split(x, 1)
    p = torch.full([2], 3)
    q = torch.arange(n)
    t = torch.tensor([1, 2])
    return r, v, i, m, a, b, c, p, q, t
''',
    '''def f(x: Tensor, l: List[Tensor]):
    y = x
    for t in l:
        if t.sum() > 0:
            y = y + t
        else:
            y = y - t
    for row in x:
        y = y + row
    return y
''',
    '''def f(n: int, x: Tensor):
    try_ = 0
    pair = (0, 1)
    for i in range(n):
        a, b = pair
        pair = (b, a + b)
    return pair
''',
    '''def f(x: Tensor, a: Union[int, str]):
    if isinstance(a, int):
        b = a
    else:
        b = 3
        c = a + "x"
    return x + b
''',
    '''def f(x: Tensor, a: Optional[Tuple[Tensor, Tensor]]):
    if a is None:
        h = x
        c = x
    else:
        h, c = a
    return h + c
''',
    '''def f(x: Tensor, n: int):
    i = 0
    acc = x
    while bool(acc.sum() < 100) and i < n:
        acc = acc * 2
        i += 1
        if i == 7:
            raise AssertionError("too many")
    return acc, i
''',
    '''def f(x: Tensor, flag: bool):
    if flag:
        raise AssertionError("x" + str(1))
    else:
        y = x
    return y
''',
    '''def f(x: Tensor, n: int):
    assert n > 0
    assert x.dim() == 2, "rank {}".format(x.dim())
    return x
''',
    '''def f(a: int, b: float, c: bool, z: complex):
    x = a + b
    y = a * 2 + 3
    w = 1 + 2
    u = c and True
    v = a < b
    k = a == 3 or c
    m = z + 1
    n = -a ** 2
    return x, y, w, u, v, k, m, n
''',
    '''def f(x: Tensor, n: int):
    out: List[Tensor] = []
    while True:
        if n > 10:
            return out
        for i in range(n):
            if i == 2:
                return out
            out.append(x * i)
        n += 1
''',
    '''def f(x: Tensor, n: int):
    total = 0
    for i in range(n):
        for j in range(n):
            if i == j:
                continue
            if i + j > 7:
                break
            total += i * j
        if total > 100:
            break
    return x + total
''',
    '''def f(x: Tensor):
    a: List[float] = x.tolist()
    b: int = 3
    return a, b
''',
    '''def f(d: Dict[str, int]):
    a = d.get("x", 3)
    b = d.keys()
    c = list(d.values())
    e = d.pop("x")
    g = "y" in d
    h = d.copy()
    h.update(d)
    d.clear()
    return a, b, c, e, g, h, len(d)
''',
    '''def f(l: List[int], x: Tensor):
    l.append(3)
    l.extend([1, 2])
    a = l.pop()
    l.insert(0, a)
    l.reverse()
    l.sort()
    b = l[1:3]
    c = l[-1]
    e = 3 in l
    g = l + [1]
    h = l * 2
    l += [5]
    return l, a, b, c, e, g, h, l.index(3), l.count(1), sum(l), max(l)
''',
    '''def f(x: Optional[Tensor], y: Tensor):
    z = x if x is not None else y
    w = y if x is None else x
    while x is None:
        x = z
    return z + w
''',
    '''def f(x: Tensor):
    if x:
        y = 1
    else:
        y = 2
    z = 3 if x.any() else 4
    while x.sum() > 3:
        x = x - 1
    return x, y, z, not x.sum()
''',
    '''def f(x: Tensor, n: int):
    if n == 0:
        return x
    if n == 1:
        return x * 2
    if n == 2:
        y = x * 3
        if y.sum() > 2:
            return y
        z = y + 1
    else:
        z = x
    return z
''',
    '''def f(n: int) -> Optional[int]:
    if n > 2:
        return n
    return None
''',
    '''def f(n: int, x: Optional[int] = None) -> Tuple[int, Optional[int]]:
    if x is None:
        return n, x
    return n + x, x
''',
    '''def f(x: Tensor) -> Any:
    if x.sum() > 0:
        return x
    return 3
''',
    '''def f(s: str, n: int):
    out = ""
    for c in s:
        if c.isdigit():
            out += c
        elif c == " ":
            continue
    return out + s if n > 2 else out, ord("a"), chr(98), s[::-1], s.replace("a", "b"), s.find("x")
''',
    '''def f(t: Tuple[int, Tuple[float, str]], x: Tensor):
    a, (b, c) = t
    (a2, _), d = (a, b), c
    first = t[1][0]
    u = (x,)
    v, = u
    w = ()
    return a2, d, first, v, w
''',
    '''def f(x: Tensor, y: Tensor):
    a = x > y
    b = x & y | x ^ y
    c = ~a
    d = x << 2
    e = x % 3
    g = x.eq(y)
    h = (x == y).all()
    return a, b, c, d, e, g, h, -x
''',
    '''def f(x: Tensor, n: int):
    y = torch.zeros_like(x)
    y[n] = x[n]
    y[:, n] = 3
    y[n:, 1] += x[n:, 1]
    y[x > 0] = 1.5
    y[0, ..., -1] = x.sum()
    y[None] = 2
    return y
''',
    '''def f(x: Tensor, idx: Tensor, n: int):
    a = x[idx]
    b = x[idx, 1:]
    c = x[:, idx]
    d = x[n, idx]
    e = x[idx > 0, n]
    g = x[[n, 1], [0, n]]
    h = x[None, idx]
    return a, b, c, d, e, g, h
''',
    '''def f(x: Tensor, n: int):
    a = [[i + j for j in range(n)] for i in range(3)]
    b = [t * 2 for t in x]
    c = {k: [k] for k in range(n)}
    d = [(i, str(i)) for i in range(n)]
    return a, b, c, d
''',
    '''def helper(x: Tensor, k: Optional[int] = None) -> Tensor:
    if k is None:
        return x
    return x + k

def f(x: Tensor):
    return helper(x), helper(x, 3), helper(x, k=None)
''',
    '''def f(x: Tensor):
    y = torch.softmax(x, -1)
    z = torch.cat((x, y), dim=1)
    w = torch.einsum("ij,jk->ik", [x, y])
    a = torch.where(x > 0, x, y)
    b = x.reshape(x.size(0), -1)
    c = torch.nonzero(x)
    d, e = x.sort(descending=True)
    g = x.unsqueeze(0).expand(2, -1, -1)
    h = torch.linspace(0, 1, 5)
    return z, w, a, b, c, d, e, g, h
''',
    '''def f(x: Tensor, p: float, training: bool):
    if training and p > 0:
        x = torch.dropout(x, p, True)
    if not training:
        return x
    assert p < 1, "p is " + str(p)
    return x / (1 - p)
''',
    '''def f(x: Tensor, n: int):
    i = 0
    while i < n:
        i = i + 1
        if i % 2 == 0:
            continue
        x = x + i
    else_value = i
    return x, else_value
''',
    '''def f(a: int, b: int, c: float):
    return a // b, a % b, a / b, a ** b, a * c, c // 2, c % 2, -a, abs(c), round(c), int(c), float(a), bool(a), a & b, a | b, a ^ b, a << 1, min(a, b), max(c, c)
''',
    '''def f(x: Tensor, a: Union[int, float, str]):
    if isinstance(a, (int, float)):
        y = x * 2
    else:
        y = x
    if isinstance(a, str):
        z = len(a)
    else:
        z = 0
    return y, z
''',
    '''def f(x: Tensor, l: List[Optional[int]]):
    s = 0
    for v in l:
        if v is not None:
            s += v
    return x + s
''',
    '''def f(x: Tensor, n: int):
    r = x
    for i in range(n - 1, -1, -1):
        r = r * i
    for i in range(0):
        r = r + i
    for a, (b, c) in zip(range(n), zip(range(n), range(n))):
        r = r + a * b - c
    return r
''',
    '''def f(n: int):
    a = 1
    b = 2
    a, b = b, a
    a = b = n
    a += 1
    a -= 2
    a *= 3
    c = a
    c %= 4
    return a, b, c
''',
    '''def f(x: Tensor, n: int):
    def_value = 3
    if n > 2:
        if n > 3:
            raise AssertionError("no")
        y = 1
    else:
        raise AssertionError("never")
    return x * y * def_value
''',
    '''def f(x: Tensor, n: int):
    for i in range(n):
        if i > 2:
            raise AssertionError("too far")
        x = x + 1
    return x
''',
]

if __name__ == "__main__":
    rows = []
    for source in SOURCES:
        function = torch.jit.CompilationUnit(source).find_function("f")
        rows.append(
            {
                "source": source,
                "graph": function.graph.str(print_source_ranges=False),
                "inlined": function.inlined_graph.str(print_source_ranges=False),
                "code": function.code,
            }
        )
    target = (pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).parent) / "functions.json"
    target.write_text(json.dumps(rows, indent=1) + "\n")
    # overloads.json lies beside it.
    subprocess.run([sys.executable, str(pathlib.Path(__file__).with_name("make-overloads.py")), *sys.argv[1:2]], check=True)
