def forward(self,
    a: Tensor,
    b: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
  _0 = torch.sub(torch.add(a, b, alpha=2), torch.mul(a, 3))
  c = torch.sub(torch.add(_0, torch.div(b, 2)), 1.5)
  _1 = torch.__and__(torch.lt(a, b), torch.ne(a, 0))
  d = torch.__or__(_1, torch.bitwise_not(torch.ge(b, 0)))
  e = torch.pow(torch.where(d, c, torch.neg(c)), 2)
  if torch.eq(torch.size(e, 0), 2):
    _2 = torch.matmul(e, torch.t(e))
  else:
    _2 = torch.einsum("ij,ij->i", [e, e])
  return (c, d, _2)
