def forward(self,
    x: Tensor,
    memory: Tensor) -> Tensor:
  layer = self.layer
  _0 = (layer).forward(x, memory, None, None, None, None, False, False, )
  return _0
