"""Real architectures with random weights as TorchScript archives, NAME.CAPTURE.pt, each with what torch computes, NAME.CAPTURE.json.

    python capture.py OUT [--all] [PART OF A NAME …]

Written for a reader (run.ts) that deletes each archive when it is done with it: one line of JSON is printed per archive, and at most
`AHEAD` archives lie in OUT at a time. Nothing is downloaded. What is wrong with an entry is told in its line, not raised.
"""
import json
import os
import sys
import time
import warnings
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
sys.path.insert(0, str(HERE.parent / "fixtures"))
sys.dont_write_bytecode = True
os.environ.update(HF_HUB_OFFLINE="1", TRANSFORMERS_VERBOSITY="error", TOKENIZERS_PARALLELISM="false")
warnings.simplefilter("ignore")

import torch  # noqa: E402
from torchvision_operators import COMPILED  # noqa: E402
import transformers  # noqa: E402
from leaf import leaf, unleaf  # noqa: E402

AHEAD = int(os.environ.get("AHEAD", "8"))
# Of the file's answers against the module's own: a network may cancel to nothing, and a trace or a script never calculates differently.
AGREE = 1e-4


# Loaded before the first fork: transformers loads what it needs when it is asked for it.
PRELOADED = ("AutoConfig", "AutoModel", "PreTrainedModel", "BertModel", "LlamaForCausalLM", "T5Model", "WhisperModel", "ViTModel")


def main():
    out, parts = Path(sys.argv[1]), [argument for argument in sys.argv[2:] if argument != "--all"]
    import attention, decoding, families, language, perception, segmentation, sound, stacks, steps, vision  # noqa: E401, F401
    from registry import ARCHITECTURES, LARGE

    if COMPILED:
        import detection  # noqa: F401
    else:
        print("left out: detectors, as torchvision's compiled operators cannot be loaded", file=sys.stderr)

    for name in PRELOADED:
        getattr(transformers, name)

    assert not COMPILED or LARGE <= ARCHITECTURES.keys(), LARGE - ARCHITECTURES.keys()
    whole = "--all" in sys.argv
    chosen = [entry for name, entry in ARCHITECTURES.items() if (any(part in name for part in parts) if parts else whole or name not in LARGE)]
    print(json.dumps({"torch": torch.__version__, "architectures": len(chosen), "archives": sum(len(entry.captures) for entry in chosen)}), flush=True)
    for entry in chosen:
        for capture in entry.captures:
            while len(list(out.glob("*.pt"))) >= AHEAD:
                time.sleep(0.05)
            # A process of its own gives its memory back, and torch names the types of an archive by all that it made before.
            child = os.fork()
            if child == 0:
                os._exit(make(entry, capture, out))
            if os.waitpid(child, 0)[1] != 0:
                print(json.dumps({"name": entry.name, "capture": capture, "error": "the process ended"}), flush=True)


def make(entry, capture, out):
    line = {"name": entry.name, "capture": capture}
    start = time.monotonic()
    try:
        stem = out / f"{entry.name}.{capture}"
        line["parameters"] = record(entry, capture, stem)
    except Exception as error:
        line["error"] = f"{type(error).__name__}: {error}"[:2000]
    line["seconds"] = round(time.monotonic() - start, 2)
    print(json.dumps(line), flush=True)
    return 0


def record(entry, capture, stem):
    from registry import build, inputs_of

    torch.set_num_threads(1)
    module = build(entry)
    sizes = [inputs_of(size) for size in entry.sizes]
    with torch.no_grad():
        own = [module(*clone(inputs)) for inputs in sizes]
        captured = torch.jit.script(module) if capture == "scripted" else torch.jit.trace(module, clone(sizes[0]), check_trace=False, strict=False)
        part = stem.with_name(f"{stem.name}.part")
        captured.save(str(part))
        loaded = torch.jit.load(str(part))
        answers = [loaded(*clone(inputs)) for inputs in sizes]
    for answer, expected in zip(answers, own, strict=True):
        compare(answer, expected, "result")
    cases = [{"name": str(index), "inputs": [leaf(item) for item in inputs], "outputs": leaf(answer)} for index, (inputs, answer) in enumerate(zip(sizes, answers))]
    golden = {"torch": torch.__version__.split("+")[0], "model": f"{stem.name}.pt", "cases": cases}
    stem.with_name(f"{stem.name}.json").write_text(json.dumps(golden), encoding="utf-8")
    part.rename(stem.with_name(f"{stem.name}.pt"))
    return sum(parameter.numel() for parameter in module.parameters())


def clone(inputs):
    return tuple(unleaf(leaf(item)) for item in inputs)


def compare(answer, expected, place):
    """What the file computes is what the module computes: else the entry tests a trace of one size at another."""
    if isinstance(expected, torch.Tensor):
        if answer.dtype != expected.dtype or answer.shape != expected.shape:
            raise ValueError(f"{place}: the capture gives {answer.dtype} {list(answer.shape)}, the module {expected.dtype} {list(expected.shape)}")
        if not torch.isfinite(expected).all():
            raise ValueError(f"{place}: not finite")
        if expected.numel():
            difference = (answer.double() - expected.double()).abs().max()
            if difference > AGREE * expected.double().std(unbiased=False).clamp(min=1e-6):
                raise ValueError(f"{place}: the capture differs from the module by {difference:.3g}")
    elif isinstance(expected, dict):
        for key in expected:
            compare(answer[key], expected[key], f"{place}.{key}")
    elif isinstance(expected, (tuple, list)):
        for index, item in enumerate(expected):
            compare(answer[index], item, f"{place}[{index}]")
    elif answer != expected:
        raise ValueError(f"{place}: the capture gives {answer}, the module {expected}")


if __name__ == "__main__":
    main()
