def forward(self,
    lo: int,
    hi: int,
    step: int) -> List[int]:
  out = annotate(List[int], [])
  for _0 in range(torch.__range_length(lo, hi, step)):
    i = torch.__derive_index(_0, lo, step)
    _1 = torch.append(out, torch.mul(i, i))
  return out
