"""The models of the comparison with other ways to ONNX: random weights, fixed seed, in evaluation mode. Each with one set of inputs.

`MODELS[name]()` gives (module, inputs, captured): `captured` is "trace" or "script", the form of the archive that is converted.
"""
import sys
from pathlib import Path

import torch
import torch.nn as nn

sys.path.append(str(Path(__file__).parents[2] / "test" / "architectures"))
import torchvision_operators  # noqa: E402, F401

IMAGE = (1, 3, 224, 224)


def image(*shape):
    return (torch.randn(*(shape or IMAGE), generator=torch.Generator().manual_seed(1)),)


def tokens(length=64, vocabulary=8000):
    return (torch.randint(0, vocabulary, (1, length), generator=torch.Generator().manual_seed(1)),)


def vision(name, **options):
    def make():
        import torchvision

        return getattr(torchvision.models, name)(weights=None, **options), image(), "trace"

    return make


def vit():
    import timm

    return timm.create_model("vit_tiny_patch16_224", pretrained=False), image(), "trace"


class Only(nn.Module):
    """One tensor of a model's structured result."""

    def __init__(self, model, name):
        super().__init__()
        self.model, self.name = model, name

    def forward(self, input_ids):
        return getattr(self.model(input_ids), self.name)


def bert():
    from transformers import BertConfig, BertModel

    config = BertConfig(vocab_size=8000, hidden_size=256, num_hidden_layers=4, num_attention_heads=4, intermediate_size=1024)
    return Only(BertModel(config), "last_hidden_state"), tokens(), "trace"


def gpt2():
    from transformers import GPT2Config, GPT2LMHeadModel

    config = GPT2Config(vocab_size=8000, n_embd=256, n_layer=4, n_head=4, n_positions=256, use_cache=False)
    return Only(GPT2LMHeadModel(config), "logits"), tokens(), "trace"


class Tagger(nn.Module):
    """Two bidirectional LSTM layers over embeddings."""

    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(4000, 128)
        self.lstm = nn.LSTM(128, 192, num_layers=2, bidirectional=True, batch_first=True)
        self.head = nn.Linear(384, 20)

    def forward(self, tokens):
        return self.head(self.lstm(self.embed(tokens))[0])


def lstm():
    return Tagger(), tokens(48, 4000), "trace"


def unet():
    import segmentation_models_pytorch as smp

    return smp.Unet("resnet18", encoder_weights=None, classes=3), image(1, 3, 128, 128), "trace"


class M5(nn.Module):
    """Raw waveforms to classes, by strided 1-d convolutions."""

    def __init__(self, classes=35, width=64):
        super().__init__()
        layers, channels = [], 1
        for out, kernel, stride in ((width, 80, 16), (width, 3, 1), (2 * width, 3, 1), (2 * width, 3, 1)):
            layers += [nn.Conv1d(channels, out, kernel, stride=stride), nn.BatchNorm1d(out), nn.ReLU(), nn.MaxPool1d(4)]
            channels = out
        self.features, self.head = nn.Sequential(*layers), nn.Linear(channels, classes)

    def forward(self, wave):
        return torch.log_softmax(self.head(self.features(wave).mean(dim=2)), dim=1)


def audio():
    return M5(), image(1, 1, 8000), "trace"


class ControlFlowNet(nn.Module):
    """A loop whose number of turns and a branch whose way its input decides."""

    def __init__(self):
        super().__init__()
        self.steps, self.gate, self.head = nn.Linear(64, 64), nn.Linear(64, 64), nn.Linear(64, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        for _ in range(int(x.abs().mean() * 8)):
            h = torch.tanh(self.steps(x))
            if bool(h.sum() > 0):
                x = x + h
            else:
                x = x * torch.sigmoid(self.gate(h))
        return self.head(x)


def control_flow():
    return ControlFlowNet(), image(4, 64), "script"


MODELS = {
    "resnet18": vision("resnet18"),
    "mobilenet-v3-small": vision("mobilenet_v3_small"),
    "efficientnet-b0": vision("efficientnet_b0"),
    "convnext-tiny": vision("convnext_tiny"),
    "vit-tiny": vit,
    "swin-tiny": vision("swin_t"),
    "bert": bert,
    "gpt2": gpt2,
    "lstm": lstm,
    "unet": unet,
    "audio-m5": audio,
    "control-flow-net": control_flow,
}


def make(name):
    torch.manual_seed(0)
    module, inputs, captured = MODELS[name]()
    module.eval()
    # Statistics of a batch norm that was never trained are 0 and 1: folding them would be too easy.
    generator = torch.Generator().manual_seed(2)
    for part in module.modules():
        if isinstance(part, nn.modules.batchnorm._BatchNorm):
            part.running_mean.normal_(0, 0.1, generator=generator)
            part.running_var.uniform_(0.5, 1.5, generator=generator)
    return module, inputs, captured
