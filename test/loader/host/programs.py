"""Programs of several statements: branches, loops, exceptions, containers that are shared and changed."""

import math

import torch

PROGRAMS = []


def p(source, *inputs):
    PROGRAMS.append((source.strip('\n') + '\n', [i if isinstance(i, tuple) else (i,) for i in inputs]))


# Loops
p('''
def f(n: int):
    a = 0
    b = 1
    for i in range(n):
        a, b = b, a + b
    return a
''', 0, 1, 10, 100)
p('''
def f(x: int, n: int):
    i = 0
    while i < n:
        i += 1
        if i == 3:
            continue
        if i > 5:
            break
        x = x + i
    return x, i
''', (0, 0), (1, 4), (0, 20))
p('''
def f(n: int):
    steps = 0
    while n != 1:
        if n % 2 == 0:
            n = n // 2
        else:
            n = 3 * n + 1
        steps += 1
    return steps
''', 1, 6, 27)
p('''
def f(l: List[int]):
    s = 0
    for i, v in enumerate(l):
        s += i * v
    for a, b in zip(l, l):
        s = s + a - b
    for i in range(1, 10, 2):
        s += i
    for v in l:
        s += v
    return s
''', [1, 2, 3], [])
p('''
def f(a: int, b: int, c: int):
    out: List[int] = []
    for i in range(a, b, c):
        out.append(i)
    return out
''', (0, 5, 1), (5, 0, -2), (0, 5, 0), (3, 3, 1), (0, -5, 1), (-3, 4, 3))
p('''
def f(n: int):
    out: List[int] = []
    for i in range(n, -n, -2):
        n = n - 1
        out.append(i + n)
    return out, n
''', 3, 0)
p('''
def f(l: List[int], x: int) -> int:
    for i, v in enumerate(l):
        if v == x:
            return i
    return -1
''', ([5, 6, 7], 6), ([5], 6), ([], 0))
p('''
def f(m: List[List[int]]):
    total = 0
    for row in m:
        for v in row:
            if v < 0:
                break
            total += v
        else_flag = total
    return total
'''.replace('        else_flag = total\n', ''), [[1, 2], [3, -1, 9]], [[]])
p('''
def f(n: int):
    total = 0
    for i in range(n):
        for j in range(i):
            for k in range(j):
                if (i + j + k) % 3 == 0:
                    continue
                total += i * j * k
    return total
''', 6)
p('''
def f(n: int):
    x = 0
    y = 10
    while x < y:
        x, y = x + n, y - 1
        if x == y:
            return x * 100
    return x - y
''', 1, 3)
p('''
def f(n: int):
    a = [1]
    b = a
    for i in range(n):
        a = a + [i]
        b.append(i * 10)
    return a, b
''', 3)
p('''
def f(l: List[int]):
    for i in range(len(l)):
        l[i] = l[i] * 2
    i = 0
    while i < len(l):
        if l[i] % 4 == 0:
            l.pop(i)
        else:
            i += 1
    return l
''', [1, 2, 3, 4], [])
p('''
def f(l: List[int]):
    out: List[int] = []
    for v in l:
        if len(l) < 6:
            l.append(v)
        out.append(v)
    return l, out
''', [1, 2])
p('''
def f(l: List[int]):
    out = 0
    for v in l:
        l.pop()
        out += v
    return out
''', [1, 2, 3, 4], [1])
p('''
def f(n: int):
    i = 5
    for i in range(n):
        pass
    return i
''', 0, 3)
p('''
def f(n: int):
    out: List[int] = []
    for i in range(n):
        i = i * i
        out.append(i)
    return out
''', 4)
p('''
def f(a: int, b: int):
    while b != 0:
        a, b = b, a % b
    return a
''', (48, 18), (7, 0))
p('''
def f(n: int):
    flags = [True for i in range(n)]
    out: List[int] = []
    for i in range(2, n):
        if flags[i]:
            out.append(i)
            for j in range(i * i, n, i):
                flags[j] = False
    return out
''', 30, 2)
p('''
def f(l: List[int]):
    n = len(l)
    for i in range(n):
        for j in range(0, n - i - 1):
            if l[j] > l[j + 1]:
                l[j], l[j + 1] = l[j + 1], l[j]
    return l
''', [3, 1, 2, 5, 4])
p('''
def f(l: List[int], x: int):
    lo = 0
    hi = len(l)
    while lo < hi:
        mid = (lo + hi) // 2
        if l[mid] < x:
            lo = mid + 1
        else:
            hi = mid
    return lo
''', ([1, 3, 5, 7], 5), ([1, 3, 5, 7], 8), ([], 1))
p('''
def f(s: str):
    h = 5381
    for c in s:
        h = h * 33 + ord(c)
    return h, h % 1000007
''', '', 'hello', 'a longer text that makes the hash overflow many times')
p('''
def f(s: str):
    h = 14695981039346656037 if False else -3750763034362895579
    for c in s:
        h = (h ^ ord(c)) * 1099511628211
    return h
'''.replace('14695981039346656037 if False else ', ''), '', 'foobar')
p('''
def f(n: int):
    x = 1
    for i in range(n):
        x = x + x
    return x, x - 1
''', 3, 63, 64)
p('''
def f(seed: int, n: int):
    out: List[int] = []
    x = seed
    for i in range(n):
        x = (x * 6364136223846793005 + 1442695040888963407)
        out.append((x >> 33) % 100)
    return out
''', (1, 5), (42, 3))
p('''
def f(x: float):
    guess = x / 2.0
    n = 0
    while abs(guess * guess - x) > 1e-9 and n < 50:
        guess = (guess + x / guess) / 2
        n += 1
    return guess, n
''', 2.0, 9.0)
p('''
def f(n: int):
    out: List[Tuple[int, str]] = []
    for i in range(1, n + 1):
        if i % 15 == 0:
            out.append((i, "FizzBuzz"))
        elif i % 5 == 0:
            out.append((i, "Buzz"))
        elif i % 3 == 0:
            out.append((i, "Fizz"))
        else:
            out.append((i, str(i)))
    return out
''', 15)
p('''
def f(n: int):
    i = 0
    while True:
        i += 2
        if i > n:
            break
    return i
''', 5, -3)
p('''
def f(go: bool):
    n = 0
    while go:
        n += 1
        go = n < 5
    return n, go
''', True, False)
p('''
def f(a: List[int], b: List[int]):
    i = 0
    j = 0
    out: List[int] = []
    while i < len(a) and j < len(b):
        if a[i] <= b[j]:
            out.append(a[i])
            i += 1
        else:
            out.append(b[j])
            j += 1
    return out + a[i:] + b[j:]
''', ([1, 4, 6], [2, 3, 9]), ([], [1]))
p('''
def f(l: List[int]):
    best = l[0]
    for v in l[1:]:
        best = max(best, v)
    last = 0
    for v in l:
        last, best = v, best - last
    return best, last
''', [3, 9, 2], [])
p('''
def f(a: List[str], b: List[int], c: List[float]):
    out: List[str] = []
    for x, y, z in zip(a, b, c):
        out.append("{}{}{}".format(x, y, z))
    for i, (x, y) in enumerate(zip(a, b)):
        out.append(x * 0 + str(i + y) if False else x + str(i + y))
    return out
'''.replace('x * 0 + str(i + y) if False else ', ''), (['a', 'b'], [1, 2, 3], [0.5, 1.5]))

