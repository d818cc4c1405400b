def forward(self,
    n: int) -> Tuple[str, str, str]:
  _0 = "tab\tnl\nq\"s\'b\\nul\000bell\aesc\033del\177"
  greeting = self.greeting
  return (_0, CONSTANTS.c0, greeting)
