"""Small programs that once went wrong: shrunk random ones by the number of their seed, and others that were found by thinking.

Each: name → (bodies of the class, declared tensors, inputs of each call). `forward` is torch's own Python."""

import torch

F, I, B = 'float32', 'int64', 'bool'


def t(*shape, dtype=F):
    return {'dtype': dtype, 'shape': list(shape)}


def f(*items):
    return torch.tensor(items)


M = torch.tensor([[1.0, -2.0, 3.0], [4.0, -5.0, float('nan')], [7.0, 0.5, -9.0]])
V = torch.tensor([1.0, -2.0, 3.0])


def expanded(write, *others, base='x.clone()', sizes='n, 3'):
    """A write through a tensor expanded to `n` rows, for no, one and several."""
    source = f"""
    def forward(self, x: Tensor, n: int) -> Tuple[Tensor, Tensor]:
        y = {base}
        e = y.expand({sizes})
        {write}
        return y, e
"""
    return source, {'x': t(3)}, [[V, 1], [V, 4], *others]


PROGRAMS = {
    'expanded add_': expanded('e.add_(1)', [V, 0]),
    'expanded base': expanded('y.add_(1)', [V, 0]),
    'expanded row': expanded('e[0].add_(1)'),
    'expanded last row': expanded('e[-1] *= 3.0'),
    'expanded column': expanded('e[:, 0].add_(1)'),
    'expanded rows': expanded('e[1:3].mul_(2)', [V, 2]),
    'expanded no columns': expanded('e[:, :0].add_(1)'),
    'expanded element': expanded('e[0, 1] += 3.0'),
    'expanded item': expanded('e[:2, 1] = 7.0'),
    'expanded items': expanded('e[0] = torch.tensor([3.0, float("nan"), 5.0])'),
    'expanded zero_': expanded('e.zero_()', [V, 0]),
    'expanded fill_': expanded('e.fill_(2.0)'),
    'expanded fill_ of columns': expanded('e[:, :2].fill_(2.0)'),
    'expanded copy_': expanded('e.copy_(torch.ones(n, 3))'),
    'expanded masked_fill_': expanded('e.masked_fill_(e > 0, 2.0)'),
    'expanded masked_fill_ of one row': expanded('e.masked_fill_(torch.arange(n).unsqueeze(1) == 0, float("nan"))'),
    'expanded index_put_': expanded('e[e > 0] = 5.0'),
    'expanded index_fill_': expanded('e.index_fill_(1, torch.tensor([0, 2]), 1.0)'),
    'expanded index_add_': expanded('e.index_add_(0, torch.tensor([0]), torch.ones(1, 3))'),
    'expanded tril_': expanded('e.tril_()'),
    'expanded scatter_': expanded('e.scatter_(0, torch.zeros(1, 3, dtype=torch.int64), 1.0)'),
    'expanded sigmoid_': expanded('e.sigmoid_()'),
    'expanded transposed': expanded('e.t()[1].add_(1.0)'),
    'expanded diagonal': expanded('e.diagonal().add_(1.0)'),
    'expanded of view': expanded('e[0].add_(1)', base='torch.cat([x, x])[1:4]'),
    'expanded of column': expanded('e[:, -1].add_(1)', base='x.clone().unsqueeze(1)', sizes='3, n'),
    'expanded twice': expanded('e.expand(2, n, 3)[1, 0].neg_()'),
    'expanded unsqueeze_': expanded('e.unsqueeze_(0)\n        y.add_(1.0)'),
    'expanded reshape of base': expanded('y.view(3, 1).mul_(2.0)'),
    'expand_as of equals': (
        """
    def forward(self, x: Tensor, z: Tensor) -> Tuple[Tensor, Tensor]:
        y = x.clone()
        e = y.expand_as(z)
        e.mul_(z)
        e += 1.0
        return y, e
""",
        {'x': t('N', 3), 'z': t('N', 3)},
        [[M, M + 1.0], [M[:1], M[1:2]]],
    ),
    'expanded or not': (
        """
    def forward(self, x: Tensor, n: int) -> Tuple[Tensor, Tensor, Tensor]:
        y = x.clone()
        z = torch.ones(2, 3)
        e = z
        if n > 2:
            e = y.expand(n, 3)
        e[0] += 1.0
        return y, z, e
""",
        {'x': t(3)},
        [[V, 1], [V, 4]],
    ),
    'expanded in a loop': (
        """
    def forward(self, x: Tensor, n: int) -> Tensor:
        y = x.clone()
        e = y.unsqueeze(0).expand(n, 3)
        for i in range(n):
            e[i].add_(float(i))
        y[0] = 9.0
        return e
""",
        {'x': t(3)},
        [[V, 0], [V, 1], [V, 4]],
    ),
    'expanded in a list': (
        """
    def forward(self, x: Tensor, n: int) -> Tuple[Tensor, List[Tensor]]:
        y = x.clone()
        e = y.expand(n, 3)
        rows = [e[0], e[-1]]
        rows[n % 2].add_(1.0)
        rows.append(e)
        y[1] = 4.0
        return y, rows
""",
        {'x': t(3)},
        [[V, 1], [V, 4]],
    ),
    'expanded in a list, whole': (
        """
    def forward(self, x: Tensor, n: int) -> Tuple[Tensor, List[Tensor]]:
        y = x.clone()
        rows = [y.expand(n, 3)]
        rows[n % 1].add_(1.0)
        y[1] = 4.0
        return y, rows
""",
        {'x': t(3)},
        [[V, 1], [V, 4]],
    ),
    # Seed 73.
    'a loop that may leave a view': (
        """
    def forward(self, x: Tensor, n: List[int]) -> Tuple[Tensor, Tensor]:
        y = torch.cumsum(x, 0)
        v = y[-1]
        for i in range(len(n)):
            v = v - v
        for i in n:
            if i > 2:
                v.remainder_(53)
        v.add_(1)
        return y, v
""",
        {'x': t('N', dtype=I)},
        [[f(5, -8, -9), []], [f(5, -8), [1, 5]], [f(7), [3]]],
    ),
    # Seed 195.
    'a branch that writes a view or gives a copy': (
        """
    def forward(self, d: Dict[str, int], x: Tensor) -> Tuple[Tensor, Tensor]:
        v = x[0]
        for k, n in d.items():
            if n > 2:
                v.clamp_(-1.0, 1.0)
            else:
                v = v.double().float().clamp(-2.0, 2.0)
        return x, v
""",
        {'x': t(3, 3)},
        [[{'a': 3, 'b': 1}, M], [{}, M], [{'a': 1, 'b': 5}, M], [{'a': 3}, M]],
    ),
    # Seed 254.
    'a list of rows of the state': (
        """
    def __init__(self) -> None:
        super().__init__()
        self.register_buffer('s', torch.arange(9.0).reshape(3, 3) / 4 - 1)

    def forward(self, x: Tensor, k: str) -> Tuple[List[Tensor], str]:
        rows: List[Tensor] = list(self.s.unbind(0))
        self.s.copy_(torch.add(self.s, x, alpha=2))
        rows[0].neg_()
        rows.append(x[0])
        return rows, k.upper()
""",
        {'x': t(3, 3)},
        [[torch.ones(3, 3), 'a'], [torch.zeros(3, 3), 'b']],
    ),
    # Seed 350.
    'a dropout that drops nothing': (
        """
    def forward(self, n: int, d: Dict[str, int]) -> Tuple[Tensor, int]:
        v = torch.zeros(2, 4).float()
        v = torch.dropout(v, 0.5, False)
        v.t()[0].add_(1)
        while n < len(d):
            n += 1
            row = v[0]
            v.add_(v)
            row.add_(2)
            if 'k' in d:
                d.pop('k')
        return v, n
""",
        {},
        [[0, {'a': 1, 'k': 2, 'c': 4}], [3, {}]],
    ),
    # Seed 1957.
    'a list of a tensor and its conversions': (
        """
    def forward(self, x: Tensor, k: str) -> Tuple[List[Tensor], str]:
        v = [x, x.to(torch.float64).to(torch.float32), x.float(), x.to(torch.float32, copy=True), x.type_as(x)]
        w = x.transpose(0, 1)
        v.append(torch.atan2(x, x))
        w.t()[0].add_(1)
        return v, k.lower()
""",
        {'x': t('N', 3)},
        [[M, 'Ab'], [M[:1], '']],
    ),
    # Seed 2269.
    'a conversion in a loop': (
        """
    def forward(self, x: Tensor, n: int) -> Tuple[Tensor, Tensor]:
        v = x[0]
        v = v.to(torch.int32).to(torch.int64)
        for i in range(n):
            x.remainder_(53)
            w = v[0]
            w.mul_(-1)
            x = -x
        return x, v
""",
        {'x': t('N', 3, dtype=I)},
        [[torch.tensor([[4, 0, -5], [-9, 11, 22]]), 3], [torch.tensor([[4, 0, -5]]), 0]],
    ),
    # Seed 2314.
    'a view beside a list of views': (
        """
    def forward(self, x: Tensor, rows: List[Tensor]) -> Tuple[int, List[Tensor]]:
        rows = list(torch.unbind(x))[:2]
        v = x.float()
        v[0, 0] = float(x.sum())
        return len(rows), rows
""",
        {'x': t('N', 3)},
        [[M[::2], [V]], [M[:1], []]],
    ),
    'a conversion of unknown dtype': (
        """
    def forward(self, x: Tensor, y: Tensor, n: int) -> Tuple[List[Tensor], Tensor]:
        z = x
        if n > 2:
            z = y
        v = z.to(torch.float32)
        rows = [v, v[:1]]
        for i in range(n):
            rows[i % 2] += 1.0 if i % 2 == 0 else 2.0
        return rows, z
""",
        {'x': t(3), 'y': t(3, dtype='float64')},
        [[V, V.double(), 0], [V, V.double(), 2], [V, V.double(), 5]],
    ),
    # Seed 1949.
    'contiguous of an argument': (
        """
    def forward(self, x: Tensor, n: int) -> Tuple[Tensor, Tensor, int]:
        v = x.contiguous()
        for i in range(n):
            for k in range(x.size(0)):
                v[v > 1] = -2
                v.clamp_(-50.0, 50.0)
                x[k] += 3.0
        return x, v, n
""",
        {'x': t('N')},
        [[V, 0], [V, 2]],
    ),
}  # fmt: skip


