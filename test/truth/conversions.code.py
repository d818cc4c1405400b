def forward(self,
    x: Tensor) -> Tuple[List[Tensor], float, List[List[float]]]:
  y = torch.to(x, 7)
  parts = [torch.to(x, 3), torch.to(torch.to(x, 11), 6), torch.to(x, 5), torch.type_as(y, x), torch.floor_divide(torch.to(x, 4), 2), torch.div(x, 2), torch.gt(x, 1), torch.pow(2, x), torch.add(torch.neg(x), 1), torch.remainder(x, 2)]
  item = float(torch.item(torch.sum(y)))
  rows = annotate(List[List[float]], torch.to(x, 6).tolist())
  return (parts, item, rows)
