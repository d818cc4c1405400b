def forward(self,
    x: Tensor,
    n: Optional[int]) -> Optional[Tensor]:
  if torch.__is__(n, None):
    _0 : Optional[Tensor] = None
  else:
    n0 = unchecked_cast(int, n)
    _0 = torch.mul(x, n0)
  return _0
