def forward(self,
    x: Tensor) -> List[Tensor]:
  out = annotate(List[Tensor], [])
  layers = self.layers
  _0 = getattr(layers, "0")
  _1 = getattr(layers, "1")
  _2 = getattr(layers, "2")
  gate = self.gate
  x0 = (gate).forward((_0).forward(x, ), )
  if bool(torch.gt(torch.max(x0), 0.5)):
    _3 = torch.append(out, x0)
  else:
    pass
  gate0 = self.gate
  x1 = (gate0).forward((_1).forward(x0, ), )
  if bool(torch.gt(torch.max(x1), 0.5)):
    _4 = torch.append(out, x1)
  else:
    pass
  gate1 = self.gate
  x2 = (gate1).forward((_2).forward(x1, ), )
  if bool(torch.gt(torch.max(x2), 0.5)):
    _5 = torch.append(out, x2)
  else:
    pass
  _6 = torch.append(out, x2)
  return out
