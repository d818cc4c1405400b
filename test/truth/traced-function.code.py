def forward(self,
    x: Tensor,
    y: Tensor) -> Tuple[Tensor, Tensor]:
  _0 = torch.mul(torch.pow(x, 2), CONSTANTS.c0)
  _1 = torch.add(_0, torch.mul(y, CONSTANTS.c1))
  _2 = torch.sub(_1, CONSTANTS.c2)
  _3 = torch.sqrt(torch.abs(torch.sub(x, y)))
  return (_2, _3)
