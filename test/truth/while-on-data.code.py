def forward(self,
    x: Tensor) -> Tuple[Tensor, int]:
  _0 = bool(torch.gt(torch.max(torch.abs(x)), 1.))
  x0 = x
  count = 0
  _1 = _0
  while _1:
    x1 = torch.div(x0, 2)
    count0 = torch.add(count, 1)
    _2 = torch.gt(torch.max(torch.abs(x1)), 1.)
    _1, x0, count = bool(_2), x1, count0
  return (x0, count)
