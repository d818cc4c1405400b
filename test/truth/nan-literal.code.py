def forward(self,
    x: Tensor) -> Tuple[float, bool, Tensor]:
  return (nan, False, torch.add(x, nan))
