def forward(self,
    x: Tensor,
    i: int) -> Tuple[Tensor, Tensor, Tensor, Optional[Tensor]]:
  n = torch.size(x, 1)
  k = torch.tensor(1)
  _0 = torch.select(x, 0, i)
  _1 = torch.slice(torch.slice(x), 1, i, n)
  _2 = torch.index(torch.slice(x, 1, 1), annotate(List[Optional[Tensor]], [k]))
  if torch.lt(i, 0):
    _3 : Optional[Tensor] = None
  else:
    _4 = torch.slice(torch.slice(x, 0, i), 1, None, torch.add(i, 1))
    _3 = _4
  return (_0, _1, _2, _3)
