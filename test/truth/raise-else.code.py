def forward(self,
    x: Tensor,
    n: int) -> Tensor:
  _0 = uninitialized(Tensor)
  if torch.eq(n, 1):
    y = torch.add(x, 1)
  else:
    if torch.eq(n, 2):
      y0 = torch.mul(x, 2)
    else:
      ops.prim.RaiseException("n must be 1 or 2", "builtins.NotImplementedError")
      y0 = _0
    y = y0
  return torch.exp(y)
