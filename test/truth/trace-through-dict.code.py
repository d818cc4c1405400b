def forward(self,
    x: Tensor) -> Tensor:
  route = self.route
  _0 = {"one": torch.mul(x, CONSTANTS.c0), "two": torch.sum(x)}
  _1 = (route).forward(x, _0, )
  _2 = _1["one_sum"]
  x0 = _1["two_sum"]
  return torch.sub(_2, x0)
