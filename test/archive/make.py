"""Archives with every dtype, layout and kind of attribute, other kinds of file, and what is in them as torch says.

    python make.py DIR      # writes DIR/*.pt, DIR/*.pth ... and DIR/<name>.json beside each TorchScript archive

A tensor in the JSON is {"dtype", "sizes", "strides", "requires_grad", "bytes"}: the elements in row-major order, little-endian, base64,
after conjugation and negation; a quantized one adds "scale", "zero_point" or "scales", "zero_points", "axis".
Seeded; regenerating gives the same values. Run it from the folder that is to be recorded as the place of the sources.
"""
import base64
import enum
import json
import os
import pickle
import sys
from typing import Dict, List, NamedTuple, Optional, Tuple

import torch
import torch.nn as nn
from torch import Tensor

torch.manual_seed(7)


def raw(t):
    t = t.detach().resolve_conj().resolve_neg().contiguous().clone()
    if t.numel() == 0:
        return b""
    return t.reshape(-1).view(torch.uint8).numpy().tobytes()


def describe(t):
    row = {"dtype": str(t.dtype)[6:], "sizes": list(t.shape), "strides": list(t.stride()), "requires_grad": t.requires_grad}
    if t.is_conj():
        row["conj"] = True
    if t.is_neg():
        row["neg"] = True
    if t.is_quantized:
        if t.qscheme() in (torch.per_tensor_affine,):
            row["scale"], row["zero_point"] = t.q_scale(), t.q_zero_point()
        else:
            row["scales"], row["zero_points"] = describe(t.q_per_channel_scales()), describe(t.q_per_channel_zero_points())
            row["axis"] = t.q_per_channel_axis()
        t = t.int_repr()
    row["bytes"] = base64.b64encode(raw(t)).decode()
    return row


class Dtypes(nn.Module):
    """One buffer for each dtype and each layout a storage can have."""

    def __init__(self):
        super().__init__()
        values = torch.tensor([-2.5, -1.0, -0.0, 0.0, 0.5, 1.0, 3.25, 65504.0])
        for dtype in (torch.float16, torch.bfloat16, torch.float32, torch.float64):
            self.register_buffer("of_" + str(dtype)[6:], values.to(dtype))
        for dtype in (torch.complex32, torch.complex64, torch.complex128):
            self.register_buffer("of_" + str(dtype)[6:], torch.complex(values, values.flip(0)).to(dtype))
        for dtype in (torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64, torch.uint16, torch.uint32, torch.uint64):
            info = torch.iinfo(dtype)
            self.register_buffer("of_" + str(dtype)[6:], torch.tensor([info.min, 0, 1, 2, 100, info.max], dtype=dtype))
        self.register_buffer("of_bool", torch.tensor([[True, False], [False, True]]))
        for dtype in (torch.float8_e5m2, torch.float8_e4m3fn, torch.float8_e5m2fnuz, torch.float8_e4m3fnuz):
            self.register_buffer("of_" + str(dtype)[6:], values[:7].to(dtype))
        special = torch.tensor([0x7FC00001, 0x7F800001, 0xFFC12345 - (1 << 32), -(1 << 31), 1, 0x7F800000], dtype=torch.int32)
        self.register_buffer("special", special.view(torch.float32))
        base = torch.arange(12, dtype=torch.float32).reshape(3, 4)
        self.register_buffer("base", base)
        self.register_buffer("sliced", base[1:, ::2])
        self.register_buffer("transposed", base.t())
        self.register_buffer("expanded", torch.full((1,), 3.0).expand(4))
        self.register_buffer("channels_last", torch.arange(24.0).reshape(1, 2, 3, 4).contiguous(memory_format=torch.channels_last))
        self.register_buffer("empty", torch.zeros(0, 3))
        self.register_buffer("scalar", torch.tensor(4.5))
        self.register_buffer("conjugated", torch.tensor([1 + 2j, 3 - 4j]).conj())
        self.register_buffer("negated", torch.tensor([1 + 2j, 3 - 4j]).conj().imag)
        self.register_buffer("per_tensor", torch.quantize_per_tensor(values[:7], 0.05, 10, torch.quint8))
        self.register_buffer("per_tensor_int8", torch.quantize_per_tensor(values[:7], 0.05, -3, torch.qint8))
        self.register_buffer("per_tensor_int32", torch.quantize_per_tensor(values[:7], 0.001, 0, torch.qint32))
        scales, zeros = torch.tensor([0.1, 0.2], dtype=torch.float64), torch.tensor([0, 3])
        self.register_buffer("per_channel", torch.quantize_per_channel(torch.arange(6.0).reshape(2, 3), scales, zeros, 0, torch.qint8))
        self.weight = nn.Parameter(torch.rand(2, 3))
        self.tied = self.weight

    def forward(self, x: Tensor) -> Tensor:
        return x


class Color(enum.Enum):
    RED = 1
    GREEN = 2


class Point(NamedTuple):
    x: int
    y: Tensor


@torch.jit.script
class Pair:
    def __init__(self, a: int, b: float):
        self.a = a
        self.b = b


