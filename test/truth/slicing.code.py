def forward(self,
    x: Tensor) -> List[Tensor]:
  _0 = torch.slice(torch.slice(x, 0, 1), 1, None, None, 2)
  _1 = torch.select(torch.unsqueeze(_0, 2), -1, -1)
  _2 = torch.select(x, 0, 0)
  _3 = torch.slice(x, -1, 2, -1)
  _4 = torch.select(torch.slice(torch.select(x, 0, -1)), 1, 3)
  _5 = torch.unsqueeze(torch.slice(x), 1)
  _6 = torch.select(torch.slice(x, 0, 1, 3), 0, 0)
  _7 = torch.tensor([0, 2], dtype=4)
  _8 = torch.slice(x, 0, None, 2)
  _9 = annotate(List[Optional[Tensor]], [None, _7])
  _10 = torch.index(_8, _9)
  _11 = annotate(List[Optional[Tensor]], [torch.tensor([0, 1]), torch.tensor([2, 3])])
  _12 = torch.index(x, _11)
  _13 = annotate(List[Optional[Tensor]], [torch.gt(x, 1)])
  _14 = torch.index(x, _13)
  _15 = torch.select(torch.select(torch.slice(x), 1, 0), 1, 0)
  _16 = annotate(List[Optional[Tensor]], [torch.gt(_15, 0)])
  _17 = [_1, _2, _3, _4, _5, _6, _10, _12, _14, torch.index(x, _16)]
  return _17
