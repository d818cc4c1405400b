def forward(self,
    x: Tensor,
    n: int=2,
    flag: bool=False,
    o: Optional[Tensor]=None,
    s: str="a\'b\"\n",
    f: float=inf,
    pair: Tuple[int, int]=(1, 2)) -> Tuple[Tensor, str]:
  y = torch.sub(torch.add(torch.mul(x, n), (pair)[0]), (pair)[1])
  if torch.__isnot__(o, None):
    o0 = unchecked_cast(Tensor, o)
    y0 = torch.add(y, o0)
  else:
    y0 = y
  _0 = torch.clamp(y0, None, f)
  if flag:
    _1 = s
  else:
    _1 = torch.add(s, s)
  return (_0, _1)
