def forward(self,
    x: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
  up = self.up
  one = self.one
  y = (up).forward((one).forward(x, ), None, )
  pool = self.pool
  _0 = (pool).forward(y, )
  shuffle = self.shuffle
  _1 = (shuffle).forward(torch.unsqueeze(x, -1), )
  return (y, _0, _1)