p('''
def f(d: Dict[str, int]):
    items = list(d.items())
    total = 0
    for name, n in items:
        total += n
    for name, n in items:
        total = total * 2 + len(name)
    for item in items:
        total += item[1]
    return total
''', {'a': 1, 'bb': 2}, {})
p('''
def f(l: List[int], m: List[int]):
    out: List[int] = []
    for v in l + m:
        out.append(v)
    for v in l:
        m.append(v)
    for v in m:
        l = [v]
    return out, l, m
''', ([1, 2], [3]), ([], []))

# Branches
p('''
def f(x: Optional[int], y: int):
    if x is None:
        x = 3
    assert x > 2, "bad $5 foo(bar)"
    if y > 0:
        if y > 10:
            return x
        y = y + x
    elif y < -5:
        return -x
    else:
        y = 2
    return x + y * 2 if x > y else 7
''', (None, 0), (1, 0), (5, 11), (5, 3), (4, -9))
p('''
def f(x: int) -> str:
    if x < 0:
        return "neg"
    if x == 0:
        return "zero"
    if x > 100:
        y = "big"
    else:
        y = "small"
    return y + "!"
''', -1, 0, 5, 500)
p('''
def f(a: int, b: int):
    if a > b:
        a, b = b, a
    c = a
    if b - a > 3:
        c = b
        a = 0
    return a, b, c
''', (1, 2), (2, 1), (1, 9), (9, 1))
p('''
def f(x: int):
    y = x
    if x > 2:
        x = x + 1
        y = x * 2
    z = x
    if y > 10:
        z = y
        y = 0
    return x, y, z
''', 1, 3, 9)
p('''
def f(a: bool, b: bool, c: bool):
    n = 0
    if a and (b or not c):
        n += 1
    if a or (b and c):
        n += 2
    if not (a and b) != c:
        n += 4
    return n
''', (True, True, False), (False, True, True), (True, False, True), (False, False, False))
p('''
def f(l: List[int], i: int):
    if i < len(l) and l[i] > 0:
        return True
    return False
''', ([1, -1], 0), ([1, -1], 1), ([], 0))
p('''
def f(x: Optional[int], y: Optional[int]) -> Optional[int]:
    if x is not None and y is not None:
        return x + y
    if x is not None:
        return x
    return y
''', (1, 2), (1, None), (None, 2), (None, None))
p('''
def f(x: int) -> Optional[str]:
    if x > 0:
        return None
    return "x"
''', 1, 0)
p('''
def f(x: int):
    if x > 0:
        y = [x]
    else:
        y = [x, x]
    z = y
    z.append(1)
    return y
''', 1, 0)
p('''
def f(s: str):
    if s == "add" or s == "plus":
        r = 1
    elif s in ["sub", "minus"]:
        r = 2
    elif s.startswith("mul"):
        r = 3
    else:
        r = -1
    return r
''', 'add', 'minus', 'multiply', 'x')
p('''
def f(x: int, then: int, await_: int):
    var = x
    let = then
    class_ = await_
    new = var + let
    if new > class_:
        delete = new
    else:
        delete = class_
    return delete, var, let
''', (1, 2, 3), (5, 6, 7))
p('''
def f(state: int, regions: int, Map: int, BigInt: int, console: int, __proto__: int, constructor: int):
    Number = state + regions
    return Number * Map - BigInt + console, __proto__, constructor
''', (1, 2, 3, 4, 5, 6, 7))
p('''
def f(sorted: List[int], int64: int, format: str):
    error = [x * int64 for x in sorted]
    error.sort()
    return "{} {}".format(error, format)
''', ([3, 1], 5, 'x'))

