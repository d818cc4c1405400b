def forward(self,
    x: Tensor) -> Tuple[Tensor, Tensor]:
  y = torch.clone(x)
  view = torch.view(y, [-1])
  _0 = torch.add_(view, 1)
  _1 = torch.mul_(torch.select(y, 0, 0), 2)
  if bool(torch.gt(torch.sum(y), 0)):
    _2 = torch.relu_(torch.t(y))
  else:
    _3 = torch.fill_(view, 3)
  z = torch.clamp_(y, None, 2.5)
  z0 = torch.add_(z, 1)
  return (y, torch.unsqueeze(view, 0))
