"""Host programs: NAME.pt and torch's own results, NAME.json.

    python test/programs/make.py [OUT]
"""

import importlib
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "fixtures")]
import fixture  # noqa: E402

fixture.HERE = HERE
import torch  # noqa: E402


def build(out):
    models = [importlib.import_module(path.stem).MODELS for path in sorted(HERE.glob("models*.py"))]
    for name, (Module, cases, sequence) in (item for table in models for item in table.items()):
        torch.manual_seed(0)
        fixture.save(torch.jit.script(Module().eval()), out, f"{name}.pt")
        fixture.goldens(out, [case if isinstance(case, dict) else fixture.case(str(i), *case) for i, case in enumerate(cases)], f"{name}.pt", sequence=sequence)


fixture.run(__file__)
