def forward(self,
    x: Union[Tensor, int, str]) -> int:
  _0 = isinstance(x, int)
  if _0:
    x0 = unchecked_cast(int, x)
    _1 = torch.add(x0, 1)
  else:
    x1 = unchecked_cast(Union[Tensor, str], x)
    _2 = isinstance(x1, str)
    if _2:
      x2 = unchecked_cast(str, x1)
      _3 = torch.len(x2)
    else:
      x3 = unchecked_cast(Tensor, x1)
      _3 = torch.size(x3, 0)
    _1 = _3
  return _1
