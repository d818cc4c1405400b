def forward(self,
    x: Tensor,
    mask: Optional[Tensor]=None) -> Tuple[Tensor, Optional[Tensor]]:
  attention = self.attention
  _0 = (attention).forward(x, x, x, mask, True, None, True, False, )
  return _0
