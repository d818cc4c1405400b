def forward(self,
    tokens: Tensor,
    limit: int) -> Tuple[Tensor, Tensor]:
  encoder = self.encoder
  _0, h, = (encoder).forward(tokens, )
  token = torch.zeros([1, 1], dtype=4)
  words = torch.zeros([0], dtype=4)
  scores = torch.zeros([0])
  words0 = words
  scores0 = scores
  _1 = 0
  h0 = h
  token0 = token
  _2 = torch.gt(limit, 0)
  while _2:
    decoder = self.decoder
    logits, h1, = (decoder).forward(token0, h0, )
    score, word = torch.max(torch.softmax(logits, 1), 1)
    words1 = torch.cat([words0, word])
    scores1 = torch.cat([scores0, score])
    if torch.eq(int(torch.item(word)), 7):
      _3, _4 = False, token0
    else:
      _3, _4 = True, torch.unsqueeze(word, 0)
    _5 = torch.add(_1, 1)
    _6 = torch.__and__(torch.lt(_5, limit), _3)
    _2, words0, scores0, _1, h0, token0 = _6, words1, scores1, _5, h1, _4
  return (words0, scores0)
