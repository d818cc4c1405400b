def forward(self,
    n: int,
    f: float) -> Tuple[List[int], List[float], bool]:
  _0 = torch.floordiv(n, 2)
  _1 = torch.remainder(n, 3)
  _2 = torch.neg(n)
  _3 = torch.mul(n, n)
  _4 = torch.__lshift__(n, 2)
  _5 = torch.__rshift__(n, 1)
  _6 = torch.__and__(n, 3)
  _7 = torch.__or__(n, 8)
  _8 = torch.__xor__(n, 5)
  _9 = ops.prim.abs(n)
  _10 = int(f)
  if torch.gt(torch.round(f), 2):
    _11 = 1
  else:
    _11 = 0
  i = [_0, _1, _2, _3, _4, _5, _6, _7, _8, _9, _10, _11]
  _12 = torch.div(n, 2)
  _13 = torch.floordiv(f, 2)
  _14 = torch.remainder(f, 3)
  _15 = torch.pow(f, 2)
  _16 = torch.pow(n, 2)
  if torch.gt(n, 0):
    _17 = torch.pow(n, 0.5)
  else:
    _17 = 0.
  _18 = float(n)
  _19 = torch.add(torch.floor(f), torch.ceil(f))
  g = [_12, _13, _14, _15, _16, _17, _18, float(_19), torch.neg(f)]
  h = [3.1415926535897931, 3., 1., 8., 6.]
  _20 = torch.add(g, h)
  if torch.eq(n, 7):
    _21 = torch.ge(f, 2.5)
  else:
    _21 = False
  if _21:
    _22 = True
  else:
    _22 = bool(n)
  return (i, _20, _22)
