"""Modules saved in training mode: NAME.pt with NAME.json, what it gives in evaluation, and NAME.preserve.json, what the file says.

    python test/training/make.py [OUT] [--only=NAME …]

Evaluation is `torch.jit.load(file).eval()`; of traces, whose flags are constants that eval() does not reach, the module they were made from.
What the file says is recorded where it does not depend on random numbers: as a sequence of calls, since statistics are state.
"""
import json
import os
import sys
import traceback
import warnings
import zipfile
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "fixtures"))
import fixture  # noqa: E402

fixture.HERE = HERE
import torch  # noqa: E402
import torch.nn as nn  # noqa: E402
from leaf import leaf, unleaf  # noqa: E402


@dataclass
class Entry:
    make: type
    cases: tuple
    captures: tuple
    random: bool
    after: bool


def build(out):
    import nets

    only = [argument.removeprefix("--only=") for argument in sys.argv if argument.startswith("--only=")]
    warnings.simplefilter("ignore")
    failed = []
    for entry in nets.ENTRIES:
        for capture in entry.captures:
            if only and nets.name_of(entry) not in only:
                continue
            child = os.fork()
            if child == 0:
                os._exit(make(nets, entry, capture, out))
            if os.waitpid(child, 0)[1] != 0:
                failed.append(f"{nets.name_of(entry)}.{capture}")
    if failed:
        raise RuntimeError(f"failed: {', '.join(failed)}")


def make(nets, entry, capture, out):
    stem = f"{nets.name_of(entry)}.{capture}"
    try:
        torch.manual_seed(len(stem))
        module = nets.prepare(entry.make())
        cases = [(torch.randn(shape),) for shape in entry.cases]
        # Tracing runs the module: what it does to statistics is undone.
        before = {name: value.clone() for name, value in module.state_dict().items()}
        captured = torch.jit.script(module) if capture == "scripted" else torch.jit.trace(module, cases[0], check_trace=False)
        module.load_state_dict(before)
        captured.load_state_dict(before)
        if entry.after:
            captured.eval()
        path = out / f"{stem}.pt"
        captured.save(str(path))
        compact(path)
        golden(out / f"{stem}.json", cases, torch.jit.load(str(path)).eval() if capture == "scripted" else module.eval())
        if not entry.random:
            golden(out / f"{stem}.preserve.json", cases, torch.jit.load(str(path)))
        return 0
    except Exception:
        print(f"{stem}\n{traceback.format_exc()}", file=sys.stderr)
        return 1


def golden(path, cases, module):
    """The calls of one module one after the other, and its buffers behind them."""
    with torch.no_grad():
        forms = [{"name": f"call {i}", "inputs": [leaf(value) for value in case], "outputs": leaf(module(*case))} for i, case in enumerate(cases)]
    if all(form["outputs"] == forms[0]["outputs"] for form in forms):
        raise ValueError(f"{path.name}: every call gives the same output")
    head = {"torch": torch.__version__.split("+")[0], "model": path.name.split(".json")[0].removesuffix(".preserve")}
    lines = ",\n".join(json.dumps(form) for form in forms)
    path.write_text(f'{json.dumps(head)[:-1]}, "cases": [\n{lines}\n]}}\n', encoding="utf-8")


def compact(path):
    with zipfile.ZipFile(path) as archive:
        records = [(name.split("/", 1)[1], archive.read(name)) for name in archive.namelist()]
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in records:
            info = zipfile.ZipInfo(f"net/{name}", (1980, 1, 1, 0, 0, 0))
            archive.writestr(info, data, zipfile.ZIP_DEFLATED, 9)


if __name__ == "__main__":
    fixture.run(__file__)
