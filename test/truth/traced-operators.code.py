def forward(self,
    a: Tensor,
    b: Tensor) -> Tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
  c = torch.where(torch.gt(a, b), a, torch.sub(b, CONSTANTS.c0))
  d = torch.add(torch.einsum("ij,kj->ik", [a, b]), torch.cdist(a, b))
  values, index = torch.topk(c, 2, 1)
  _0 = torch.gather(a, 1, index)
  _1, _2 = torch.sort(a, 1, True)
  _3 = torch.slice(_1, 0, 0, 9223372036854775807)
  e = torch.add(_0, torch.slice(_3, 1, 0, 2))
  input = torch.clamp(c, -1, 1)
  _4 = torch.linalg_vector_norm(input, 2, [1])
  _5 = (_4, torch.argmax(d, 1), torch.add(values, e), torch.std(torch.stack([a, b]), [0]), torch.to(torch.cumsum(a, 1), 7))
  return _5
