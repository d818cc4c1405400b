def forward(self,
    x: Tensor) -> Tensor:
  _0 = torch.lt(torch.item(torch.mean(x)), 0)
  if _0:
    loops = 2
  else:
    loops = 1
  x0 = x
  for _1 in range(loops):
    input = torch._convolution(x0, CONSTANTS.c0, CONSTANTS.c1, [1, 1], [1, 1], [1, 1], False, [0, 0], 1, False, True, True, True)
    x0 = torch.relu(input)
  return x0
