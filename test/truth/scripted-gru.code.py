def forward(self,
    x: Tensor,
    h: Optional[Tensor]) -> Tensor:
  rnn = self.rnn
  out, h0, = (rnn).forward__0(x, h, )
  return torch.select(torch.slice(out), 1, -1)
