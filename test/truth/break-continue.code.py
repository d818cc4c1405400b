def forward(self,
    x: Tensor,
    n: int) -> Tuple[Tensor, int]:
  _0 = uninitialized(Tensor)
  _1 = uninitialized(int)
  _2 = uninitialized(bool)
  x0 = x
  steps = 0
  i = 0
  _3 = torch.lt(0, n)
  while _3:
    if torch.eq(i, 7):
      _4, _5, _6, _7, _8, _9, _10, _11, _12 = True, False, x0, steps, i, _2, _0, _1, _1
    else:
      _13 = torch.eq(torch.remainder(i, 3), 1)
      if _13:
        i0 = torch.add(i, 2)
        _14, _15, _16, _17, _18, _19, _20, _21, _22 = True, torch.lt(i0, n), x0, steps, i0, _2, _0, _1, _1
      else:
        x1 = torch.add(x0, i)
        i1 = torch.add(i, 1)
        steps0 = torch.add(steps, 1)
        _14, _15, _16, _17, _18, _19, _20, _21, _22 = False, _2, _0, _1, _1, torch.lt(i1, n), x1, steps0, i1
      _4, _5, _6, _7, _8, _9, _10, _11, _12 = _14, _15, _16, _17, _18, _19, _20, _21, _22
    if _4:
      _23, _24, _25, _26 = _5, _6, _7, _8
    else:
      _23, _24, _25, _26 = _9, _10, _11, _12
    _3, x0, steps, i = _23, _24, _25, _26
  return (x0, steps)
