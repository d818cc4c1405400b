def forward(self,
    x: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
  head = self.head
  rnn = self.rnn
  _0, _1, _2, = (rnn).forward(x, )
  input = torch.select(_0, 0, -1)
  return ((head).forward(input, ), _1, _2)