# Exceptions
p('''
def f(x: int):
    if x > 0:
        raise ValueError("bad {}".format(x))
    if x < -5:
        raise RuntimeError("too small")
    raise Exception("plain")
''', 1, 0, -9)
p('''
def f(x: int, l: List[int]):
    assert x > 0
    assert len(l) > 1, "list of {}".format(len(l))
    assert l[0] == x, "first"
    return l[1]
''', (1, [1, 2]), (0, []), (1, [1]), (1, [2, 3]))
p('''
def f(x: int) -> int:
    if x == 1:
        raise IndexError("i")
    elif x == 2:
        raise KeyError("k")
    elif x == 3:
        raise NotImplementedError("n")
    elif x == 4:
        raise TypeError("t" + str(x))
    return x
''', 1, 2, 3, 4, 5)
p('''
def f(l: List[int]):
    total = 0
    for v in l:
        if v < 0:
            raise ValueError("negative: " + str(v))
        total += v
    return total
''', [1, 2], [1, -2])
p('''
def f(l: List[int], d: Dict[str, int], i: int, k: str):
    a = l[i]
    b = d[k]
    return a + b
''', ([1], {'a': 2}, 0, 'a'), ([1], {'a': 2}, 5, 'b'), ([1], {'a': 2}, 0, 'b'))
p('''
def f(l: List[int], d: Dict[str, int], i: int, k: str):
    b = d[k]
    a = l[i]
    return a + b
''', ([1], {'a': 2}, 5, 'b'), ([1], {'a': 2}, 5, 'a'))
p('''
def f(l: List[int], i: int):
    a = l[i]
    l.append(7)
    print("appended")
    return a, len(l)
''', ([1], 0), ([1], 3))
p('''
def f(a: int, b: int):
    unused = a // b
    return a
''', (1, 1), (1, 0))
p('''
def f(l: List[int]):
    a, b = l
    c, d, e = [1, 2, 3]
    return a + b, c + d + e
''', [1, 2], [1, 2, 3])
p('''
def f(x: Optional[int]) -> int:
    y = torch.jit._unwrap_optional(x)
    return y + 1
'''.replace('torch.jit._unwrap_optional(x)', 'x if x is not None else 4'), 3, None)

