def forward(self,
    s: str,
    n: int) -> Tuple[str, List[str], int, str, bool]:
  text = torch.format("{} has {} chars, n={}", s, torch.len(s), n)
  _0 = torch.format(" and {}", torch.mul(n, 2))
  _1 = torch.add(_0, torch.percentFormat(" %d", n))
  text0 = torch.add(text, _1)
  parts = torch.split(torch.lower(s), "o")
  joined = torch.join("-", parts)
  if torch.gt(torch.len(s), 3):
    _2 = torch.slice(s, 0, 3)
    _3 = torch.upper(torch.slice(s, None, None, -1))
    first = torch.add(_2, _3)
  else:
    first = "short"
  _4 = torch.find(s, "o")
  _5 = torch.add(joined, first)
  if torch.startswith(s, "He"):
    _7 = torch.__not__(torch.endswith(s, "!"))
    _6 = _7
  else:
    _6 = False
  return (text0, parts, _4, _5, _6)
