def forward(self,
    x: Tensor,
    a: int,
    b: int) -> Tensor:
  _0 = uninitialized(Tensor)
  if torch.eq(a, 0):
    if torch.eq(b, 0):
      _3, _4, _5 = True, x, _0
    else:
      _3, _4, _5 = False, _0, torch.add(x, 1)
    _1, _2, x0 = _3, _4, _5
  else:
    if torch.eq(a, 1):
      _6, _7, x1 = False, _0, torch.mul(x, 3)
    else:
      _6, _7, x1 = True, torch.sub(x, b), _0
    _1, _2, x0 = _6, _7, x1
  if _1:
    _8 = _2
  else:
    x2 = torch.relu(x0)
    _8 = torch.add(x2, a)
  return _8