# Prints
p('''
def f(x: int, y: float, s: str, l: List[float]):
    print(x, y, s, l)
    print("a", "b")
    print()
    print((x, s), {"k": y}, None, True)
    return x
''', (1, 2.0, 's', [1.0, 0.5]))
p('''
def f(n: int):
    for i in range(n):
        print("step", i)
    return n
''', 2)
p('''
def f(t: Tensor):
    print(t, "!")
    return t.size(0)
''', torch.tensor([1.5, -2.0]), torch.tensor([[1, 2], [3, 4]]))

# Lists
p('''
def f(l: List[int]):
    l.append(4)
    l.insert(0, 9)
    l.insert(100, 8)
    l.insert(-1, 7)
    l.insert(-100, 6)
    l.extend([1, 2])
    l.reverse()
    a = l.pop()
    b = l.pop(0)
    c = l.pop(-2)
    l.remove(4)
    del l[0]
    l += [5]
    l[0] = 77
    l[-1] += 3
    m = l.copy()
    m.clear()
    return l, m, a, b, c
''', [1, 2, 3], [])
p('''
def f(l: List[int], i: int):
    return l.pop(i), l
''', ([1, 2, 3], 1), ([1], 5), ([], 0), ([1, 2], -1))
p('''
def f(l: List[int], i: int):
    del l[i]
    return l
''', ([1, 2, 3], 1), ([1], 5), ([], 0))
p('''
def f(l: List[int], i: int, v: int):
    l[i] = v
    return l
''', ([1, 2], 1, 5), ([1, 2], 2, 5), ([1, 2], -3, 5))
for kind, items, x in [('int', [1, 2, 1], 2), ('float', [1.5, 2.5], 2.5), ('bool', [True, False], False), ('str', ['a', 'b'], 'b')]:
    p(f'''
def f(l: List[{kind}], x: {kind}):
    l.remove(x)
    return l
''', (items, x), ([], x))
    p(f'''
def f(l: List[{kind}]):
    m = sorted(l)
    l.sort()
    n = l.copy()
    n.sort(reverse=True)
    return l, m, n
''', items)
p('''
def f(l: List[Tuple[int, str]]):
    m = sorted(l)
    l.sort(reverse=True)
    return l, m
''', [(2, 'a'), (1, 'b'), (2, 'A')])
p('''
def f(l: List[int]):
    l *= 2
    m = l
    m *= 0
    return l, len(m)
''', [1, 2])
p('''
def f(l: List[int]):
    l += [1]
    m = l
    l += m[:]
    return l, m
''', [0])
p('''
def f(l: List[int]):
    a = l
    b = l[:]
    c = [l, b]
    a.append(1)
    c[1].append(2)
    c.append([3])
    return a is l, b is l, c, l
''', [0])
p('''
def f(n: int):
    grid = [[0 for j in range(n)] for i in range(n)]
    for i in range(n):
        for j in range(n):
            grid[i][j] = i * n + j
    flat: List[int] = []
    for row in grid:
        flat.extend(row)
    return grid, flat
''', 3)
p('''
def f(n: int):
    row = [0] * n
    grid = [row] * 2
    grid[0][0] = 5
    return grid
''', 2)
p('''
def f(m: List[List[str]]):
    out: List[str] = []
    for row in m:
        out.append("-".join(row))
    return ", ".join(out)
''', [['a', 'b'], [], ['c']])
p('''
def f(l: List[Tuple[int, float]]):
    total = 0.0
    for n, x in l:
        total += n * x
    best = l[0]
    for pair in l:
        if pair[1] > best[1]:
            best = pair
    return total, best
''', [(1, 0.5), (3, 2.0)], [])
p('''
def f(l: List[Optional[int]]):
    n = 0
    for x in l:
        if x is None:
            n -= 1
        else:
            n += x
    return n
''', [1, None, 3])
p('''
def f(x: List[int]):
    y = x
    y[0] = 5
    a = x[0]
    y[0] = 6
    b = x[0]
    return a, b, x[0] + a
''', [1])
p('''
def f(x: List[int]):
    n = len(x)
    x.append(1)
    m = len(x)
    x.append(x[0] + len(x))
    return n, m, len(x), x
''', [3])
p('''
def f(stack: List[int], ops: List[str]):
    for op in ops:
        if op == "+":
            stack.append(stack.pop() + stack.pop())
        elif op == "-":
            b = stack.pop()
            a = stack.pop()
            stack.append(a - b)
        elif op == "dup":
            stack.append(stack[-1])
        else:
            stack.append(int(op))
    return stack
''', ([1], ['2', '+', 'dup', '-']), ([], ['1', '+']), ([], ['x']))

