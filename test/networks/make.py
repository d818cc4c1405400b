"""Small everyday networks with seeded weights: NAME.traced.pt, NAME.scripted.pt and their goldens beside them.

    python test/networks/make.py [OUT] [--only=NAME …]

The archives are kept small: every record deflated, without the source ranges (.debug_pkl).
"""
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


def build(out):
    import audio, detection, generation, language, other, recognition, sequences  # noqa: E401, F401
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


def compact(path):
    with zipfile.ZipFile(path) as archive:
        records = [(name.split("/", 1)[1], archive.read(name)) for name in archive.namelist() if not name.endswith(".debug_pkl")]
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in records:
            info = zipfile.ZipInfo(f"net/{name}", (1980, 1, 1, 0, 0, 0))
            archive.writestr(info, data, zipfile.ZIP_DEFLATED, 9)


if __name__ == "__main__":
    fixture.run(__file__)
