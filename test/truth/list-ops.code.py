def forward(self,
    values: List[int]) -> Tuple[List[int], List[int], List[int], int, bool]:
  a = torch.add(values, torch.mul([0], 2))
  torch.insert(a, 1, 42)
  torch.extend(a, [7, 8])
  last = torch.pop(a)
  _0 = torch.pop(a, 0)
  torch.remove(a, 42)
  torch.reverse(a)
  _1 = torch._set_item(a, 0, torch.add(a[0], 5))
  b = sorted(values)
  torch.sort(b, True)
  _2 = torch.add(torch.slice(values, None, None, 2), torch.slice(values, -2))
  c = torch.add(_2, torch.slice(values, 1, -1))
  _3 = torch.add(ops.prim.max(values), ops.prim.min(values))
  _4 = torch.add(torch.add(_3, torch.count(values, 3)), last)
  total = torch.add(_4, torch.index(a, 0))
  _5 = (a, b, c, total, torch.__contains__(values, 3))
  return _5
