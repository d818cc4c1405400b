def forward(self,
    x: Tensor) -> Tuple[Tensor, Tensor]:
  rnn = self.rnn
  out, _0, = (rnn).forward__0(x, None, )
  h, c, = _0
  return (out, torch.add(h, c))
