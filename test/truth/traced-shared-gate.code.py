def forward(self,
    x: Tensor) -> Tensor:
  linear = self.linear
  second = self.second
  input = (second).forward(x, )
  _0 = (second).forward((linear).forward(input, ), )
  return _0
