"""Models of all kinds, each at three sizes of every dynamic dim, 1 and a prime among them: NAME.pt, its goldens NAME.json, and table.json,
which tells the dims of each input.

    python test/shapes/make.py [OUT]

A dim that is a letter is dynamic: case k takes the sizes of the letters one further for each letter, so that no two letters go together.
Small modules are scripted and traced; `@model(…, captures=…)` says otherwise.
"""
import json
import sys
import warnings
import zlib
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "fixtures"))
import fixture  # noqa: E402

fixture.HERE = HERE
import torch  # noqa: E402

# The sizes of each letter: n, m are batches, t, s lengths, h, w of pictures, k what a model may have any number of.
SIZES = {"n": (2, 1, 5), "m": (3, 1, 2), "t": (4, 7, 1), "s": (5, 1, 3), "h": (8, 1, 13), "w": (6, 11, 1), "k": (3, 2, 1), "b": (16, 19, 8), "c": (17, 8, 23)}


def sizes_of(dims, case):
    """The sizes of one input: letters move on from case to case, each from a place of its own."""
    return [dim if isinstance(dim, int) else SIZES[dim][(case + list(SIZES).index(dim)) % 3] for dim in dims]


def tensor(spec, case):
    *kind, dims = spec
    shape = sizes_of(dims, case)
    if kind == ["ids"]:
        return torch.randint(0, 7, shape)
    if kind == ["bool"]:
        return torch.rand(shape) < 0.5
    if kind == ["double"]:
        return torch.randn(shape, dtype=torch.float64)
    return torch.randn(shape)


def build(out):
    import models

    warnings.simplefilter("ignore")
    table = {}
    for name, make, inputs, captures in models.MODELS:
        for capture in captures:
            torch.manual_seed(zlib.crc32(name.encode()))
            module = make().eval()
            cases = [[tensor(spec, case) for spec in inputs.values()] for case in range(3)]
            stem = f"{name}.{capture}"
            captured = torch.jit.script(module) if capture == "scripted" else torch.jit.trace(module, tuple(cases[0]), check_trace=False)
            fixture.save(captured, out, f"{stem}.pt")
            texts = [", ".join("x".join(map(str, one.shape)) for one in case) for case in cases]
            fixture.goldens(out, [fixture.case(text, *case) for text, case in zip(texts, cases)], f"{stem}.pt")
            table[stem] = {parameter: list(spec[-1]) for parameter, spec in inputs.items()}
    rows = ",\n".join(f"{json.dumps(stem)}: {json.dumps(dims)}" for stem, dims in table.items())
    (out / "table.json").write_text("{\n" + rows + "\n}\n", encoding="utf-8")
    print(f"{len(table)} models")


if __name__ == "__main__":
    fixture.run(__file__)
