def forward(self,
    x: Tensor) -> Tuple[Tensor, int, List[float], bool]:
  count = self.count
  self.count = torch.add(count, 1)
  total = self.total
  self.total = torch.add_(total, torch.sum(x))
  history = self.history
  total0 = self.total
  _0 = torch.append(history, float(total0))
  last = self.last
  had = torch.__isnot__(last, None)
  self.last = x
  total1 = self.total
  _1 = torch.clone(total1)
  count0 = self.count
  history0 = self.history
  return (_1, count0, history0, had)
