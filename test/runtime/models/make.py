"""Small ONNX graphs, one per kind of value that a signature can hold, each with the signature that a compiler would give it.

Run with a Python that has onnx, numpy and torch. Writes *.onnx, signatures.json and images.json beside itself.
"""

import json
import sys
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from onnx import TensorProto as T, checker, helper as h, numpy_helper

HERE = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
signatures = {}


def value(name, dtype, shape):
    return h.make_tensor_value_info(name, dtype, shape)


def constant(name, array):
    return numpy_helper.from_array(np.asarray(array), name)


def save(name, nodes, inputs, outputs, methods, initializers=()):
    graph = h.make_graph(nodes, name, inputs, outputs, list(initializers))
    model = h.make_model(graph, opset_imports=[h.make_opsetid("", 18)], ir_version=8, producer_name="")
    checker.check_model(model)
    (HERE / f"{name}.onnx").write_bytes(model.SerializeToString(deterministic=True))
    signatures[name] = methods


def tensor(id, dtype="float32", dims=None):
    return {"kind": "tensor", "id": id, "dtype": dtype} | ({} if dims is None else {"dims": dims})


def scalar(kind, id, dtype):
    return {"kind": kind, "id": id, "dtype": dtype}


def param(name, spec, **more):
    return {"name": name, "spec": spec} | more


def method(params, result, name="forward", **more):
    return {"name": name, "params": params, "result": result} | more


# y = x * scale + bias, with a default and two inputs that share the symbol n
save(
    "affine",
    [h.make_node("Mul", ["x", "scale"], ["s"]), h.make_node("Add", ["s", "bias"], ["y"])],
    [value("x", T.FLOAT, ["n", 3]), value("scale", T.FLOAT, []), value("bias", T.FLOAT, ["n", 3])],
    [value("y", T.FLOAT, ["n", 3])],
    [
        method(
            [
                param("x", tensor("x", dims=["n", 3])),
                param("bias", tensor("bias", dims=["n", 3])),
                param("scale", scalar("float", "scale", "float32"), default=2.0),
                param("training", scalar("bool", "unused", "bool"), default=False, unused=True),
            ],
            tensor("y", dims=["n", 3]),
        )
    ],
)

# every kind of result, from one int64 input
save(
    "kinds",
    [
        h.make_node("Identity", ["n"], ["int"]),
        h.make_node("Cast", ["n"], ["float"], to=T.FLOAT),
        h.make_node("Greater", ["n", "zero"], ["bool"]),
        h.make_node("Cast", ["bool"], ["choice"], to=T.INT64),
        h.make_node("Unsqueeze", ["n", "axis"], ["n1"]),
        h.make_node("Concat", ["n1", "n1"], ["ints"], axis=0),
        h.make_node("Cast", ["ints"], ["floats"], to=T.FLOAT),
        h.make_node("Greater", ["ints", "zero"], ["bools"]),
    ],
    [value("n", T.INT64, [])],
    [
        value("int", T.INT64, []),
        value("float", T.FLOAT, []),
        value("bool", T.BOOL, []),
        value("choice", T.INT64, []),
        value("ints", T.INT64, [2]),
        value("floats", T.FLOAT, [2]),
        value("bools", T.BOOL, [2]),
    ],
    [
        method(
            [param("n", scalar("int", "n", "int64"))],
            {
                "kind": "record",
                "keys": ["int", "float", "bool", "__proto__", "then", "constructor", "ints", "floats", "bools", "none", "big", "map", "maybe", "tuple"],
                "items": [
                    scalar("int", "int", "int64"),
                    scalar("float", "float", "float32"),
                    scalar("bool", "bool", "bool"),
                    {"kind": "choice", "id": "choice", "of": ["small", "large"]},
                    tensor("floats", dims=[2]),
                    {"kind": "constant", "value": "a string"},
                    {"kind": "scalars", "of": "int", "id": "ints", "dtype": "int64"},
                    {"kind": "scalars", "of": "float", "id": "floats", "dtype": "float32"},
                    {"kind": "scalars", "of": "bool", "id": "bools", "dtype": "bool"},
                    {"kind": "constant", "value": None},
                    {"kind": "constant", "value": {"bigint": "9223372036854775807"}},
                    {"kind": "map", "keys": [1, 2], "items": [scalar("int", "int", "int64"), tensor("ints", "int64", [2])]},
                    {"kind": "optional", "flag": "bool", "of": scalar("int", "int", "int64")},
                    {"kind": "tuple", "items": [scalar("int", "int", "int64"), {"kind": "tuple", "items": []}]},
                ],
            },
        )
    ],
    [constant("zero", np.int64(0)), constant("axis", np.array([0], np.int64))],
)

