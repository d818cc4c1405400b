"""Tensor expressions of generated programs: each operator is a function of the generator that gives (text, dtype, dims), or None where it
has nothing to work on. Domains are kept (`sqrt(abs(x))`), so that results are finite and far from a kernel's last digit."""

from kinds import T, is_a

FLOAT_UNARY = [
    '(-{})', 'torch.abs({})', 'torch.relu({})', 'torch.sigmoid({})', 'torch.tanh({})', '{}.sign()', 'torch.square({}).clamp(max=90.0)',
    'torch.sqrt(torch.abs({}))', 'torch.floor({})', 'torch.ceil({})', 'torch.round({})', 'torch.trunc({})', 'torch.cos({})', 'torch.sin({})',
    'torch.log1p(torch.abs({}))', 'torch.exp(-torch.abs({}))', '(1.0 / (torch.abs({}) + 1.0))', 'torch.clamp({}, min=-1.5, max=2.0)',
    '{}.clamp(min=0)', 'torch.erf({})', 'torch.atan({})', 'F.leaky_relu({}, 0.1)', 'F.gelu({})', 'F.elu({})', 'F.softplus({})', 'F.silu({})',
    'F.hardtanh({})', '({} ** 2).clamp(max=50.0)', '(2.0 - {})', '{}.clone()', '{}.contiguous()', 'torch.rsqrt(torch.abs({}) + 1.0)',
    'torch.remainder({}, 3.0)', 'torch.fmod({}, 2.0)', '({} % 2)', '({} // 2)', 'torch.zeros_like({})', 'torch.ones_like({})',
    'torch.full_like({}, 1.5)', '{}.to(torch.float64).to(torch.float32)', '{}.double().float()', 'F.threshold({}, 0.5, -1.0)', '{}.detach()',
    'F.dropout({}, 0.5, False)', 'torch.nan_to_num({})', 'F.hardswish({})',
]  # fmt: skip
INT_UNARY = [
    '(-{})', 'torch.abs({})', '{}.sign()', '({} + 1)', '({} * 2 % 31)', '({} % 5)', '({} // 2)', 'torch.clamp({}, min=-3, max=6)',
    'torch.bitwise_not({})', '({} & 3)', '({} | 4)', '({} ^ 1)', '({} << 1) % 50', '({} >> 1)', '{}.clone()', 'torch.zeros_like({})',
    '{}.clamp(max=4)', '{}.to(torch.int32).to(torch.int64)', 'torch.square({} % 7)',
]  # fmt: skip
BOOL_UNARY = ['(~{})', 'torch.logical_not({})', '{}.clone()']
FLOAT_BINARY = [
    '({} + {})', '({} - {})', '({} * {}).clamp(-60.0, 60.0)', 'torch.minimum({}, {})', 'torch.maximum({}, {})', '({} / (torch.abs({}) + 1.0))',
    'torch.add({}, {}, alpha=2)', 'torch.sub({}, {}, alpha=0.5)', 'torch.atan2({}, {})', 'torch.hypot({}, {})',
]  # fmt: skip
INT_BINARY = ['({} + {})', '({} - {})', '({} * {} % 41)', 'torch.minimum({}, {})', 'torch.maximum({}, {})', '({} % (torch.abs({}) + 1))']
BOOL_BINARY = ['({} & {})', '({} | {})', '({} ^ {})', 'torch.logical_and({}, {})', 'torch.logical_or({}, {})', 'torch.logical_xor({}, {})']
COMPARE = ['({} > {})', '({} < {})', '({} >= {})', '({} <= {})', '({} == {})', '({} != {})', 'torch.gt({}, {})', '{}.le({})']
UNARY = {'float32': FLOAT_UNARY, 'int64': INT_UNARY, 'bool': BOOL_UNARY}
BINARY = {'float32': FLOAT_BINARY, 'int64': INT_BINARY, 'bool': BOOL_BINARY}


def broadcast(a, b):
    """The broadcast of two dims as far as it is sure to work, or None."""
    if len(a) < len(b):
        a, b = b, a
    out = list(a)
    for i, (x, y) in enumerate(zip(a[len(a) - len(b):], b, strict=True)):
        at = len(a) - len(b) + i
        if x == y and x is not None or y == 1:
            continue
        if x != 1:
            return None
        out[at] = y
    return tuple(out)


def size(a, b):
    return a + b if isinstance(a, int) and isinstance(b, int) else None


