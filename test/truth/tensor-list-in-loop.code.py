def forward(self,
    x: Tensor) -> Tuple[Tensor, List[Tensor]]:
  parts = annotate(List[Tensor], [])
  parts0 = parts
  for i in range(torch.size(x, 0)):
    if torch.eq(torch.remainder(i, 2), 0):
      _0 = torch.mul(torch.select(x, 0, i), 2)
      _1 = torch.append(parts0, _0)
      parts1 = parts0
    else:
      _2 = torch.select(x, 0, i)
      _3 = torch.sub(torch.select(x, 0, i), 1)
      parts1 = torch.add_(parts0, [_2, _3])
    parts0 = parts1
  return (torch.stack(parts0), parts0)