# every kind of argument: out = sums of what arrived
save(
    "takes",
    [
        h.make_node("ReduceSum", ["flat"], ["total"], keepdims=0),
        h.make_node("Identity", ["flat"], ["flat_out"]),
        h.make_node("Identity", ["ranks"], ["ranks_out"]),
        h.make_node("Identity", ["sizes"], ["sizes_out"]),
        h.make_node("ReduceSum", ["list"], ["list_sum"], keepdims=0),
        h.make_node("Identity", ["mode"], ["mode_out"]),
        h.make_node(
            "If",
            ["has"],
            ["maybe_out"],
            then_branch=h.make_graph([h.make_node("Identity", ["maybe"], ["t"])], "t", [], [value("t", T.FLOAT, ["m"])]),
            else_branch=h.make_graph([h.make_node("Identity", ["none"], ["e"])], "e", [], [value("e", T.FLOAT, ["m"])]),
        ),
        h.make_node("Add", ["left", "right"], ["pair"]),
    ],
    [
        value("flat", T.FLOAT, ["f"]),
        value("ranks", T.INT64, ["r"]),
        value("sizes", T.INT64, ["s"]),
        value("list", T.INT64, ["l"]),
        value("mode", T.INT64, []),
        value("has", T.BOOL, []),
        value("maybe", T.FLOAT, ["m"]),
        value("left", T.FLOAT, []),
        value("right", T.FLOAT, []),
    ],
    [
        value("total", T.FLOAT, []),
        value("flat_out", T.FLOAT, ["f"]),
        value("ranks_out", T.INT64, ["r"]),
        value("sizes_out", T.INT64, ["s"]),
        value("list_sum", T.INT64, []),
        value("mode_out", T.INT64, []),
        value("maybe_out", T.FLOAT, ["m"]),
        value("pair", T.FLOAT, []),
    ],
    [
        method(
            [
                param("tensors", {"kind": "tensors", "id": "flat", "ranks": "ranks", "sizes": "sizes", "dtype": "float32"}),
                param("list", {"kind": "scalars", "of": "int", "id": "list", "dtype": "int64"}, default=[1, 2]),
                param("mode", {"kind": "choice", "id": "mode", "of": ["mean", "sum"]}, default="mean"),
                param("maybe", {"kind": "optional", "flag": "has", "of": tensor("maybe", dims=[None])}),
                param(
                    "pair",
                    {"kind": "record", "keys": ["left", "right"], "items": [scalar("float", "left", "float32"), scalar("float", "right", "float32")]},
                ),
                param("fixed", {"kind": "constant", "value": 4}, default=4),
            ],
            {
                "kind": "tuple",
                "items": [
                    scalar("float", "total", "float32"),
                    {"kind": "tensors", "id": "flat_out", "ranks": "ranks_out", "sizes": "sizes_out", "dtype": "float32"},
                    scalar("int", "list_sum", "int64"),
                    {"kind": "choice", "id": "mode_out", "of": ["mean", "sum"]},
                    tensor("maybe_out", dims=[None]),
                    scalar("float", "pair", "float32"),
                ],
            },
        )
    ],
    [constant("none", np.array([-1], np.float32))],
)

