def forward(self,
    x: Tensor) -> Tuple[Dict[str, Tensor], List[str], int, Tensor]:
  d = {"a": x, "b": torch.add(x, 1)}
  torch._set_item(d, "c", torch.mul(d["a"], 2))
  torch.update(d, {"e": torch.sub(x, 1)})
  torch.Delete(d, "b")
  n = torch.len(d)
  e = torch.pop(d, "e")
  missing = torch.get(d, "zz", torch.zeros([1]))
  copied = torch.copy(d)
  torch.clear(copied)
  if torch.__contains__(d, "a"):
    _1 = torch.__not__(torch.__contains__(d, "b"))
    _0 = _1
  else:
    _0 = False
  if _0:
    n0 = torch.add(n, 10)
  else:
    n0 = n
  _2 = (d, torch.list(torch.keys(d)), torch.add(n0, torch.len(copied)), torch.add(e, torch.sum(missing)))
  return _2
