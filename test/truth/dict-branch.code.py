def forward(self,
    x: Tensor,
    options: Dict[str, float]) -> Tensor:
  if torch.__contains__(options, "scale"):
    x0 = torch.mul(x, options["scale"])
  else:
    x0 = x
  _0 = torch.items(options)
  x1 = x0
  for _1 in range(torch.len(_0)):
    key, value, = _0[_1]
    if torch.eq(key, "other"):
      x2 = torch.sub(x1, value)
    else:
      x2 = x1
    x1 = x2
  return x1
