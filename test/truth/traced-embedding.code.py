def forward(self,
    tokens: Tensor) -> Tuple[Tensor, Tensor]:
  embed = self.embed
  _0 = torch.mean((embed).forward(tokens, ), [1])
  _1 = (_0, torch.sum(torch.ne(tokens, 0), [1]))
  return _1
