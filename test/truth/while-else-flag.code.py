def forward(self,
    n: int) -> Tuple[bool, List[int]]:
  divisors = annotate(List[int], [])
  prime = True
  d = 2
  _0 = torch.le(4, n)
  while _0:
    if torch.eq(torch.remainder(n, d), 0):
      _1 = torch.append(divisors, d)
      if torch.ne(d, torch.floordiv(n, d)):
        _2 = torch.append(divisors, torch.floordiv(n, d))
      else:
        pass
      prime0 = False
    else:
      prime0 = prime
    d0 = torch.add(d, 1)
    _0, prime, d = torch.le(torch.mul(d0, d0), n), prime0, d0
  return (prime, divisors)
