def forward(self,
    n: int) -> Tuple[int, int]:
  steps = 0
  top = n
  n0 = n
  _0 = True
  while _0:
    if torch.eq(n0, 1):
      _1, _2, _3, _4 = False, steps, top, n0
    else:
      _5 = torch.eq(torch.remainder(n0, 2), 0)
      if _5:
        n1 = torch.floordiv(n0, 2)
      else:
        n1 = torch.add(torch.mul(3, n0), 1)
      top0 = ops.prim.max(top, n1)
      _1, _2, _3, _4 = True, torch.add(steps, 1), top0, n1
    _0, steps, top, n0 = _1, _2, _3, _4
  return (steps, top)
