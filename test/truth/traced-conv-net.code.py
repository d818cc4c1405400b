def forward(self,
    x: Tensor) -> Tensor:
  fc = self.fc
  conv2 = self.conv2
  bn1 = self.bn1
  conv1 = self.conv1
  input = torch.relu((bn1).forward((conv1).forward(x, ), ))
  input0 = torch.max_pool2d(input, [2, 2], annotate(List[int], []), [0, 0], [1, 1])
  x0 = torch.add(input0, (conv2).forward(input0, ))
  input1 = torch.flatten(x0, 1)
  input2 = torch.dropout(input1, 0.5, False)
  _0 = torch.softmax((fc).forward(input2, ), 1)
  return _0
