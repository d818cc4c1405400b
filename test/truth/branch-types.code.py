def forward(self,
    x: Tensor,
    n: int) -> Tuple[Tensor, float, str, List[int]]:
  shape = annotate(List[int], [])
  if torch.gt(n, 2):
    scale0 = torch.div(n, 3)
    shape1 = torch.size(x)
    x0, scale, name, shape0 = torch.cat([x, x]), scale0, "scaled", shape1
  else:
    x0, scale, name, shape0 = x, 1., "plain", shape
  _0 = (torch.mul(x0, scale), scale, name, shape0)
  return _0
