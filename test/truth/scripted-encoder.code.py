def forward(self,
    x: Tensor) -> Tensor:
  encoder = self.encoder
  _0 = (encoder).forward(x, None, None, None, )
  return _0