# total += x, count += 1; raises where x is negative; two methods of one graph over one state
slots = [
    {"input": "total_in", "output": "total_out", "dtype": "float32", "dims": [], "attribute": "total"},
    {"input": "count_in", "output": "count_out", "dtype": "int64", "dims": [], "attribute": "count"},
]
state = {"cold": "cold", "slots": slots}
save(
    "counter",
    [
        h.make_node("Where", ["cold", "total0", "total_in"], ["total_before"]),
        h.make_node("Where", ["cold", "count0", "count_in"], ["count_before"]),
        h.make_node("Equal", ["region", "zero"], ["forward"]),
        h.make_node("Where", ["forward", "x", "x_zero"], ["step"]),
        h.make_node("Where", ["forward", "one", "zero"], ["tick"]),
        h.make_node("Add", ["total_before", "step"], ["total_out"]),
        h.make_node("Add", ["count_before", "tick"], ["count_out"]),
        h.make_node("Less", ["step", "x_zero"], ["negative"]),
        h.make_node("Cast", ["negative"], ["error"], to=T.INT64),
        h.make_node("Identity", ["total_out"], ["y"]),
    ],
    [
        value("x", T.FLOAT, []),
        value("cold", T.BOOL, []),
        value("total_in", T.FLOAT, []),
        value("count_in", T.INT64, []),
        value("region", T.INT64, []),
    ],
    [value("total_out", T.FLOAT, []), value("count_out", T.INT64, []), value("error", T.INT64, []), value("y", T.FLOAT, [])],
    [
        method(
            [param("x", scalar("float", "x", "float32"))],
            tensor("y", dims=[]),
            state=state,
            error={"id": "error", "raises": [{"type": "ValueError", "message": "x must not be negative"}]},
            entry={"id": "region", "value": 0},
        ),
        method([], scalar("int", "count_out", "int64"), name="count", state=state, entry={"id": "region", "value": 1}),
    ],
    [
        constant("total0", np.float32(10)),
        constant("count0", np.int64(0)),
        constant("zero", np.int64(0)),
        constant("one", np.int64(1)),
        constant("x_zero", np.float32(0)),
    ],
)

# dtypes that a page may hold in several ways
for dtype, code in [("float16", T.FLOAT16), ("bool", T.BOOL), ("uint8", T.UINT8), ("int32", T.INT32), ("int64", T.INT64), ("float64", T.DOUBLE)]:
    save(
        f"echo-{dtype}",
        [h.make_node("Identity", ["x"], ["y"])],
        [value("x", code, ["a", "b"])],
        [value("y", code, ["a", "b"])],
        [method([param("x", tensor("x", dtype, [None, 2]))], tensor("y", dtype, [None, 2]))],
    )

# an image comes back as the tensor that the model was fed
save(
    "image",
    [h.make_node("Identity", ["x"], ["y"])],
    [value("x", T.FLOAT, ["n", "c", "h", "w"])],
    [value("y", T.FLOAT, ["n", "c", "h", "w"])],
    [method([param("image", tensor("x", dims=[None, None, None, None]))], tensor("y", dims=[None, None, None, None]))],
)

(HERE / "signatures.json").write_text(json.dumps(signatures, indent=1) + "\n")

# Goldens of preprocessing: torch's own bilinear resize, then (x - mean) / std.
generator = torch.Generator().manual_seed(3)
cases = []
for (height, width), size, options in [
    ((7, 5), (4, 4), {}),
    ((3, 4), (9, 10), {"mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225]}),
    ((6, 6), (6, 6), {"channels": "bgr", "mean": [0.5, 0.25, 0.125]}),
    ((5, 9), (3, 8), {"channels": "gray", "std": [0.5]}),
    ((8, 3), (5, 7), {"layout": "nhwc"}),
    ((1, 1), (2, 3), {}),
]:
    rgba = torch.randint(0, 256, (height, width, 4), generator=generator, dtype=torch.uint8)
    x = rgba[..., :3].permute(2, 0, 1)[None].float() / 255
    if options.get("channels") == "bgr":
        x = x.flip(1)
    if options.get("channels") == "gray":
        x = (x * torch.tensor([0.299, 0.587, 0.114])[:, None, None]).sum(1, keepdim=True)
    x = F.interpolate(x, size=size, mode="bilinear", align_corners=False)
    channels = x.shape[1]
    mean = torch.tensor(options.get("mean", [0.0] * channels))
    std = torch.tensor(options.get("std", [1.0] * channels))
    x = (x - mean[:, None, None]) / std[:, None, None]
    if options.get("layout") == "nhwc":
        x = x.permute(0, 2, 3, 1)
    cases.append(
        {
            "width": width,
            "height": height,
            "rgba": rgba.flatten().tolist(),
            "options": options | {"resize": list(size)},
            "dims": list(x.shape),
            "values": [round(v, 7) for v in x.flatten().tolist()],
        }
    )
(HERE / "images.json").write_text(json.dumps(cases) + "\n")
