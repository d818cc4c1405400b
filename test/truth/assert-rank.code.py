def forward(self,
    x: Tensor) -> Tensor:
  if torch.eq(torch.dim(x), 2):
    pass
  else:
    _0 = torch.format("expected a matrix, got rank {}", torch.dim(x))
    ops.prim.RaiseException(torch.add("AssertionError: ", _0))
  return torch.t(x)
