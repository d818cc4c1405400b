def forward(self,
    x: Tensor) -> Tuple[Tensor, Tensor]:
  input = torch.avg_pool2d(x, [2, 2], annotate(List[int], []), [0, 0])
  _0 = ops.prim.NumToTensor(torch.size(x, 2))
  _1 = int(_0)
  _2 = ops.prim.NumToTensor(torch.size(x, 3))
  big = torch.upsample_bilinear2d(input, [_1, int(_2)], False)
  input0 = torch.sub(big, x)
  _3 = torch.pad(input0, [1, 1])
  _4 = torch.upsample_nearest2d(input, None, [2., 2.])
  return (_3, _4)
