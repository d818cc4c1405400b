def forward(self,
    n: int) -> Tuple[int, List[int], int, int]:
  c = __torch__.data.Counter.__new__(__torch__.data.Counter)
  _0 = (c).__init__(5, )
  for i in range(n):
    _1 = torch.gt((c).bump(i, ), __torch__.data.limit())
    if _1:
      c.count = 0
    else:
      pass
  _2 = __torch__.data.Counter.__new__(__torch__.data.Counter)
  _3 = (_2).__init__(100, )
  both = (c).__add__(_2, )
  count = both.count
  log = c.log
  _4 = (count, log, (c).__double_getter(), (c).__len__())
  return _4