# Dicts
p('''
def f(words: List[str]):
    d: Dict[str, int] = {}
    for w in words:
        if w in d:
            d[w] += 1
        else:
            d[w] = 1
    best = ""
    top = 0
    for k, v in d.items():
        if v > top or (v == top and k < best):
            top = v
            best = k
    return d, best, top
''', ['b', 'a', 'b', 'a', 'c'], [])
for kind, a, b in [('str', 'x', 'y'), ('int', 1, 2), ('float', 0.5, 2.5), ('bool', True, False)]:
    p(f'''
def f(d: Dict[{kind}, int], a: {kind}, b: {kind}):
    d[a] = 5
    e = d.copy()
    n = d.setdefault(b, 7)
    m = d.setdefault(a, 8)
    p = d.pop(a)
    q = d.pop(a, -1)
    d.update({{b: 9, a: 10}})
    first = d.popitem()
    del e[a]
    e.clear()
    return d, e, n, m, p, q, first
''', ({}, a, b), ({b: 1}, a, b))
    p(f'''
def f(d: Dict[{kind}, int], a: {kind}):
    del d[a]
    return d
''', ({a: 1}, a), ({b: 1}, a))
    p(f'''
def f(d: Dict[{kind}, int], a: {kind}):
    return d.pop(a), d.popitem()
''', ({a: 1, b: 2}, a), ({a: 1}, a), ({b: 1}, a))
p('''
def f(d: Dict[str, int]):
    out: List[str] = []
    for k in d:
        out.append(k)
    for v in d.values():
        out.append(str(v))
    for k in d.keys():
        if d[k] > 1:
            d[k] = 0
            d["new" + k] = 1
    return out, d
''', {'b': 2, 'a': 1}, {})
p('''
def f(keys: List[str], values: List[int]):
    d: Dict[str, int] = {}
    for k, v in zip(keys, values):
        d[k] = v
    e = dict([(k, 1) for k in keys])
    f = dict(d)
    f["z"] = 0
    return d, e, f
''', (['a', 'b'], [1, 2]))
p('''
def f(d: Dict[str, List[int]], k: str, v: int):
    if k not in d:
        fresh: List[int] = []
        d[k] = fresh
    d[k].append(v)
    l = d[k]
    l.append(v + 1)
    return d
''', ({}, 'a', 1), ({'a': [5]}, 'a', 1))
p('''
def f(d: Dict[str, Dict[int, str]]):
    out: List[str] = []
    for outer, inner in d.items():
        for n, s in inner.items():
            out.append(outer + str(n) + s)
    return out, len(d)
''', {'a': {1: 'x', 2: 'y'}, 'b': {}})
p('''
def f(d: Dict[str, float]):
    x = d.get("x")
    if x is None:
        x = -1.0
    y = d.get("y", 2.5)
    return x + y
''', {'x': 1.0}, {'y': 3.0}, {})
p('''
def f(n: int):
    memo: Dict[int, int] = {0: 0, 1: 1}
    for i in range(2, n + 1):
        memo[i] = memo[i - 1] + memo[i - 2]
    return memo[n], len(memo)
''', 10)
p('''
def f(edges: List[Tuple[int, int]], start: int):
    graph: Dict[int, List[int]] = {}
    for a, b in edges:
        if a not in graph:
            fresh: List[int] = []
            graph[a] = fresh
        graph[a].append(b)
    seen: Dict[int, bool] = {}
    queue = [start]
    order: List[int] = []
    while len(queue) > 0:
        node = queue.pop(0)
        if node in seen:
            continue
        seen[node] = True
        order.append(node)
        if node in graph:
            for other in graph[node]:
                queue.append(other)
    return order
''', ([(1, 2), (1, 3), (2, 4), (4, 1)], 1), ([], 5))

