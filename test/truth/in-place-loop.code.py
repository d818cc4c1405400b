def forward(self,
    n: int) -> Tensor:
  out = torch.zeros([4, 2])
  for i in range(n):
    _0 = torch.select(out, 0, i)
    _1 = torch.tensor(i, dtype=ops.prim.dtype(_0), device=ops.prim.device(_0))
    _2 = torch.copy_(_0, _1)
    _3 = torch.select(out, 0, torch.add(i, 1))
    _4 = torch.add_(torch.select(_3, 0, 0), 0.5)
  return out
