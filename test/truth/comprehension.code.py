def forward(self,
    values: List[int]) -> Tuple[List[int], Dict[int, float], List[str]]:
  squares = annotate(List[int], [])
  for _0 in range(torch.len(values)):
    v = values[_0]
    _1 = torch.append(squares, torch.mul(v, v))
  halves = annotate(Dict[int, float], {})
  for _2 in range(torch.len(values)):
    v0 = values[_2]
    torch._set_item(halves, v0, torch.div(v0, 2))
  names = annotate(List[str], [])
  for _3 in range(torch.len(squares)):
    v1 = squares[_3]
    _4 = torch.append(names, str(v1))
  return (squares, halves, names)