# Strings
p('''
def f(s: str):
    out = ""
    for c in s:
        if c.isalpha():
            out += c.upper()
        else:
            out = out + "_"
    return out + "!"
''', 'a1b', '')
p('''
def f(s: str):
    out = ""
    for c in s:
        out = c + out
    back = ""
    for c in out:
        back = c + back
    return back, len(out), back == s
''', 'abc', 'h\u00e9llo \U0001f600')
p('''
def f(s: str):
    words = s.strip().lower().split()
    counts: Dict[str, int] = {}
    for w in words:
        w = w.strip(".,!")
        counts[w] = counts.get(w, 0) + 1
    out: List[str] = []
    for k, v in counts.items():
        out.append("{}={}".format(k, v))
    return out
''', ' The cat. the DOG, the end! ', '')
p('''
def f(s: str):
    n = 0
    for i in range(len(s)):
        if s[i] == s[len(s) - 1 - i]:
            n += 1
    return n == len(s)
''', 'level', 'levels')
p('''
def f(s: str, k: int):
    out: List[str] = []
    for c in s:
        if c.islower():
            out.append(chr((ord(c) - 97 + k) % 26 + 97))
        else:
            out.append(c)
    return "".join(out)
''', ('hello, world', 3), ('xyz', -1))
p('''
def f(s: str):
    tokens: List[str] = []
    word = ""
    for c in s:
        if c == " " or c == "\\t":
            if word != "":
                tokens.append(word)
            word = ""
        else:
            word += c
    if len(word) > 0:
        tokens.append(word)
    return tokens
''', 'a bc  d', '')
p('''
def f(a: str, b: str):
    prev = [j for j in range(len(b) + 1)]
    for i in range(1, len(a) + 1):
        cur = [i]
        for j in range(1, len(b) + 1):
            cost = 0 if a[i - 1] == b[j - 1] else 1
            cur.append(min(min(cur[j - 1] + 1, prev[j] + 1), prev[j - 1] + cost))
        prev = cur
    return prev[len(b)]
''', ('kitten', 'sitting'), ('', 'ab'))
p('''
def f(s: str):
    quote = "it's \\"x\\" \\\\ $a ${b} `c` </script> \\n\\t\u00e9"
    return s + quote
''', 'x')
p('''
def f(a: float, n: int):
    return "%s is %d and %f" % ("x" + str(a), n, a), "{}-{}".format((a, [n]), {"k": n})
''', (2.5, 3))

# Tuples
p('''
def f(a: int, b: float):
    t = (a, b, "s", [a])
    x, y, z, w = t
    w.append(2)
    u = (t, t[0])
    return u, t[3], x + y
''', (1, 2.5))
p('''
def g(a: int, b: int) -> Tuple[int, int]:
    return b, a

def f(a: int, b: int):
    x, y = g(a, b)
    p = g(x + 1, y)
    return p, p[0] - p[1]
'''.replace('def f', 'def f'), (1, 2))
p('''
def f(t: Tuple[int, Tuple[str, List[int]]]):
    n, (s, l) = t
    l.append(n)
    return s * 1 if False else s, l, t[1][1]
'''.replace('s * 1 if False else s', 's'), ((1, ('a', [2])),))
p('''
def f(n: int):
    t = (0, 1)
    for i in range(n):
        t = (t[1], t[0] + t[1])
    return t
''', 5)
p('''
def f(n: int):
    best = (-1, "")
    for i in range(n):
        cand = (i * 7 % 5, str(i))
        if cand[0] > best[0]:
            best = cand
    return best
''', 6, 0)

# Reads of tensors that decide
p('''
def f(t: Tensor, n: int):
    if t.dim() == 0:
        return int(t) + n
    total = 0
    for i in range(t.size(0)):
        total += i
    if t.is_floating_point():
        total = -total
    return total
''', (torch.tensor(5), 1), (torch.zeros(4), 1), (torch.zeros(3, 2, dtype=torch.int64), 0))
p('''
def f(t: Tensor):
    l: List[int] = t.tolist()
    return sum(l)
''', torch.tensor([1, 2, 3]), torch.zeros(0, dtype=torch.int64), torch.zeros(2, 2, dtype=torch.int64), torch.zeros(2))
p('''
def f(t: Tensor):
    l: List[List[float]] = t.tolist()
    return l
''', torch.tensor([[1.5, 2.0], [3.0, 4.0]]), torch.zeros(2, 0), torch.zeros(2))
p('''
def f(t: Tensor):
    l: List[bool] = t.tolist()
    return l
''', torch.tensor([True, False]))
p('''
def f(t: Tensor):
    l: int = t.tolist()
    return l
''', torch.tensor(5))
p('''
def f(t: Tensor, a: Tensor, b: Tensor):
    d = {a: 1, b: 2}
    d[t] = 3
    return len(d), a in d, d[b]
'''.replace('d[t] = 3', 'd[a] = 3'), (torch.tensor(1), torch.tensor(2), torch.tensor(3)))
p('''
def f(l: List[Tensor]):
    n = 0
    for t in l:
        if bool(t):
            n += int(t)
    return n, len(l)
''', [torch.tensor(1), torch.tensor(0), torch.tensor(4)], [])
p('''
def f(a: Tensor, b: Tensor):
    x = a
    if int(a) > 3:
        x = b
    return x is a, x is b, x is not None
''', (torch.tensor(1), torch.tensor(2)), (torch.tensor(5), torch.tensor(2)))

