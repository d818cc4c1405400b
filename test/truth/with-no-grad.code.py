def forward(self,
    x: Tensor) -> Tensor:
  _0 = __torch__.torch.autograd.grad_mode.no_grad.__new__(__torch__.torch.autograd.grad_mode.no_grad)
  _1 = (_0).__init__()
  with _0:
    y = torch.mul(x, 2)
    if torch.gt(torch.size(y, 0), 3):
      y0 = torch.slice(y, 0, None, 2)
    else:
      y0 = y
  return torch.add(y0, 1)
