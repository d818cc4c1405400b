"""Writes in branches and loops."""
import torch
from registry import program, t


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
