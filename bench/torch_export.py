"""The peers of the conversion benchmark: PyTorch's own ways from a model to ONNX, each measured in a fresh Python process.

    python bench/torch_export.py script MODEL.pt --shape 1,3,224,224 [--out OUT.onnx] [--dynamic-batch]
    python bench/torch_export.py dynamo NET.py:ResNet18 --shape 1,3,224,224 [--out OUT.onnx] [--dynamic-batch]

script: torch.jit.load + torch.onnx.export(dynamo=False) + onnxslim.    dynamo: the eager class with torch.onnx.export(dynamo=True).

Prints one JSON line: {"mode", "torch", "seconds", "import_seconds", "load_seconds", "export_seconds", "slim_seconds",
"peak_rss_bytes", "output_bytes"}. `seconds` runs from the first line of this script, imports included, to the written file;
the parts tell how much of it is imports. Peak memory is that of the whole process. Needs torch, onnx, onnxscript, onnxslim.
"""
import time

START = time.perf_counter()

import argparse  # noqa: E402
import importlib.util  # noqa: E402
import json  # noqa: E402
import logging  # noqa: E402
import os  # noqa: E402
import resource  # noqa: E402
import sys  # noqa: E402
import tempfile  # noqa: E402
import warnings  # noqa: E402
from contextlib import redirect_stdout  # noqa: E402


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("mode", choices=["script", "dynamo"])
    parser.add_argument("model", help="MODEL.pt, or NET.py:Class")
    parser.add_argument("--shape", required=True, help="of the one float32 input, for example 1,3,224,224")
    parser.add_argument("--out", help="keep the ONNX file here")
    parser.add_argument("--dynamic-batch", action="store_true")
    parser.add_argument("--opset", type=int, default=18)
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    with tempfile.TemporaryDirectory() as folder:
        out = options.out or os.path.join(folder, "model.onnx")
        with redirect_stdout(sys.stderr):
            report = (from_script if options.mode == "script" else from_eager)(options, out)
        report["output_bytes"] = sum(os.path.getsize(path) for path in (out, out + ".data") if os.path.exists(path))
    print(json.dumps(report))


def from_script(options, out):
    import onnxslim
    import torch

    imported = time.perf_counter()
    module = torch.jit.load(options.model).eval()
    loaded = time.perf_counter()
    raw = out + ".raw"
    axes = {"x": {0: "n"}} if options.dynamic_batch else None
    torch.onnx.export(
        module, (example(torch, options),), raw, dynamo=False, opset_version=options.opset, input_names=["x"], dynamic_axes=axes
    )
    exported = time.perf_counter()
    onnxslim.slim(raw, out)
    os.remove(raw)
    return report("script", torch, imported, loaded, exported, time.perf_counter())


def from_eager(options, out):
    import onnxscript  # noqa: F401  imported by the exporter; here, so that it counts as an import
    import torch

    imported = time.perf_counter()
    path, _, name = options.model.rpartition(":")
    spec = importlib.util.spec_from_file_location("net", path)
    net = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(net)
    module = getattr(net, name)().eval()
    loaded = time.perf_counter()
    shapes = ({0: torch.export.Dim("n")},) if options.dynamic_batch else None
    torch.onnx.export(
        module, (example(torch, options),), out, dynamo=True, opset_version=options.opset, dynamic_shapes=shapes, external_data=False,
        verbose=False,
    )
    done = time.perf_counter()
    return report("dynamo", torch, imported, loaded, done, done)


def example(torch, options):
    size = [int(extent) for extent in options.shape.split(",")]
    if options.dynamic_batch and size[0] == 1:
        size[0] = 2  # torch.export takes an extent of 1 for a constant
    return torch.randn(size)


def report(mode, torch, imported, loaded, exported, slimmed):
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        "mode": mode,
        "torch": torch.__version__,
        "seconds": round(slimmed - START, 3),
        "import_seconds": round(imported - START, 3),
        "load_seconds": round(loaded - imported, 3),
        "export_seconds": round(exported - loaded, 3),
        "slim_seconds": round(slimmed - exported, 3),
        "peak_rss_bytes": peak if sys.platform == "darwin" else peak * 1024,
    }


if __name__ == "__main__":
    main()
