"""Writes to whole tensors, through views and by index."""
import torch
from registry import program, t


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
