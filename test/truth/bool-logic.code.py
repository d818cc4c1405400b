def forward(self,
    x: Tensor,
    flag: bool,
    n: int) -> Tuple[Tensor, bool, bool, int]:
  if flag:
    both = torch.gt(n, 0)
  else:
    both = False
  if flag:
    either = True
  else:
    if torch.ne(n, 0):
      _0 = n
    else:
      _0 = 1
    either = torch.gt(torch.floordiv(10, _0), 2)
  if both:
    _1 = torch.__not__(either)
  else:
    _1 = False
  if _1:
    _2 = True
  else:
    _2 = torch.eq(n, 0)
  if _2:
    y = x
  else:
    y = torch.neg(x)
  if torch.lt(0, n):
    _3 = torch.le(n, 3)
  else:
    _3 = False
  if _3:
    _4 = 1
  else:
    _4 = 2
  return (y, both, either, _4)
