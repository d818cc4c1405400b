def forward(self,
    tokens: Tensor) -> Tensor:
  embed = self.embed
  _0 = (embed).forward(tokens, )
  position = self.position
  _1 = torch.slice(position, 0, None, torch.size(tokens, 1))
  x = torch.add(_0, _1)
  norm = self.norm
  _2 = torch.mean(torch.gelu((norm).forward(x, )), [1])
  return _2
