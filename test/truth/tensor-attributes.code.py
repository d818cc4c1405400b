def forward(self,
    x: Tensor) -> Tuple[bool, int, List[int], int, bool, Tensor, Tensor]:
  if torch.eq(ops.prim.dtype(x), 6):
    _0 = torch.eq(ops.prim.device(x), torch.device("cpu"))
    same = _0
  else:
    same = False
  y = torch.zeros_like(x, dtype=4, layout=None, device=ops.prim.device(x))
  _1 = (torch.size(x))[1]
  _2 = ops.prim.dtype(x)
  z = torch.ones([_1, 3], dtype=_2)
  _3 = (same, torch.dim(x), torch.list(torch.size(x)), torch.numel(x), torch.is_floating_point(x), torch.add(y, torch.size(x, 0)), torch.numpy_T(z))
  return _3
