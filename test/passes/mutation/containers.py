"""Lists, dicts, tuples and Optionals that are written, or that hold what is written."""
from typing import Dict, List, Optional

import torch
from registry import program, t
from torch import Tensor


# Lists.
@program((t(3), 3))
def append_loop(x, n: int):
    out: List[Tensor] = []
    for i in range(n):
        out.append(x * i)
    return torch.stack(out)


@program((t(3), 3))
def append_written(x, n: int):
    out: List[Tensor] = []
    for i in range(n):
        y = x.clone()
        y[0] = i
        out.append(y)
    out[0].add_(1)
    return torch.stack(out)


@program(t(3))
def list_methods(x):
    a = [1, 2, 3]
    a.append(4)
    a.extend([5, 6])
    a.insert(0, 9)
    last = a.pop()
    first = a.pop(0)
    a.reverse()
    a[1] = 7
    a.remove(1)
    del a[0]
    a.sort()
    b = a.copy()
    b.clear()
    return a, b, last, first


@program(t(3))
def list_alias(x):
    a = [1.0, 2.0]
    b = a
    b.append(3.0)
    a[0] = 5.0
    return a, b


@program(t(3), t(3, start=9.0))
def list_in_branch(x):
    a = [1]
    if bool(x.sum() > 0):
        a.append(2)
    else:
        a = [7]
    a.append(3)
    return a


@program(t(3))
def write_elements(x):
    a = [x + 1, x * 2]
    for v in a:
        v.add_(1)
    return a


@program(t(3))
def write_shared_elements(x):
    p = x + 1
    q = x * 2
    a = [p, q]
    for v in a:
        v.add_(1)
    return p, q, a


@program(t(3))
def write_unpacked(x):
    a = [x + 1, x * 2]
    p, q = a
    p.add_(1)
    a[1].mul_(2)
    return a[0], q


@program(t(3))
def list_of_lists(x):
    a = [[1], [2, 3]]
    a[0].append(5)
    a[1][0] = 9
    return a


@program(t(3))
def list_set_item(x):
    a = [x, x + 1]
    a[0] = x * 2
    a[1] += 1
    return a


@program((t(3), 3))
def stack_machine(x, n: int):
    stack = [x]
    for i in range(n):
        top = stack.pop()
        stack.append(top * 2)
        stack.append(top + 1)
    return stack


@program((t(3), 2))
def list_concat_in_place(x, n: int):
    a = [n]
    a += [1, 2]
    a *= 2
    return a


@program(([t(2), t(3)],))
def input_list(xs: List[Tensor]):
    for v in xs:
        v.mul_(2)
    xs.append(xs[0] + 1)
    return xs


@program((t(2, 3), 2))
def mask_list(x, n: int):
    size = list(x.shape)
    size.append(n)
    size[0] = 1
    return torch.zeros(size)


# Dicts.
@program(t(3))
def dict_methods(x):
    d = {'a': x, 'b': x + 1}
    d['c'] = x * 2
    d['a'] = x - 1
    v = d.pop('b')
    d.update({'z': v})
    e = d.setdefault('y', x * 3)
    del d['c']
    return d, e, len(d)


@program(t(3))
def dict_element_written(x):
    d = {'a': x + 1, 'b': x * 2}
    d['a'].add_(1)
    d['b'][0] = 7
    return d


@program((t(3), 3))
def dict_counter(x, n: int):
    d: Dict[int, int] = {}
    for i in range(n):
        k = i % 2
        if k in d:
            d[k] += 1
        else:
            d[k] = 1
    return d


@program(t(3))
def dict_clear(x):
    d = {1: x}
    d.clear()
    d[2] = x + 1
    return d


# Tuples and Optionals.
@program(t(3))
def tuple_elements(x):
    p = (x + 1, x * 2)
    a, b = p
    a.add_(1)
    p[1].mul_(3)
    return p


@program((t(3), None), (t(3), t(3, start=2.0)))
def optional_written(x, y: Optional[Tensor]):
    if y is not None:
        y.add_(1)
        x = x + y
    z = y
    return x, z


@program((t(3), None), (t(3), t(3, start=2.0)))
def optional_default(x, y: Optional[Tensor]):
    if y is None:
        y = torch.zeros(3)
    y[0] = 1
    return x + y, y


@program((t(3), 2), (t(3), 0))
def tuple_in_loop(x, n: int):
    s = (x.clone(), 0)
    for i in range(n):
        h, k = s
        h = h + 1
        h[0] = k
        s = (h, k + 1)
    return s


@program(t(3))
def maybe_copies(x):
    y = x.clone()
    z = y.to(torch.float64)
    z.add_(1)
    w = y.contiguous()
    w.add_(2)
    return z, w


@program(t(4))
def dropout_alias(x):
    y = torch.dropout(x, 0.5, False)
    y.add_(1)
    return x, y


@program(t(3))
def loop_over_list_of_views(x):
    y = x.repeat(2, 1)
    out: List[Tensor] = []
    for row in y.unbind(0):
        row.add_(1)
        out.append(row * 2)
    return y, out


@program((t(4, 4), 2))
def roll_buffer(x, n: int):
    buf = torch.zeros(3, 4)
    for i in range(n):
        buf[:-1] = buf[1:].clone()
        buf[-1] = x[i]
    return buf


@program(t(2, 3))
def relu_in_place_branch(x):
    y = torch.nn.functional.relu(x + 1, inplace=True)
    return y


@program((t(2, 4, 4),))
def pad_manual(x):
    y = torch.zeros(2, 6, 6)
    y[:, 1:-1, 1:-1] = x
    y[:, 0] = y[:, 1]
    return y


@program((t(5, 5),))
def triangular(x):
    m = torch.full([5, 5], float('-inf'))
    m.triu_(1)
    y = x.clone()
    y += m
    return y


@program(t(3))
def detach_in_place(x):
    y = x.clone()
    v = y[1:]
    z = y.detach_()
    z.requires_grad_(False)
    v.add_(1)
    return y, z, v


@program((t(2, 3), t(2, 3, start=1.0)))
def list_of_pairs(x, y):
    pairs = [(x + 1, y + 1), (x * 2, y * 2)]
    for a, b in pairs:
        a.add_(b)
    p, q = pairs[0]
    p[0] = 3
    return pairs


@program((t(3), 3))
def dict_of_lists(x, n: int):
    d: Dict[str, List[int]] = {'a': [1], 'b': [7]}
    for i in range(n):
        d['b'].append(i)
        d['a'][0] += i
    return d


@program(t(3))
def returned_twice(x):
    y = x.clone()
    z = y
    z += 1
    return y, z, y[0]


@program((t(4, 3), t(3)), (t(4, 3), t(3, start=8.0)))
def while_with_views(x, y):
    row = x[0]
    i = 0
    while bool(row.sum() < 10) and i < 4:
        row.add_(y)
        row = x[i]
        i += 1
    return x + 0, i
