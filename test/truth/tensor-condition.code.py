def forward(self,
    mask: Tensor) -> int:
  if bool(torch.any(mask)):
    n = 1
  else:
    n = 0
  mask0 = mask
  _0 = bool(torch.all(mask))
  while _0:
    mask1 = torch.bitwise_not(mask0)
    _0, mask0 = bool(torch.all(mask1)), mask1
  if bool(torch.select(mask0, 0, 0)):
    _1 = 2
  else:
    _1 = 4
  return torch.add(n, _1)