# Dicts by tensors: by which tensor, not by what is in it
A, B, C = torch.tensor(1), torch.tensor(2), torch.tensor(3)
p('''
def f(a: Tensor, b: Tensor):
    d: Dict[Tensor, int] = {}
    d[a] = 1
    e = d.copy()
    n = d.setdefault(b, 7)
    m = d.setdefault(a, 8)
    got = d.get(a, 5)
    d.update({b: 9})
    keys = d.keys()
    values = d.values()
    items = d.items()
    p = d.pop(a)
    q = d.pop(a, -1)
    first = d.popitem()
    d[b] = 4
    del d[b]
    maybe = d.get(b)
    g = dict(e)
    e.clear()
    return len(d), len(e), len(g), n, m, got, p, q, first[1], keys[0] is a, keys[1] is b, values, items[1][1], maybe is None, a in d
''', (A, B))
p('''
def f(a: List[Tensor], i: int, j: int):
    return a[i] is a[j], a[i] is not a[j]
''', ([A, B], 1, 1), ([A, B], 0, 1))
PROGRAMS.append(('def f(a: str):\n    torch.warn(a)\n    return a\n', [('x',), ('',)], 'def f(a: str):\n    return a\n'))

# Views: what they look at, and what they say where there is none
GRID = torch.arange(24).reshape(2, 3, 4)
PROGRAMS.append((
    'def f(a: Tensor, i: int, j: Optional[int], k: int):\n    return torch.slice(a, 0, i, j, k), torch.slice(a, -1, i, None, k)\n',
    [(GRID, 0, 2, 1), (GRID, -3, None, 2), (GRID, 3, -3, 1), (GRID, -9, 9, 3), (GRID, 0, 1, 0)],
    'def f(a: Tensor, i: int, j: Optional[int], k: int):\n    return a[i:j:k], a[..., i::k]\n',
))
p('''
def f(a: Tensor, d: int, i: int, n: int):
    return a.narrow(d, i, n)
''', (GRID, 1, 1, 2), (GRID, -1, -2, 1), (GRID, 0, 2, 0), (GRID, 0, 1, 2), (GRID, 0, 3, 1), (GRID, 0, 0, -1), (GRID, 3, 0, 1))
p('''
def f(a: Tensor, i: int, j: int):
    return a.transpose(i, j), a[0].t(), a[0, 0].t(), a.permute([i, j, 1]), a.diagonal(0, i, j), a.diagonal(1), a.diagonal(-1, i, j)
''', (GRID, 0, 2), (GRID, 2, 0), (GRID, -1, 0), (GRID, 0, 1), (GRID, 0, 4))
p('''
def f(a: Tensor):
    return a.t()
''', (GRID,), (GRID[0],), (A,))
p('''
def f(a: Tensor, i: int):
    b = a.unsqueeze(i)
    return b, b.squeeze(), b.squeeze(i), b.squeeze(-1), b.expand([2, -1, 3, 4]), b.detach()
''', (GRID, 0), (GRID, 1), (GRID, -1), (GRID[:1], 3), (GRID, 4))
p('''
def f(a: Tensor, size: List[int]):
    return a.expand(size), a.expand(size).view([-1])
''', (GRID[:, :, :1], [2, 3, 1]), (GRID[:, :, :1], [2, 3, 5]), (GRID[0, 0], [2, 4]), (GRID, [2, -1, 4]), (GRID, [3, 3, 4]), (GRID, [-1, 2, 3, 4]))
p('''
def f(a: Tensor, size: List[int]):
    return a.view(size), a.transpose(0, 1).view(size)
''', (GRID, [3, 2, 2, 2]), (GRID, [3, 2, 4]), (GRID, [3, 2, -1, 1]), (GRID, [24]), (GRID, [5, -1]), (GRID[:, :0], [0, 9]))
p('''
def f(a: Tensor, b: Tensor):
    return a.view_as(b), a[0, 0, 0].expand_as(b)
''', (GRID, GRID.reshape(6, 4)), (GRID, GRID.reshape(4, 6)))
p('''
def f(a: Tensor, size: List[int]):
    return a.reshape(size), a.transpose(0, 1).reshape(size), a.ravel(), a.transpose(0, 2).ravel(), a.transpose(0, 2).contiguous()
''', (GRID, [3, 2, 4]), (GRID, [-1]), (GRID, [6, -1, 2]), (GRID, [5, -1]), (GRID[:, :0], [0, 9]))
p('''
def f(a: Tensor, i: int, j: int):
    return a.flatten(), a.flatten(i, j), a.transpose(0, 1).flatten(i, j), a[0, 0, 0].flatten(), a.swapaxes(i, j), a.swapdims(j, i)
''', (GRID, 0, 1), (GRID, 1, 2), (GRID, -2, -1), (GRID, 1, 1), (GRID, 2, 0), (GRID, 0, 3))
PROGRAMS.append((
    'def f(a: Tensor, b: Tensor, size: List[int]):\n    return a.reshape_as(b), a.transpose(0, 1).reshape_as(b), torch.alias(a), a[:, :, :1].broadcast_to(size)\n',
    [(GRID, GRID.reshape(6, 4), [2, 3, 5]), (GRID, GRID.reshape(4, 6), [1, 2, 3, 2]), (GRID, GRID[0], [2, 3, 1]), (GRID, GRID.reshape(24), [3, 3])],
    'def f(a: Tensor, b: Tensor, size: List[int]):\n    return a.reshape_as(b), a.transpose(0, 1).reshape_as(b), a, a[:, :, :1].broadcast_to(size)\n',
))
PROGRAMS.append((
    'def f(a: Tensor, b: str):\n    d = torch.dict()\n    d[b] = a\n    return d, len(torch.dict())\n',
    [(A, 'x'), (B, '')],
    'def f(a: Tensor, b: str):\n    d: Dict[str, Tensor] = {}\n    d[b] = a\n    return d, 0\n',
))
p('''
def f(a: Tensor, n: int, sizes: List[int], d: int):
    return a.unbind(d), torch.chunk(a, n, d), torch.split(a, n, d), torch.split(a, sizes, d)
''', (GRID, 2, [1, 3], 2), (GRID, 3, [3, 0], 1), (GRID, 4, [2], 0), (GRID, 0, [2], 0), (GRID, 2, [2], 1), (GRID, 2, [2], -4), (A, 2, [2], 0))

