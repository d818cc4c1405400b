def forward(self,
    x: Tensor) -> Tensor:
  if bool(torch.gt(torch.sum(x), 0)):
    left = self.left
    y = (left).forward(x, )
  else:
    right = self.right
    _0 = (right).forward(x, )
    left0 = self.left
    y0 = torch.sub(_0, (left0).forward(torch.neg(x), ))
    y = y0
  return y
