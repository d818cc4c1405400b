def forward(self,
    key: str,
    n: int) -> Tuple[List[int], Dict[int, Tuple[str, float]], int]:
  table = self.table
  row = torch.add(table[key], [n])
  info = {n: (key, torch.div(n, 4)), -1: ("z", inf)}
  table0 = self.table
  _0 = torch.values(table0)
  total = 0
  for _1 in range(torch.len(_0)):
    v = _0[_1]
    total = torch.add(total, torch.sum(v))
  table1 = self.table
  _2 = (row, info, torch.add(total, (table1["x"])[-1]))
  return _2