def product(dims):
    n = 1
    for d in dims:
        if not isinstance(d, int):
            return None
        n *= d
    return n


def without(dims, i):
    return dims[:i] + dims[i + 1:]


def unary(g, e, dtype, dims, depth):
    return g.pick(UNARY[dtype]).format(e), dtype, dims


def binary(g, e, dtype, dims, depth):
    if g.chance(0.3):
        scalar = {'float32': g.expr('float', depth - 1), 'int64': f'({g.expr("int", depth - 1)} % 7)', 'bool': None}[dtype]
        if scalar is not None:
            return g.pick(['({} + {})', '({} - {})', '({} * {})']).format(e, scalar), dtype, dims
    other = g.tensor_for(dtype, dims, depth - 1)
    if other is None:
        return None
    text, out = other
    return g.pick(BINARY[dtype]).format(e, text), dtype, out


def compare(g, e, dtype, dims, depth):
    if dtype == 'bool':
        return None
    if g.chance(0.5):
        return g.pick(COMPARE).format(e, {'float32': g.pick(['0.3', '-0.7', '1.1']), 'int64': str(g.int(-1, 3))}[dtype]), 'bool', dims
    other = g.tensor_for(dtype, dims, depth - 1)
    return None if other is None else (g.pick(COMPARE).format(e, other[0]), 'bool', other[1])


def cast(g, e, dtype, dims, depth):
    return g.pick(
        [
            (f'{e}.float()', 'float32', dims),
            (f'{e}.to(torch.int64)', 'int64', dims),
            (f'{e}.long()', 'int64', dims),
            (f'{e}.to(torch.float32)', 'float32', dims),
            (f'({e} != 0)', 'bool', dims),
            (f'({e} > 0).float()' if dtype != 'bool' else f'{e}.float()', 'float32', dims),
        ]
    )


def where(g, e, dtype, dims, depth):
    mask = g.tensor_for('bool', dims, depth - 1)
    if mask is None:
        return None
    if dtype == 'float32' and g.chance(0.4):
        return f'{e}.masked_fill({mask[0]}, {g.pick(["0.0", "-1.5", "2.0"])})' if mask[1] == dims else None, dtype, dims
    other = g.tensor_for(dtype, mask[1], depth - 1)
    return None if other is None else (f'torch.where({mask[0]}, {e}, {other[0]})', dtype, other[1])


def reduce_all(g, e, dtype, dims, depth):
    ops = {
        'float32': ['sum()', 'mean()', 'max()', 'min()', 'amax()', 'norm()', 'prod().clamp(-9.0, 9.0)', 'abs().sum()', 'var(unbiased=False)'],
        'int64': ['sum()', 'max()', 'min()'],
        'bool': ['any()', 'all()', 'sum()'],
    }[dtype]
    op = g.pick(ops)
    return f'{e}.{op}', 'int64' if dtype == 'bool' and op == 'sum()' else dtype, ()


def reduce_dim(g, e, dtype, dims, depth):
    if not dims:
        return None
    i = g.below(len(dims))
    at = g.pick([i, i - len(dims)])
    keep = g.chance(0.3)
    out = (*dims[:i], 1, *dims[i + 1:]) if keep else without(dims, i)
    k = ', keepdim=True' if keep else ''
    if dtype == 'bool':
        return f'{e}.{g.pick(["any", "all"])}({at}{k})', 'bool', out
    ops = ['sum', 'amax', 'amin', 'mean', 'logsumexp'] if dtype == 'float32' else ['sum', 'amax', 'amin']
    form = g.below(5)
    if form == 0:
        return f'{e}.{g.pick(["argmax", "argmin"])}({at}{k})', 'int64', out
    if form == 1:
        return f'torch.{g.pick(["max", "min"])}({e}, {at}{k})[{g.pick(["0", "0", "1"])}]', None, out
    return f'torch.{g.pick(ops)}({e}, {at}{k})', dtype, out


def along(g, e, dtype, dims, depth):
    if not dims or dtype == 'bool':
        return None
    i = g.below(len(dims))
    if dtype == 'float32' and g.chance(0.5):
        return g.pick([f'torch.softmax({e}, {i})', f'F.log_softmax({e}, dim={i})', f'F.normalize({e}, dim={i})']), dtype, dims
    return g.pick(
        [
            f'torch.cumsum({e}, {i})', f'torch.flip({e}, [{i}])', f'torch.roll({e}, 1, {i})', f'torch.sort({e}, {i})[0]',
            f'torch.sort({e}, dim={i}, descending=True)[0]', f'torch.cummax({e}, {i})[0]',
        ]
    ), dtype, dims  # fmt: skip


