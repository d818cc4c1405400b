def forward(self,
    x: Tensor,
    limit: int) -> Tensor:
  _0 = uninitialized(Tensor)
  total = torch.zeros(annotate(List[int], []))
  _1 = False
  _2 = _0
  total0 = total
  _3 = 0
  _4 = True
  while _4:
    if torch.gt(_3, limit):
      if torch.eq(limit, 0):
        _9 = total0
      else:
        ops.prim.RaiseException("too many steps", "builtins.RuntimeError")
        _9 = _0
      _5, _6, _7, _8 = False, True, _9, _0
    else:
      total1 = torch.add(total0, torch.select(x, 0, _3))
      _5, _6, _7, _8 = True, False, _0, total1
    _10 = torch.add(_3, 1)
    _4, _1, _2, total0, _3 = torch.__and__(torch.lt(_10, 5), _5), _6, _7, _8, _10
  if _1:
    _11 = _2
  else:
    _11 = total0
  return _11
