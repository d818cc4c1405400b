"""Programs that write: functions for torch.jit.script, each with the inputs that it is run on. make.py records their graphs and results."""
from typing import Dict, List, Optional, Tuple

import torch
from torch import Tensor

PROGRAMS = []


def program(*inputs):
    def add(function):
        PROGRAMS.append((function, [i if isinstance(i, tuple) else (i,) for i in inputs]))
        return function

    return add


def t(*shape, start=0.0):
    count = 1
    for size in shape:
        count *= size
    return (torch.arange(count, dtype=torch.float32) * 0.5 - 1.25 + start).reshape(shape)


# In-place operators on a whole tensor.
@program(t(2, 3), t(0, 2))
def add_to_copy(x):
    y = x.clone()
    y.add_(1)
    return x, y


@program(t(2, 3))
def chain_in_place(x):
    y = x + 1
    y.mul_(2).sub_(0.5).relu_()
    return y


@program(t(3))
def input_is_written(x):
    x.add_(1)
    return x * 2


@program((t(2, 3), t(3)))
def broadcast_write(x, y):
    z = x * 1
    z += y
    z *= y
    return z


@program((t(2, 3).half(), t(2, 3)))
def wider_operand(x, y):
    z = x.clone()
    z.add_(y)
    return z, z.dtype


@program(torch.tensor([3, 4, -7]))
def int_write(x):
    z = x.clone()
    z.floor_divide_(2)
    z.clamp_(-1, 1)
    return z


@program(t(2, 2))
def comparison_in_place(x):
    z = x.clone()
    z.gt_(0)
    return z


@program(t(2, 2))
def fill_and_zero(x):
    a = x.clone()
    b = x.clone()
    a.fill_(3)
    b.zero_()
    return a, b


@program((t(2, 3), torch.tensor(7)))
def fill_with_tensor(x, v):
    a = x.clone()
    a.fill_(v)
    return a


@program((t(2, 3), torch.tensor([1, 2, 3])))
def copy_converts(x, v):
    a = x.clone()
    a.copy_(v)
    return a


@program((t(3), t(3, start=5.0)))
def self_operand(x, y):
    z = x + 0
    z.add_(z)
    z.addcmul_(y, z, value=2.0)
    return z


@program((t(2, 3), t(2, 3) > 0))
def masked_fill(x, m):
    y = x.clone()
    y.masked_fill_(m, 9.0)
    return y


@program((t(4), torch.tensor([0, 2])))
def index_ops(x, i):
    y = x.clone()
    y.index_fill_(0, i, -1.0)
    y.index_add_(0, i, x[:2])
    y.scatter_(0, i, 4.0)
    return y


@program(t(3, 3))
def out_variants(x):
    y = torch.zeros(3, 3)
    torch.add(x, 1, out=y)
    z = torch.zeros(3, 3)
    torch.mul(y, x, out=z[:, :])
    return y, z


@program(t(3, 4))
def out_two(x):
    v = torch.zeros(3)
    i = torch.zeros(3, dtype=torch.long)
    torch.max(x, 1, max=v, max_values=i)
    return v, i


# Writes through views.
@program(t(3, 4))
def select_write(x):
    y = x.clone()
    y[1] = 5
    y[-1, 2] = 7
    return y


@program(t(4, 5), t(2, 3))
def slice_write(x):
    y = x.clone()
    y[1:, ::2] += 1
    y[:-1] = 0
    return y


@program(t(5))
def negative_slices(x):
    y = x.clone()
    y[-3:-1] = 9
    y[10:] = 1
    return y


@program((t(2, 3), 1), (t(4, 4), 2))
def dynamic_bounds(x, n: int):
    y = x.clone()
    y[n:] = 3
    y[:, :n].mul_(2)
    y[n - 1] = -1
    return y


@program(t(2, 3))
def transpose_write(x):
    y = x.clone()
    y.t()[0].add_(1)
    y.transpose(0, 1)[2] = 4
    y.T[1, 0] = 8
    return y


@program(t(2, 3, 4))
def permute_write(x):
    y = x.clone()
    y.permute(2, 0, -2)[1].add_(1)
    y.movedim(0, 2)[0, 0] = 3
    y.swapaxes(0, 1).mul_(2)
    return y


@program(t(2, 6))
def view_write(x):
    y = x.clone()
    y.view(3, 4)[1] = 1
    y.view(-1)[0] = 2
    y.view_as(y)[1] = 3
    return y


@program(t(2, 3))
def reshape_contiguous(x):
    y = torch.zeros(2, 3)
    y.reshape(3, 2)[0] = 5
    return y + x


