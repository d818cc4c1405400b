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
}  # fmt: skip
