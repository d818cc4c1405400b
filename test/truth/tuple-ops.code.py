def forward(self,
    x: Tensor) -> Tuple[Tuple[Tensor, int], Tuple[int], Tuple[()], Tensor, int]:
  _0 = annotate(List[Any], [x, 1, "z", (2.5, True)])
  _1 = torch.add(torch.add(1, torch.len(_0)), 1)
  pair = (x, _1)
  return (pair, (4,), (), torch.mul(x, 3), 1)