@program(t(2, 3))
def reshape_input(x):
    v = x.reshape(-1)
    v[0] = 5
    return x + 1


@program(t(2, 6))
def flatten_unflatten(x):
    y = torch.zeros(2, 6)
    y.flatten()[3] = 1
    y.unflatten(1, [2, 3])[1, 0] = 4
    return y + x


@program(t(2, 1, 3))
def squeeze_write(x):
    y = x.clone()
    y.squeeze(1)[0] = 1
    y.squeeze()[1] = 2
    y.unsqueeze(0)[0, 1, 0, 2] = 3
    y.unsqueeze(-1).add_(0.5)
    y.squeeze(0).mul_(2)
    return y


@program(t(3))
def expand_ones(x):
    y = x.clone()
    y.expand(1, 3).add_(1)
    return y


@program(t(3, 4))
def diagonal_write(x):
    y = x.clone()
    y.diagonal().fill_(0)
    y.diagonal(1).add_(10)
    y.diagonal(-1, 1, 0).mul_(2)
    return y


@program(t(4, 5))
def narrow_write(x):
    y = x.clone()
    y.narrow(0, 1, 2).add_(1)
    y.narrow(1, -2, 2).zero_()
    return y


@program((t(4, 5), 1), (t(4, 5), -2))
def narrow_dynamic(x, n: int):
    y = x.clone()
    y.narrow(0, n, 2).add_(1)
    return y


@program(t(3, 4))
def unbind_write(x):
    y = x.clone()
    a, b, c = y.unbind(0)
    a.add_(1)
    c.copy_(b)
    return y


@program(t(5, 2))
def split_write(x):
    y = x.clone()
    a, b, c = torch.split(y, 2)
    b.zero_()
    c.add_(a[:1])
    return y, a, b


@program(t(5, 2))
def split_list_index(x):
    y = x.clone()
    parts = y.split(2)
    parts[-1].fill_(8)
    parts[0].add_(parts[1])
    return y, torch.cat(parts)


@program(t(5, 2))
def split_sizes_write(x):
    y = x.clone()
    a, b = y.split([2, 3], 0)
    b.mul_(-1)
    a[0] = b[0]
    return y


@program(t(4, 7))
def chunk_write(x):
    y = x.clone()
    a, b, c = y.chunk(3, 1)
    c.fill_(1)
    a.add_(b)
    return y, a, c


@program(t(7))
def tensor_split_write(x):
    y = x.clone()
    parts = y.tensor_split(3)
    parts[0].fill_(1)
    parts[1].fill_(2)
    parts[2].add_(1)
    return y


@program(t(2, 3))
def detach_alias(x):
    y = x.clone()
    y.detach().add_(1)
    return y


@program(t(2, 2, 2))
def complex_parts(x):
    y = torch.view_as_complex(x.contiguous().clone())
    torch.real(y).add_(1)
    torch.imag(y).mul_(2)
    torch.view_as_real(y)[0] = 0
    return torch.view_as_real(y)


@program(t(3, 4, 5))
def two_level_view(x):
    y = x.clone()
    y[1][:, 2:][0] = 1
    y[0].t()[3].mul_(2)
    y[:, 0].view(3, 5)[2].add_(7)
    return y


@program(t(4, 4))
def overlapping_slices(x):
    y = x.clone()
    a = y[:3]
    b = y[1:]
    a.add_(1)
    b.mul_(2)
    a[2] = 0
    return y, a, b


@program(t(2, 3))
def view_sees_write(x):
    y = x.clone()
    v = y[0]
    w = v[1:]
    before = w + 0
    y.add_(1)
    after = w * 1
    v.zero_()
    return before, after, w, y


@program((t(2), t(2, start=3.0)))
def swap_rows(a, b):
    y = torch.stack([a, b])
    first = y[0].clone()
    y[0] = y[1]
    y[1] = first
    return y


@program(t(2, 2))
def swap_views(x):
    y = x.clone()
    a, b = y[0], y[1]
    a, b = b, a
    a.add_(10)
    b.mul_(3)
    return y, a, b


# Index writes.
@program(t(2, 3))
def mask_assign(x):
    y = x.clone()
    y[y > 0] = 0
    return y


@program(t(2, 3))
def mask_assign_tensor(x):
    y = x.clone()
    m = y > 0
    y[m] = y[m] * 2
    return y


@program((t(4, 3), torch.tensor([0, 2])))
def index_assign(x, i):
    y = x.clone()
    y[i] = 1
    y[i, 1] += 5
    y[:, i] = 7
    return y


