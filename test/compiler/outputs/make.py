"""Saves each model of net.py with torch's whole results."""
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "fixtures")]
import fixture  # noqa: E402

fixture.HERE = HERE
import net  # noqa: E402
import torch  # noqa: E402


def build(out):
    for Module in (net.Tuples, net.Named, net.Filled, net.Literal, net.Branches, net.Lists, net.Maybe, net.Methods):
        torch.manual_seed(0)
        name = Module.__name__.lower()
        fixture.save(torch.jit.script(Module().eval()), out, f"{name}.pt")
        cases = [fixture.case("one", torch.ones(1, 4)), fixture.case("two", -torch.randn(2, 4).abs())]
        if Module is net.Methods:
            cases.append(fixture.case("encode", torch.ones(1, 4), method="encode"))
        fixture.goldens(out, cases, f"{name}.pt")


fixture.run(__file__)
