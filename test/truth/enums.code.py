def forward(self,
    x: Tensor,
    n: int) -> Tuple[Tensor, str, int]:
  color = (self).pick(n, )
  mode = self.mode
  _0 = torch.eq(mode, __torch__.data.Mode.MEAN)
  if _0:
    y = torch.mean(x)
  else:
    y = torch.sum(x)
  _1 = torch.__is__(color, __torch__.data.Color.RED)
  if _1:
    _2 = True
  else:
    _3 = torch.eq(color, __torch__.data.Color.RED)
    _2 = _3
  if _2:
    y0 = torch.add(y, 1)
  else:
    y0 = y
  return (y0, (color).name, (color).value)