@program((t(3, 3), torch.tensor([0, 0, 1])))
def index_put_accumulate(x, i):
    y = x.clone()
    y.index_put_([i], torch.ones(3, 3), accumulate=True)
    return y


@program((t(2, 4, 3), torch.tensor([0, 2])))
def index_of_view(x, i):
    y = x.clone()
    y[1][i] = 4
    y[:, 1:][:, 0, i] = 6
    return y


# Reshaping in place.
@program(t(2, 3))
def unsqueeze_in_place(x):
    y = x.clone()
    v = y[0]
    y.unsqueeze_(0)
    v.add_(1)
    y[0, 1] = 5
    return y, v


@program(t(2, 3))
def transpose_in_place(x):
    y = x.clone()
    y.t_()
    y[0] = 1
    y.squeeze_()
    return y


# Branches.
@program(t(3), t(3, start=9.0))
def write_in_branch(x):
    y = x.clone()
    if bool(x.sum() > 0):
        y.add_(1)
    else:
        y[0] = 3
    return y


@program(t(3), t(3, start=9.0))
def one_branch(x):
    y = x.clone()
    v = y[1:]
    if bool(x.sum() > 0):
        v.add_(1)
    return y, v


@program(t(3), t(3, start=9.0))
def chosen_target(x):
    a = x + 1
    b = x * 2
    if bool(x.sum() > 0):
        c = a
    else:
        c = b
    c.add_(10)
    return a, b, c


@program(t(2, 2), t(2, 2, start=9.0))
def chosen_view(x):
    y = x.clone()
    z = x * 2
    if bool(x.sum() > 0):
        n = 1
        v = y[n]
    else:
        v = z[0]
    v.add_(10)
    y.mul_(2)
    return y, z, v


@program(t(2, 2), t(2, 2, start=9.0))
def made_in_branch(x):
    if bool(x.sum() > 0):
        y = x + 1
        v = y[0]
    else:
        y = x * 2
        v = y[1]
    v.zero_()
    return y, v


@program(t(2, 2), t(2, 2, start=9.0))
def nested_branches(x):
    y = x.clone()
    s = x.sum()
    if bool(s > 0):
        if bool(s > 10):
            y[0] = 1
        else:
            y.add_(1)
        y.mul_(2)
    return y


@program(t(3), t(3, start=9.0))
def fresh_or_input(x):
    if bool(x.sum() > 0):
        y = x + 1
    else:
        y = x
    y = y.relu_()
    return y * 2


# Loops.
@program((t(3), 3), (t(3), 0))
def write_in_loop(x, n: int):
    y = x.clone()
    for i in range(n):
        y.add_(i)
    return y


@program((t(4, 2), 4))
def rows_in_loop(x, n: int):
    y = torch.zeros(4, 2)
    for i in range(n):
        y[i] = x[i] * i
    return y


@program((t(4, 2), 3), (t(4, 2), 0))
def reassigned_in_loop(x, n: int):
    y = x.clone()
    for i in range(n):
        y = y.add_(1)
        y[0] *= 2
    return y


@program((t(3), 3), (t(3), 0))
def fresh_each_turn(x, n: int):
    y = x.clone()
    for i in range(n):
        z = y + 1
        z.mul_(2)
        y = z
    return y


@program((t(3), 3))
def view_before_loop(x, n: int):
    y = x.clone()
    v = y[1:]
    for i in range(n):
        y.add_(1)
        v.mul_(2)
    return y, v


@program((t(3), 4))
def branch_in_loop(x, n: int):
    y = x.clone()
    for i in range(n):
        if i % 2 == 0:
            y[i % 3] = float(i)
        else:
            y.mul_(2)
    return y


@program((t(3, 3), 3))
def nested_loops(x, n: int):
    y = x.clone()
    for i in range(n):
        for j in range(i):
            y[i, j] = 0
        y[i].add_(i)
    return y


@program(t(3), t(3, start=4.0))
def while_loop(x):
    y = x.clone()
    while bool(y.sum() < 20):
        y.add_(1)
        y[0] += 1
    return y


@program((t(3), 5))
def early_exit(x, n: int):
    y = x.clone()
    for i in range(n):
        y.add_(1)
        if bool(y.sum() > 5):
            break
        y[0] = 0
    return y


@program((t(2, 4, 3), 4))
def recurrent(x, n: int):
    h = torch.zeros(2, 3)
    out = torch.zeros(2, 4, 3)
    for i in range(n):
        h = torch.tanh(h + x[:, i])
        out[:, i] = h
    return out, h


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
