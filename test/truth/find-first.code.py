def forward(self,
    x: Tensor,
    what: int) -> int:
  if torch.lt(0, torch.numel(x)):
    _0 = True
  else:
    _0 = False
  found = False
  i = 0
  _1 = _0
  while _1:
    _2 = int(torch.item(torch.select(x, 0, i)))
    if torch.eq(_2, what):
      i0, found0 = i, True
    else:
      i0, found0 = torch.add(i, 1), found
    if torch.lt(i0, torch.numel(x)):
      _3 = torch.__not__(found0)
    else:
      _3 = False
    _1, found, i = _3, found0, i0
  if found:
    _4 = i
  else:
    _4 = -1
  return _4
