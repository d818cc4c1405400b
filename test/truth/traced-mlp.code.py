def forward(self,
    x: Tensor) -> Tensor:
  layers = self.layers
  return (layers).forward(x, )
