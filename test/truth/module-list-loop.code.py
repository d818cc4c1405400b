def forward(self,
    x: Tensor) -> Tensor:
  layers = self.layers
  _0 = getattr(layers, "0")
  _1 = getattr(layers, "1")
  _2 = getattr(layers, "2")
  x0 = torch.add((_0).forward(x, ), 0)
  x1 = torch.add((_1).forward(x0, ), 1)
  x2 = torch.add((_2).forward(x1, ), 2)
  named = self.named
  first = named.first
  x3 = (first).forward(x2, )
  layers0 = self.layers
  _10 = getattr(layers0, "1")
  return (_10).forward(x3, )