class Stateful(nn.Module):
    """Pickled as what __getstate__ returns."""

    def __init__(self):
        super().__init__()
        self.w = torch.arange(3.0)

    @torch.jit.export
    def __getstate__(self):
        return self.w * 2, self.training

    @torch.jit.export
    def __setstate__(self, state: Tuple[Tensor, bool]):
        self.w = state[0] / 2
        self.training = state[1]

    def forward(self, x: Tensor) -> Tensor:
        return x + self.w


class Attributes(nn.Module):
    """Attributes of every type that a module can hold."""

    ints: List[int]
    floats: List[float]
    bools: List[bool]
    tensors: List[Tensor]
    strings: List[str]
    table: Dict[str, List[int]]
    by_int: Dict[int, float]
    maybe: Optional[int]
    nested: Tuple[int, Tuple[str, List[Tensor]]]
    point: Point

    def __init__(self):
        super().__init__()
        self.ints, self.floats, self.bools = [1, -3, 2**40], [0.5, float("inf")], [True, False]
        shared = torch.arange(2.0)
        self.tensors, self.strings = [shared, shared], ["a", "ü"]
        self.table, self.by_int = {"a": [1, 2], "__proto__": []}, {3: 0.5, -1: 2.0}
        self.maybe = None
        self.nested = (1, ("two", [shared]))
        self.color = Color.GREEN
        self.point = Point(3, torch.ones(2))
        self.pair = Pair(5, 2.5)
        self.device = torch.device("cpu")
        self.dtype = torch.float16
        self.z = 1 + 2j
        self.largest, self.smallest = 2**63 - 1, -(2**63)
        self.inner = Stateful()

    def forward(self, x: Tensor) -> Tensor:
        if self.color == Color.RED:
            x = x + self.pair.a
        if self.dtype == torch.float32:
            x = x + self.table["a"][0] + self.by_int[3] + self.ints[0] + self.floats[0] + self.largest + self.smallest
        if self.maybe is not None or self.bools[0] or self.strings[0] == "ü":
            x = x + self.point.y.sum() + self.tensors[0].sum() + self.nested[0]
        if x.device == self.device:
            x = x * 2
        return self.inner(x) + torch.real(torch.tensor(self.z))


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(3, 2)

    def forward(self, x):
        return self.linear(x).relu()


shared = [1]
PICKLED = [
    [0, 1, -1, 255, 256, 65535, 65536, 2**31 - 1, -(2**31), 2**31, 2**63 - 1, -(2**63)],
    [0.5, -0.0, 1e300, float("inf"), float("nan")],
    ["", "a", "ü😀", "back\\slash", "x" * 300],
    [True, False, None],
    ((), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4)),
    {"k": [1], 3: {}},
    [shared, shared],
]


def save_script(module, path, tensors):
    torch.jit.save(torch.jit.script(module), path)
    loaded = torch.jit.load(path)
    rows = {name: describe(getattr(loaded, name)) for name in tensors}
    if not rows:
        return
    with open(os.path.splitext(path)[0] + ".json", "w") as f:
        json.dump(rows, f, indent=1)
        f.write("\n")


def main(out):
    os.makedirs(out, exist_ok=True)

    def to(name):
        return os.path.join(out, name)

    zoo = Dtypes()
    save_script(zoo, to("dtypes.pt"), [n for n, _ in zoo.named_buffers()] + ["weight", "tied"])
    save_script(Attributes(), to("attributes.pt"), [])
    if "fbgemm" in torch.backends.quantized.supported_engines:
        quantized = torch.ao.quantization.quantize_dynamic(nn.Sequential(nn.Linear(3, 2)), dtype=torch.qint8)
        torch.jit.save(torch.jit.script(quantized), to("quantized.pt"))

    net = Net()
    torch.save(net.state_dict(), to("state-dict.pth"))
    torch.save(net.state_dict(), to("state-dict-protocol-4.pth"), pickle_protocol=4)
    torch.save(net, to("module.pth"))
    torch.save({"epoch": 3, "model_state_dict": net.state_dict(), "loss": 0.5}, to("checkpoint.ckpt"))
    torch.save({"epoch": 3, "model": net}, to("checkpoint-module.pt"))
    torch.save(torch.ones(3), to("tensor.pt"))
    torch.save([1, "two"], to("list.pt"))
    torch.save(net.state_dict(), to("legacy.pth"), _use_new_zipfile_serialization=False)
    torch.export.save(torch.export.export(net, (torch.ones(1, 3),)), to("exported.pt2"))
    scripted = torch.jit.script(net)
    scripted._save_for_lite_interpreter(to("lite.ptl"))
    scripted._save_for_lite_interpreter(to("lite-flatbuffer.ptl"), _use_flatbuffer=True)
    with open(to("pickles.json"), "w") as f:
        json.dump({n: base64.b64encode(pickle.dumps(PICKLED, n)).decode() for n in range(6)}, f, indent=1)
        f.write("\n")
    torch.jit.save(scripted, to("extra.pt"), _extra_files={"labels.txt": "cat\ndog\n", "meta/info.json": "{}"})


if __name__ == "__main__":
    main(sys.argv[1])
