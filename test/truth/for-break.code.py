def forward(self,
    x: Tensor,
    limit: float) -> Tensor:
  _0 = uninitialized(Tensor)
  _1 = uninitialized(bool)
  total = torch.zeros(annotate(List[int], []))
  total0 = total
  _2 = 0
  _3 = True
  while _3:
    if torch.eq(_2, 2):
      _4, _5, _6, _7, _8 = True, True, total0, _1, _0
    else:
      total1 = torch.add(total0, torch.abs(torch.select(x, 0, _2)))
      if torch.gt(float(total1), limit):
        _9, _10, _11, _12, _13 = True, False, total1, _1, _0
      else:
        _9, _10, _11, _12, _13 = False, _1, _0, True, torch.mul(total1, 2)
      _4, _5, _6, _7, _8 = _9, _10, _11, _12, _13
    if _4:
      _14, _15 = _5, _6
    else:
      _14, _15 = _7, _8
    _16 = torch.add(_2, 1)
    _17 = torch.__and__(torch.lt(_16, 6), _14)
    _3, total0, _2 = _17, _15, _16
  return total0
