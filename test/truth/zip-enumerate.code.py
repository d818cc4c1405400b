def forward(self,
    a: List[int],
    b: List[int]) -> Tuple[int, int]:
  _0 = ops.prim.min([torch.len(a), torch.len(b)])
  dot = 0
  for _1 in range(_0):
    x = a[_1]
    y = b[_1]
    dot = torch.add(dot, torch.mul(x, y))
  _2 = ops.prim.min([9223372036854775807, torch.len(b)])
  weighted = 0
  for i in range(_2):
    y0 = b[i]
    weighted0 = torch.add(weighted, torch.mul(i, y0))
    weighted = weighted0
  _3 = ops.prim.min([9223372036854775797, torch.len(a)])
  weighted1 = weighted
  for _4 in range(_3):
    i0 = torch.__derive_index(_4, 10, 1)
    y1 = a[_4]
    weighted2 = torch.sub(weighted1, torch.mul(i0, y1))
    weighted1 = weighted2
  return (dot, weighted1)