def order(g, e, dtype, dims, depth):
    if not dims or dtype == 'bool':
        return None
    i = g.below(len(dims))
    if g.chance(0.5):
        return f'torch.argsort({e}, dim={i}, stable=True)', 'int64', dims
    k = g.int(1, 2)
    if not isinstance(dims[i], int) or dims[i] < k:
        k = 1
    return f'torch.topk({e}, {k}, {i})[0]', dtype, (*dims[:i], k, *dims[i + 1:])


def index(g, e, dtype, dims, depth):
    """Subscripts: numbers, slices, None, ellipsis, a run-time number, masks and lists of indices."""
    if not dims:
        return f'{e}[None]', dtype, (1,)
    form = g.below(11)
    d0 = dims[0]
    if form == 0:
        return f'{e}[{g.pick([0, -1])}]', dtype, dims[1:]
    if form == 1:
        n = g.int(1, 2)
        return f'{e}[{n}:]', dtype, (d0 - n if isinstance(d0, int) and d0 > n else None, *dims[1:])
    if form == 2:
        return f'{e}[::2]', dtype, ((d0 + 1) // 2 if isinstance(d0, int) else None, *dims[1:])
    if form == 3:
        return f'{e}[..., None]', dtype, (*dims, 1)
    if form == 4 and len(dims) > 1:
        return f'{e}[:, {g.pick([0, -1])}]', dtype, without(dims, 1)
    if form == 5:
        return f'{e}[{g.expr("int", depth - 1)} % {e}.size(0)]' if e.isidentifier() else f'{e}[0]', dtype, dims[1:]
    if form == 6 and len(dims) == 1:
        mask = g.tensor_for('bool', dims, depth - 1)
        return None if mask is None or mask[1] != dims else (f'{e}[{mask[0]}]', dtype, (None,))
    if form == 7:
        idx = g.find(lambda ty: is_a('T', ty) and ty[1] == 'int64' and len(ty[2]) == 1)
        return None if idx is None or not e.isidentifier() else (f'{e}[{idx[0]} % {e}.size(0)]', dtype, (idx[1][2][0], *dims[1:]))
    if form == 8:
        return f'{e}[None]', dtype, (1, *dims)
    if form == 9:
        return f'{e}[-1:]', dtype, (1, *dims[1:])
    return f'{e}[..., 0]', dtype, dims[:-1]


def reshape(g, e, dtype, dims, depth):
    n = len(dims)
    form = g.below(10)
    if form == 0:
        return f'{e}.reshape(-1)', dtype, (product(dims),) if n != 1 else dims
    if form == 1:
        i = g.int(0, n)
        return f'{e}.unsqueeze({i})', dtype, (*dims[:i], 1, *dims[i:])
    if form == 2 and n == 2:
        return g.pick([f'{e}.t()', f'{e}.transpose(0, 1)', f'{e}.permute(1, 0)']), dtype, (dims[1], dims[0])
    if form == 3 and 1 in dims:
        i = dims.index(1)
        return f'{e}.squeeze({i})', dtype, without(dims, i)
    if form == 4 and n >= 1:
        return f'{e}.flatten({0 if n == 1 else n - 2})', dtype, (*dims[:-2], product(dims[-2:])) if n > 1 else dims
    if form == 5:
        return f'{e}.expand({", ".join(["2", *["-1"] * n])}).clone()', dtype, (2, *dims)
    if form == 6 and n == 1:
        return f'{e}.repeat(2)', dtype, (size(dims[0], dims[0]),)
    if form == 7 and n >= 1:
        i = g.below(n)
        return f'torch.narrow({e}, {i}, 0, 1)', dtype, (*dims[:i], 1, *dims[i + 1:])
    if form == 8 and n == 2:
        return f'{g.pick(["torch.tril", "torch.triu"])}({e})' if dtype != 'bool' else f'{e}.t().t()', dtype, dims
    if form == 9 and n == 3:
        return f'{e}.transpose(1, 2)', dtype, (dims[0], dims[2], dims[1])
    return None


def join(g, e, dtype, dims, depth):
    other = g.tensor_for(dtype, dims, depth - 1)
    if other is None or other[1] != dims or None in dims:
        return None
    if g.chance(0.5):
        i = g.int(0, len(dims))
        return f'torch.stack([{e}, {other[0]}], {i})', dtype, (*dims[:i], 2, *dims[i:])
    if not dims:
        return None
    i = g.below(len(dims))
    return f'torch.cat([{e}, {other[0]}], dim={i})', dtype, (*dims[:i], size(dims[i], dims[i]), *dims[i + 1:])


def product_of(g, e, dtype, dims, depth):
    if dtype != 'float32' or not dims or None in dims:
        return None
    if len(dims) == 1:
        other = g.tensor_for(dtype, dims, depth - 1)
        if other is None or other[1] != dims:
            return None
        return g.pick([(f'torch.dot({e}, {other[0]})', dtype, ()), (f'torch.outer({e}, {other[0]})', dtype, (dims[0], dims[0]))])
    if len(dims) == 2:
        other = g.find(lambda ty: is_a('T', ty) and ty[1] == 'float32' and len(ty[2]) == 2 and ty[2][0] == dims[1])
        if other is not None:
            return g.pick([f'torch.matmul({e}, {other[0]})', f'({e} @ {other[0]})', f'torch.mm({e}, {other[0]})']), dtype, (dims[0], other[1][2][1])
        other = g.tensor_for(dtype, dims, depth - 1)
        return None if other is None or other[1] != dims else (f'({e} @ {other[0]}.t())', dtype, (dims[0], dims[0]))
    return None


def gather(g, e, dtype, dims, depth):
    if not dims or not e.isidentifier():
        return None
    i = g.below(len(dims))
    form = g.below(3)
    if form == 0:
        idx = g.find(lambda ty: is_a('T', ty) and ty[1] == 'int64' and len(ty[2]) == 1)
        return None if idx is None else (f'torch.index_select({e}, {i}, {idx[0]} % {e}.size({i}))', dtype, (*dims[:i], idx[1][2][0], *dims[i + 1:]))
    if form == 1:
        idx = g.find(lambda ty: ty == T('int64', *dims))
        return None if idx is None else (f'torch.gather({e}, {i}, {idx[0]} % {e}.size({i}))', dtype, dims)
    return (f'torch.nonzero({e}).reshape(-1)', 'int64', (None,)) if len(dims) == 1 else None


def made(g, e, dtype, dims, depth):
    """A tensor of Python values."""
    n = g.int(1, 4)
    forms = [
        (f'torch.arange({n})', 'int64', (n,)),
        (f'torch.arange({g.expr("int", depth - 1)} % 4 + 1)', 'int64', (None,)),
        (f'torch.zeros(2, {n})', 'float32', (2, n)),
        (f'torch.ones({n})', 'float32', (n,)),
        (f'torch.full([{n}], {g.expr("float", depth - 1)})', 'float32', (n,)),
        (f'torch.tensor({g.expr("float", depth - 1)})', 'float32', ()),
        (f'torch.tensor([{g.expr("int", depth - 1)}, {g.expr("int", depth - 1)}])', 'int64', (2,)),
        (f'torch.tensor({g.expr("int", depth - 1)})', 'int64', ()),
        (f'torch.linspace(0.0, 1.0, {n})', 'float32', (n,)),
        (f'torch.eye({n})', 'float32', (n, n)),
        (f'torch.zeros({e}.size(0), {n})' if dims else 'torch.zeros(2)', 'float32', (dims[0], n) if dims else (2,)),
    ]
    xs = g.find(lambda ty: ty in (('L', 'int'), ('L', 'float')))
    if xs is not None:
        forms += [(f'torch.tensor({xs[0]})', 'int64' if xs[1] == ('L', 'int') else 'float32', (None,))] * 3
    ts = g.find(lambda ty: is_a('L', ty) and is_a('T', ty[1]) and None not in ty[1][2])
    if ts is not None:
        item = ts[1][1]
        forms += [(f'torch.stack({ts[0]}) if len({ts[0]}) > 0 else torch.zeros([0] * {len(item[2]) + 1})', item[1], (None, *item[2]))] * 3
    return g.pick(forms)


# More of what programs are made of most.
OPERATORS = [unary] * 5 + [binary] * 6 + [compare, cast, where, where] + [reduce_all] * 2 + [reduce_dim] * 3 + [along] * 2 + [
    order, index, index, index, reshape, reshape, join, join, product_of, gather, made,
]  # fmt: skip
