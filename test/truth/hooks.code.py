def forward(self,
    x: Tensor) -> Tensor:
  inner = self.inner
  _0 = __torch__.nets._Hooked.before(inner, (x,), )
  _1, = _0
  _2 = __torch__.nets._Hooked.after(inner, _0, (inner).forward(_1, ), )
  return torch.mul(_2, 2)
