def forward(self,
    x: Tensor,
    h: Tensor) -> Tuple[Tensor, Tensor]:
  gate = self.gate
  linear = self.linear
  _0 = (gate).forward((linear).forward(x, ), )
  _1 = torch.tanh(torch.add(_0, h))
  return (_1, _1)
