def forward(self,
    x: Tensor) -> Tuple[List[float], List[int], Tensor, complex]:
  floats = [0., 0., 0.10000000000000001, 1.0000000000000001e-05, 1e+100, 4.9406564584124654e-324, 100000., 1e+17, inf, -inf, 2500000000.]
  ints = [9223372036854775807, -9223372036854775808, 0, -1]
  _0 = (floats, ints, torch.add(torch.mul(x, 0.001), 1.), 1.5-2.j)
  return _0
