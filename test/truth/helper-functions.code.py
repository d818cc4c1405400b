def forward(self,
    x: Tensor,
    n: int) -> Tensor:
  _0 = __torch__.control.helper(__torch__.control.helper(x, 2, ), n, )
  return _0
