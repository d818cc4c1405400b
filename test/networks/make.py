"""Small everyday networks with seeded weights: NAME.traced.pt, NAME.scripted.pt, and the goldens of both, NAME.json.

    python test/networks/make.py [OUT] [--only=NAME …]

A trace that is true of some sizes only has goldens of its own, NAME.traced.json beside NAME.scripted.json. The archives are kept small: every record deflated, without the source ranges (.debug_pkl).
"""
import json
import os
import sys
import traceback
import warnings
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "fixtures"))
import fixture  # noqa: E402

# The sources beside this file get bare names in debug records.
fixture.HERE = HERE
import torch  # noqa: E402
from leaf import unleaf  # noqa: E402


def build(out):
    import audio, detection, generation, habits, language, other, recognition, sequences, spectra  # noqa: E401, F401
    import registry

    only = [argument.removeprefix("--only=") for argument in sys.argv if argument.startswith("--only=")]
    warnings.simplefilter("ignore")
    failed = []
    for entry in registry.NETWORKS:
        if only and entry.name not in only:
            continue
        for capture in entry.captures:
            # A process of its own: torch numbers the types of an archive by all that it made before.
            child = os.fork()
            if child == 0:
                os._exit(make(registry, entry, capture, out))
            if os.waitpid(child, 0)[1] != 0:
                failed.append(f"{entry.name}.{capture}")
        if not failed and len(entry.captures) == 2 and entry.traced is None:
            share(entry, out)
    if failed:
        raise RuntimeError(f"failed: {', '.join(failed)}")
    print(f"{len(registry.NETWORKS)} networks")


def make(registry, entry, capture, out):
    stem = f"{entry.name}.{capture}"
    try:
        module = registry.build(entry)
        cases = [registry.inputs_of(case) for case in entry.cases_of(capture)]
        # strict=False: a dict may be given back.
        captured = torch.jit.script(module) if capture == "scripted" else torch.jit.trace(module, cases[0], check_trace=False, strict=False)
        fixture.save(captured, out, f"{stem}.pt")
        compact(out / f"{stem}.pt")
        names = [registry.name_of(case) for case in entry.cases_of(capture)]
        fixture.goldens(out, [fixture.case(name, *inputs) for name, inputs in zip(names, cases)], f"{stem}.pt")
        return 0
    except Exception:
        print(f"{stem}\n{traceback.format_exc()}", file=sys.stderr)
        return 1


def share(entry, out):
    """One file of goldens, where both captures give the same."""
    paths = [out / f"{entry.name}.{capture}.json" for capture in entry.captures]
    traced, scripted = (json.loads(path.read_text(encoding="utf-8"))["cases"] for path in paths)
    for left, right in zip(traced, scripted, strict=True):
        if left["inputs"] != right["inputs"]:
            raise ValueError(f"{entry.name}: the captures were run on different inputs")
        torch.testing.assert_close(unleaf(right["outputs"]), unleaf(left["outputs"]), rtol=1e-5, atol=1e-5)
    text = paths[0].read_text(encoding="utf-8").replace(f'"model": "{entry.name}.traced.pt"', f'"model": "{entry.name}"', 1)
    (out / f"{entry.name}.json").write_text(text, encoding="utf-8")
    for path in paths:
        path.unlink()


def compact(path):
    with zipfile.ZipFile(path) as archive:
        records = [(name.split("/", 1)[1], archive.read(name)) for name in archive.namelist() if not name.endswith(".debug_pkl")]
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in records:
            info = zipfile.ZipInfo(f"net/{name}", (1980, 1, 1, 0, 0, 0))
            archive.writestr(info, data, zipfile.ZIP_DEFLATED, 9)


if __name__ == "__main__":
    fixture.run(__file__)
