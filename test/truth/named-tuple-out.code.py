def forward(self,
    x: Tensor,
    n: int) -> __torch__.data.Point:
  p = __torch__.data.Point(x, n, "p")
  p0 = p
  for _0 in range(n):
    p0 = (self).move(p0, 2, )
  return p0
