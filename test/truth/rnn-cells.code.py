def forward(self,
    x: Tensor) -> Tensor:
  h = torch.zeros([torch.size(x, 1), 4])
  c = torch.zeros([torch.size(x, 1), 4])
  h0 = h
  c0 = c
  for i in range(torch.size(x, 0)):
    lstm = self.lstm
    _0 = (lstm).forward(torch.select(x, 0, i), (h0, c0), )
    h1, c1, = _0
    gru = self.gru
    h0, c0 = h1, (gru).forward(h1, c1, )
  return torch.add(h0, c0)
