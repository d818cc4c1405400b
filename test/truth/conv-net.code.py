def forward(self,
    x: Tensor) -> Tensor:
  _0 = __torch__.torch.nn.functional.log_softmax
  features = self.features
  x0 = (features).forward(x, )
  x1 = torch.flatten(x0, 1)
  head = self.head
  dropout = self.dropout
  _1 = (head).forward((dropout).forward(x1, ), )
  return _0(_1, 1, 3, None, )
