def forward(self,
    n: int) -> List[Tensor]:
  a = torch.arange(n)
  _0 = [torch.arange(0, 1, 0.25), torch.full([n, 2], 7), torch.full([2], 0.5, dtype=7), torch.eye(n), torch.tensor([[1, 2], [3, n]]), torch.tensor([0.5, 1.5]), torch.tensor(n), torch.zeros([n, 2], dtype=11), torch.linspace(0, 1, 5), torch.new_ones(a, [2]), torch.empty([n, 0]), torch.fill_(torch.to(a, 6), 2)]
  return _0