def shared(view, before='x = x + 1.0', write='v[0] = 9.0', declared=None, cases=None):
    """A tensor and a view of it, or a copy, in a list; both are written."""
    source = f"""
    def forward(self, x: Tensor, n: int) -> Tuple[List[Tensor], int]:
        {before}
        v = {view}
        rows = [x, v]
        for i in range(n):
            rows[i % 2].mul_(2.0)
            {write}
        return rows, n
"""
    return source, declared or {'x': t('N', 3)}, cases or [[M, 0], [M, 3], [M[:1], 2]]


PROGRAMS |= {
    'shared reshape': shared('x.reshape(-1)'),
    'shared reshape of a slice': shared('x[:, 1:].reshape(-1)'),
    'shared reshape of a transpose': shared('x.t().reshape(-1)'),
    'shared reshape of rows': shared('x[:1].reshape(3, 1)'),
    'shared reshape of an expanded row': shared('x[0].expand(2, 3).reshape(-1)'),
    'shared flatten': shared('x.flatten()'),
    'shared flatten of columns': shared('x[:, :2].flatten()'),
    'shared flatten of two axes': shared('x.unsqueeze(0).transpose(0, 1).flatten(0, 1)'),
    'shared ravel': shared('x.ravel()'),
    'shared contiguous': shared('x.contiguous()'),
    'shared contiguous of a transpose': shared('x.t().contiguous()'),
    'shared contiguous of rows': shared('x[::2].contiguous()'),
    'shared reshape_as': shared('x.t().reshape_as(x)'),
    'shared swapaxes': shared('x.swapaxes(0, 1)'),
    'shared expanded': shared('x[0].expand(2, 3)', write='x[0, 1] = 5.0', cases=[[M, 0], [M, 1]]),
    'shared expanded, written': shared('x[0].expand(2, 3)', write='x[0, 1] = 5.0', cases=[[M, 2]]),
    'shared expanded, filled': shared('x[0].expand(2, 3)', write='v.zero_()', cases=[[M, 1]]),
    'shared reshape of a sum': shared('x.reshape(-1)', before='x = x.t().sum(0, keepdim=True)', write='v[0] = 2.0'),
    'reshape or copy by a branch': (
        """
    def forward(self, x: Tensor, n: int) -> Tuple[Tensor, Tensor]:
        x = x + 1.0
        y = x
        if n > 1:
            y = x.t()
        v = y.reshape(-1)
        v[0] = 9.0
        y[0, 0] += 1.0
        return y, v
""",
        {'x': t(3, 3)},
        [[M, 0], [M, 3]],
    ),
    'reshape after t_': (
        """
    def forward(self, x: Tensor, n: int) -> Tuple[Tensor, Tensor, Tensor]:
        y = x.clone()
        v = y.view(-1)
        y.t_()
        w = y.reshape(-1)
        w[1] = 7.0
        v[2] = 8.0
        return y, v, w
""",
        {'x': t(3, 3)},
        [[M, 0]],
    ),
    'shared t_': shared('x.view(-1)', write='x.t_()'),
    'shared expanded, filled by a mask': shared('x[0].expand(2, 3)', write='v.masked_fill_(v > 2.5, 0.5)', cases=[[M, 1]]),
    'shared expanded, accumulated': shared(
        'x[0].expand(2, 3)', write='v.index_put_([torch.tensor([0, 1])], torch.ones(2, 3), True)', cases=[[M, 1]]
    ),
}
