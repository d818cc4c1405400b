def forward(self,
    x: Tensor) -> Tensor:
  up = self.up
  down = self.down
  return (up).forward((down).forward(x, ), )
