"""transformers in tiny configurations as functions of tensors. Traced only: torch.jit.script stops at each of them, at its configuration object
("Failed to get source for <function BertConfig.__init__>": a dataclass has none) or at the first decorated or keyword-only method before it.
"""
import torch.nn as nn
import transformers
from registry import architecture


class Named(nn.Module):
    """A model of transformers as a function of tensors to a tuple of tensors: what a user writes around one to trace it."""

    def __init__(self, model, names, keep):
        super().__init__()
        self.model = model
        self.names = names
        self.keep = keep
        self.cached = hasattr(model.config, "use_cache")

    def forward(self, *inputs):
        options = {"use_cache": False} if self.cached else {}
        out = self.model(**dict(zip(self.names, inputs)), return_dict=False, **options)
        return out[0] if self.keep == 1 else tuple(out[: self.keep])


def model_of(kind, task, attention="eager", **options):
    config = transformers.AutoConfig.for_model(kind, **options)
    model = getattr(transformers, task)
    return model.from_config(config, attn_implementation=attention) if task.startswith("Auto") else model._from_config(config, attn_implementation=attention)


def tiny(name, kind, task, names, small, large, attention="eager", keep=1, **options):
    architecture(f"transformers-{name}", lambda: Named(model_of(kind, task, attention, **options), names, keep), small, large, captures=("traced",))
