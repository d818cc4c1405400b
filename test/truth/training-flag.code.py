def forward(self,
    x: Tensor) -> Tensor:
  training = self.training
  if training:
    x0 = torch.add(x, torch.rand_like(x))
  else:
    x0 = x
  use_bias = self.use_bias
  if use_bias:
    x1 = torch.add(x0, 5)
  else:
    x1 = x0
  training0 = self.training
  if training0:
    _0 = x1
  else:
    _0 = torch.mul(x1, 2)
  return _0
