"""Recurrent layers and attention in every configuration: NAME.pt, and NAME.json with cases at two sizes.

    python test/sequences/make.py [OUT] [--only=PART OF A NAME …] [--sample=N]

The configurations are chosen so that any two settings meet in one of them; every second one is traced and the others are scripted. `--sample`
makes N of the whole product of settings and captures instead, for a look and not for the repository. The archives hold no debug records.
"""
import os
import random
import sys
import traceback
import warnings
import zipfile
import zlib
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "fixtures"))
import fixture  # noqa: E402

fixture.HERE = HERE
import torch  # noqa: E402


def build(out):
    import attention, configurations, recurrent, transformers  # noqa: E401, F401

    only = [argument.removeprefix("--only=") for argument in sys.argv if argument.startswith("--only=")]
    warnings.simplefilter("ignore")
    failed = []
    sample = [int(argument.removeprefix("--sample=")) for argument in sys.argv if argument.startswith("--sample=")]
    entries = list(configurations.entries(bool(sample)))
    for entry in random.Random(0).sample(entries, sample[0]) if sample else entries:
        if only and not any(part in entry.name for part in only):
            continue
        # A process of its own: torch numbers the types of an archive by all that it made before.
        child = os.fork()
        if child == 0:
            os._exit(make(entry, out))
        if os.waitpid(child, 0)[1] != 0:
            failed.append(f"{entry.name}.{entry.capture}")
    if failed:
        raise RuntimeError(f"failed: {', '.join(failed)}")


def make(entry, out):
    try:
        torch.manual_seed(zlib.crc32(entry.name.encode()))
        module = entry.make(**entry.settings).eval()
        for parameter in module.parameters():
            torch.nn.init.uniform_(parameter, -0.6, 0.6)
        # Without gradients torch takes its fused kernels.
        module.requires_grad_(not module.fused)
        cases = [module.inputs(size) for size in (0, 1)]
        captured, capture = capture_of(module, cases[0], entry.capture)
        if capture == "traced" and not module.dynamic:
            cases = [cases[0], tuple(shuffled(value) for value in cases[0])]
        file = f"{entry.name}.{capture}.pt"
        fixture.save(captured, out, file)
        compact(out / file)
        fixture.goldens(out, [fixture.case(f"size {i}", *inputs) for i, inputs in enumerate(cases)], file)
        return 0
    except Exception:
        print(f"{entry.name} {entry.capture}\n{traceback.format_exc()}", file=sys.stderr)
        return 1


def capture_of(module, inputs, wanted):
    """What torch cannot script (attention without biases, activations of the user's own) is traced."""
    if wanted == "scripted":
        try:
            return torch.jit.script(module), "scripted"
        except RuntimeError:
            pass
    return torch.jit.trace(module, inputs, check_trace=False), "traced"


def shuffled(value):
    """Another input of the same shape."""
    return value.flip(0) * 0.5 if isinstance(value, torch.Tensor) and value.is_floating_point() else value


def compact(path):
    with zipfile.ZipFile(path) as archive:
        records = [(name.split("/", 1)[1], archive.read(name)) for name in archive.namelist() if not name.endswith(".debug_pkl")]
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in records:
            info = zipfile.ZipInfo(f"net/{name}", (1980, 1, 1, 0, 0, 0))
            archive.writestr(info, data, zipfile.ZIP_DEFLATED, 9)


if __name__ == "__main__":
    fixture.run(__file__)
