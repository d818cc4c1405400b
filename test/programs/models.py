"""Scripted modules whose control flow no ONNX graph can hold: dicts with run-time keys, text, lists of lists, objects, joins of dtypes."""

from typing import Dict, List, NamedTuple, Optional, Tuple

import torch
from torch import Tensor, nn


class Cache(nn.Module):
    """A dict with keys made at run time, kept from call to call."""

    cache: Dict[str, Tensor]

    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(4, 4)
        self.cache: Dict[str, Tensor] = {"start": torch.ones(2, 4)}
        self.calls = 0

    def forward(self, x: Tensor, key: str) -> Tuple[Tensor, int]:
        self.calls += 1
        y = self.fc(x)
        name = key + "_" + str(self.calls % 2)
        if name in self.cache:
            y = y + self.cache[name]
        self.cache[name] = y
        return y, len(self.cache)


class Beams(nn.Module):
    """Beam search over lists of lists, with scores and back pointers."""

    def __init__(self) -> None:
        super().__init__()
        self.emb = nn.Embedding(9, 6)
        self.out = nn.Linear(6, 9)

    def forward(self, start: int, width: int, steps: int) -> Tuple[List[List[int]], List[float]]:
        beams: List[List[int]] = [[start]]
        scores: List[float] = [0.0]
        for _ in range(steps):
            found: List[Tuple[float, List[int]]] = []
            for k in range(len(beams)):
                h = self.emb(torch.tensor([beams[k][-1]]))
                logp = torch.log_softmax(self.out(h), 1)[0]
                top, index = logp.topk(width)
                for j in range(width):
                    found.append((scores[k] + float(top[j]), beams[k] + [int(index[j])]))
            beams = []
            scores = []
            while len(beams) < width and len(found) > 0:
                best = 0
                for i in range(len(found)):
                    if found[i][0] > found[best][0]:
                        best = i
                score, beam = found.pop(best)
                beams.append(beam)
                scores.append(score)
        return beams, scores


class Checked(nn.Module):
    """An exception that says what it found."""

    def forward(self, x: Tensor, limit: float) -> Tensor:
        y = (x * 2).relu()
        top = float(y.max())
        if top > limit:
            raise ValueError(f"maximum {top} of {x.size(0)} rows is over {limit}")
        return y / limit


class Router(nn.Module):
    """Branches of different dtypes, and a dict of results by name."""

    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(3, 3)

    def forward(self, x: Tensor) -> Dict[str, Tensor]:
        out: Dict[str, Tensor] = {}
        y = self.fc(x)
        if bool(y.sum() > 0):
            z = y.argmax(1)
        else:
            z = torch.sigmoid(y)
        out["z"] = z
        for i in range(x.size(0)):
            row = y[i]
            if bool(row.mean() > 0):
                out[f"row{i}"] = row * 2
        return out


class Counter:
    def __init__(self, start: int):
        self.n = start
        self.seen: List[str] = []

    def add(self, word: str) -> int:
        self.n += 1
        self.seen.append(word)
        return self.n


class Words(nn.Module):
    """Text in and out; objects with fields that change; a vocabulary that grows."""

    def __init__(self) -> None:
        super().__init__()
        self.emb = nn.EmbeddingBag(16, 4, mode="mean")
        self.vocabulary: Dict[str, int] = {"<unk>": 0, "the": 1}

    def forward(self, text: str, grow: bool) -> Tuple[Tensor, str, List[int]]:
        counter = Counter(0)
        ids: List[int] = []
        for word in text.lower().split():
            counter.add(word)
            if word not in self.vocabulary and grow:
                self.vocabulary[word] = len(self.vocabulary)
            ids.append(self.vocabulary.get(word, 0))
        y = self.emb(torch.tensor([ids]))
        return y, "{} words: {}".format(counter.n, ",".join(counter.seen)), ids


class State(NamedTuple):
    h: Tensor
    name: str


class Decoder(nn.Module):
    """A loop over tokens with a NamedTuple of tensor and text, a list of tuples that grows, in-place writes on carried tensors."""

    def __init__(self) -> None:
        super().__init__()
        self.cell = nn.GRUCell(4, 4)

    def step(self, x: Tensor, s: State, i: int) -> State:
        return State(self.cell(x, s.h), s.name + str(i))

    def forward(self, xs: Tensor, stop: float) -> Tuple[Tensor, str, List[Tuple[int, float]]]:
        state = State(torch.zeros(xs.size(1), 4), "s")
        trace: List[Tuple[int, float]] = []
        total = torch.zeros(xs.size(1), 4)
        for i in range(xs.size(0)):
            state = self.step(xs[i], state, i)
            total += state.h
            norm = float(state.h.norm())
            trace.append((i, norm))
            if norm > stop:
                break
        return total, state.name, trace


class Memory(nn.Module):
    """State of lists and ints; tensors in a list written in place."""

    history: List[Tensor]
    names: List[str]

    def __init__(self) -> None:
        super().__init__()
        self.history: List[Tensor] = []
        self.names: List[str] = []

    def forward(self, x: Tensor, name: Optional[str]) -> Tuple[Tensor, List[str]]:
        if name is not None:
            self.names.append(name)
            self.history.append(x.clone())
        for i in range(len(self.history)):
            self.history[i].mul_(0.5)
        total = torch.zeros_like(x)
        for h in self.history:
            total = total + h
        return total, self.names


def x(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


MODELS = {
    "cache": (Cache, [(x(2, 4), "a"), (x(2, 4, seed=1), "a"), (x(2, 4, seed=2), "a"), (x(2, 4, seed=3), "b")], True),
    "beams": (Beams, [(1, 2, 3), (3, 3, 4), (0, 1, 2), (2, 2, 0)], False),
    "checked": (Checked, [(x(2, 3), 100.0), (x(5, 3), 0.5), (x(1, 2), 7.25)], False),
    "router": (Router, [(x(2, 3),), (x(4, 3, seed=5),), (x(3, 3, seed=9) - 3,), (x(3, 3, seed=2) + 4,)], False),
    "words": (Words, [("The cat sat", True), ("the dog sat on the cat", False), ("A dog", True), ("dog a the", False)], True),
    "decoder": (Decoder, [(x(5, 2, 4), 10.0), (x(7, 1, 4, seed=3) * 3, 0.9), (x(1, 3, 4), 0.0)], False),
    "memory": (Memory, [(x(2, 2), "one"), (x(2, 2, seed=1), None), (x(2, 2, seed=2), "two"), (x(2, 2, seed=3), "three")], True),
}
