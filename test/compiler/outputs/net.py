"""Models with several results: each head has weights of its own, so that what is left out can be told by the bytes."""
from typing import Dict, List, NamedTuple, Optional, Tuple

import torch
from torch import Tensor, nn


class Result(NamedTuple):
    logits: Tensor
    hidden: Tuple[Tensor, Tensor]
    boxes: Tensor


class Heads(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(4, 64)
        self.b = nn.Linear(4, 65)
        self.c = nn.Linear(4, 66)


class Tuples(Heads):
    def forward(self, x: Tensor):
        return self.a(x), (self.b(x), self.c(x)), x.size(0)


class Named(Heads):
    def forward(self, x: Tensor):
        return Result(self.a(x), (self.b(x), x), self.c(x))


class Filled(Heads):
    def forward(self, x: Tensor) -> Dict[str, Tensor]:
        out: Dict[str, Tensor] = {"logits": self.a(x)}
        out["layer.1"] = self.b(x)
        for i in range(1):
            out["c"] = self.c(x)
        return out


class Literal(Heads):
    def forward(self, x: Tensor) -> Dict[str, Tensor]:
        out = {"logits": self.a(x), "layer.1": self.b(x)}
        out["c"] = self.c(x)
        return out


class Branches(Heads):
    def forward(self, x: Tensor) -> Tuple[Tensor, Tensor]:
        if bool(x.sum() > 0):
            return self.a(x), self.b(x)
        if bool(x.sum() < -100):
            raise ValueError("too low")
        return self.a(-x), self.c(x)


class Lists(Heads):
    def forward(self, x: Tensor) -> List[Tensor]:
        return [self.a(x), self.b(x), self.c(x)]


class Maybe(Heads):
    def forward(self, x: Tensor) -> Tuple[Optional[Tuple[Tensor, Tensor]], Tensor]:
        pair: Optional[Tuple[Tensor, Tensor]] = None
        if bool(x.sum() > 0):
            pair = (self.a(x), self.b(x))
        return pair, self.c(x)


class Methods(Heads):
    def forward(self, x: Tensor) -> Tuple[Tensor, Tensor]:
        return self.a(x), self.b(x)

    @torch.jit.export
    def encode(self, x: Tensor) -> Tuple[Tensor, Tensor]:
        return self.c(x), x + 1
