def forward(self,
    x: Tensor) -> Tensor:
  x0 = x
  for _0 in range(3):
    if bool(torch.gt(torch.sum(x0), -1)):
      x1 = torch.cat([x0, torch.add(x0, 1)])
    else:
      x1 = x0
    x0 = x1
  return x0
