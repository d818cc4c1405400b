def forward(self,
    n: int) -> Tuple[int, int]:
  pair = (0, 1)
  for _0 in range(n):
    a, b, = pair
    pair = (b, torch.add(a, b))
  return pair
