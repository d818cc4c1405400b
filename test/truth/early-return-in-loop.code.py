def forward(self,
    x: Tensor,
    limit: float) -> Tensor:
  _0 = uninitialized(Tensor)
  _1 = torch.size(x, 0)
  _2 = False
  _3 = _0
  _4 = 0
  _5 = torch.gt(_1, 0)
  while _5:
    _6 = torch.gt(float(torch.select(x, 0, _4)), limit)
    if _6:
      _7, _8, _9 = False, True, torch.mul(x, _4)
    else:
      _7, _8, _9 = True, False, _0
    _10 = torch.add(_4, 1)
    _11 = torch.__and__(torch.lt(_10, _1), _7)
    _5, _2, _3, _4 = _11, _8, _9, _10
  if _2:
    _12 = _3
  else:
    _12 = torch.sub(x, 1)
  return _12