# Complex numbers: a case's complex values are tensors of two doubles.
p('''
def f(z: complex, w: complex, x: float, n: int):
    a = [z + w, n + z, z + n, x + z, z + x]
    b = [z - w, n - z, z - n, x - z, z - x]
    c = [z * w, n * z, z * n, x * z, z * x, z / w, -z]
    d = [z ** w, x ** z, z ** x]
    return a, b, c, d, abs(z), torch.angle(z)
''', (1 + 2j, -0.5 + 0.25j, 1.5, 3), (-2 - 1j, 3j, 0.5, -2))
p('''
def f(z: complex, w: complex, x: float, n: int):
    e = [z == w, z == x, x == z, z != w, z != x, x != z]
    return e, str(z), str([z, w]), [torch.isfinite(z), torch.isinf(w), torch.isnan(w)]
''', (1 + 2j, 1 + 2j, 1.0, 3), (2 + 0j, complex(0.0, math.inf), 2.0, -2))
p('''
def f(z: complex, w: complex, x: float, n: int):
    a = [torch.exp(z), torch.log(z), torch.log10(z), torch.sqrt(z), torch.sin(z), torch.cos(z), torch.tan(z), torch.sinh(z), torch.cosh(z), torch.tanh(z)]
    b = [torch.asin(z), torch.acos(z), torch.atan(z), torch.asinh(z), torch.acosh(z), torch.atanh(z)]
    c = [torch.log(z, w), torch.log(n, z), torch.log(z, n), torch.log(x, z), torch.log(z, x)]
    d = [torch.polar(n, n), torch.polar(x, x), torch.polar(n, x), torch.polar(x, n)]
    return a, b, c, d
''', (0.5 + 0.25j, -0.5 + 1.5j, 1.5, 3), (-1.25 - 0.75j, 2j, 0.5, 2))
p('''
def f(n: int, x: float, b: bool):
    return [complex(n, n), complex(n, x), complex(x, n), complex(x, x), complex(n, b), complex(b, n), complex(x, b), complex(b, x), complex(b, b), complex(x)]
''', (2, -1.5, True))
