def forward(self,
    x: Tensor) -> Tensor:
  blocks = self.blocks
  return (blocks).forward(x, )
