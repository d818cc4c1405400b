def forward(self,
    x: Tensor) -> Tuple[Tensor, Tensor, int]:
  a, b, = torch.chunk(x, 2, 1)
  c, d, e, = torch.split(x, 2, 1)
  values, indices = torch.max(a, 1)
  _0, _1 = torch.topk(x, 2)
  first, second, = torch.unbind(x)
  _2 = torch.sum(torch.mul(a, b))
  _3 = torch.sum(torch.add(torch.sub(c, d), e))
  _4 = torch.add(torch.add(_2, _3), torch.sum(values))
  _5 = torch.add(_4, torch.dot(first, second))
  _6 = (_5, torch.add(_0, _0), int(torch.select(indices, 0, 0)))
  return _6
