"""One model by one way to ONNX, in a process of its own.

    python bench/peers/export.py archive MODEL OUT.pt       saves the TorchScript archive, and OUT.json with its inputs and torch's own result
    python bench/peers/export.py script MODEL OUT.onnx      torch.jit archive → torch.onnx.export(dynamo=False)
    python bench/peers/export.py dynamo MODEL OUT.onnx      eager module → torch.onnx.export(dynamo=True)
    python bench/peers/export.py slim IN.onnx OUT.onnx      onnxslim
    python bench/peers/export.py sim IN.onnx OUT.onnx       onnxsim
    python bench/peers/export.py count FILE.onnx …          nodes and bytes of files, subgraphs included

Prints one JSON line; `seconds` are those of the whole process but for the making of the model, imports included.
"""
import time

START = time.perf_counter()

import json  # noqa: E402
import logging  # noqa: E402
import os  # noqa: E402
import sys  # noqa: E402
import warnings  # noqa: E402
from contextlib import redirect_stdout  # noqa: E402


def main():
    how, *paths = sys.argv[1:]
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    with redirect_stdout(sys.stderr):
        report = {"archive": archive, "script": export, "dynamo": export, "slim": slim, "sim": sim, "count": count}[how](how, *paths)
    print(json.dumps(report))


def archive(how, name, out):
    import torch
    from models import make

    module, inputs, captured = make(name)
    with torch.no_grad():
        scripted = torch.jit.script(module) if captured == "script" else torch.jit.trace(module, inputs, check_trace=False)
        expected = module(*inputs)
    scripted.save(out)
    with open(out + ".json", "w") as file:
        json.dump({"inputs": [tensor(x) for x in inputs], "output": tensor(expected)}, file)
    return {"captured": captured, "bytes": os.path.getsize(out)}


def tensor(value):
    return {"dtype": str(value.dtype).removeprefix("torch."), "dims": list(value.shape), "data": value.flatten().tolist()}


def export(how, name, out):
    import torch

    if how == "dynamo":
        import onnxscript  # noqa: F401
    from models import make

    before = time.perf_counter()
    module, inputs, captured = make(name)
    if how == "script":
        module = torch.jit.load(os.path.join(os.path.dirname(out), name + ".pt")).eval()
    making = time.perf_counter() - before
    if how == "script":
        torch.onnx.export(module, inputs, out, dynamo=False, opset_version=18)
    else:
        torch.onnx.export(module, inputs, out, dynamo=True, opset_version=18, external_data=False, verbose=False)
    return {"torch": torch.__version__, "seconds": round(time.perf_counter() - START - making, 3)}


def slim(how, source, out):
    import onnxslim

    onnxslim.slim(source, out)
    return {"seconds": round(time.perf_counter() - START, 3)}


def sim(how, source, out):
    import onnx
    import onnxsim

    model, ok = onnxsim.simplify(onnx.load(source))
    onnx.save(model, out)
    return {"ok": ok, "seconds": round(time.perf_counter() - START, 3)}


def count(how, *paths):
    import onnx

    return [{"path": path, "nodes": nodes(onnx.load(path).graph), "bytes": os.path.getsize(path)} for path in paths]


def nodes(graph):
    """Constant nodes are weights by another name, and count as none."""
    return sum(
        (node.op_type != "Constant") + sum(nodes(attribute.g) for attribute in node.attribute if attribute.HasField("g"))
        for node in graph.node
    )


if __name__ == "__main__":
    main()
