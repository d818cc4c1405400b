"""nn.Transformer and its parts: where the norm stands, activations, masks of every kind, causality, several layers."""
import torch
import torch.nn as nn
import torch.nn.functional as F
from attention import BATCH, HEADS, SOURCE, TARGET, WIDTH, left_out, mask_of
from configurations import Configured, configurations
from torch import Tensor

LAYER = dict(first=(True, False), norm_first=(False, True), activation=("relu", "gelu", "silu"), bias=(True, False))


def options(first, norm_first, activation, bias):
    return dict(dim_feedforward=5, batch_first=first, norm_first=norm_first, activation=F.silu if activation == "silu" else activation, bias=bias)


class Sequence(Configured):
    first: bool

    def sequence(self, length, size):
        return torch.randn((BATCH[size], length, WIDTH) if self.first else (length, BATCH[size], WIDTH))


@configurations("encoder-layer", **LAYER, mask=(None, "bool", "float"), padding=(False, True), heads=(2, 1), fused=(False, True))
class EncoderLayer(Sequence):
    def __init__(self, mask, padding, heads, fused, **settings):
        super().__init__()
        self.fused = fused
        self.layer = nn.TransformerEncoderLayer(WIDTH, heads, **options(**settings))
        self.first, self.mask, self.masked, self.padded = settings["first"], mask, mask is not None, padding

    def inputs(self, size):
        l, b = TARGET[size], BATCH[size]
        padding = left_out(b, l)
        return self.sequence(l, size), mask_of(self.mask, l, l), torch.zeros(b, l).masked_fill(padding, -1e9) if self.mask == "float" else padding

    def forward(self, x: Tensor, mask: Tensor, padding: Tensor):
        return self.layer(x, src_mask=mask if self.masked else None, src_key_padding_mask=padding if self.padded else None)


@configurations("encoder", **{**LAYER, "activation": ("relu", "gelu")}, norm=(False, True), mask=(None, "bool", "causal"), padding=(False, True), nested=(False, True), fused=(False, True))
class Encoder(Sequence):
    """Two layers; the mask of `causal` is made by generate_square_subsequent_mask."""

    def __init__(self, norm, mask, padding, nested, fused, **settings):
        super().__init__()
        self.fused = fused
        layer = nn.TransformerEncoderLayer(WIDTH, HEADS, **options(**settings))
        self.encoder = nn.TransformerEncoder(layer, 2, nn.LayerNorm(WIDTH) if norm else None, enable_nested_tensor=nested)
        self.first, self.mask, self.masked, self.padded, self.causal = settings["first"], mask, mask is not None, padding, mask == "causal"

    @staticmethod
    def valid(nested, padding, mask, **_):
        # A causal mask is float, and padding then too.
        return not (nested and not padding) and not (padding and mask == "causal")

    def inputs(self, size):
        l, b = TARGET[size], BATCH[size]
        mask = nn.Transformer.generate_square_subsequent_mask(l) if self.causal else mask_of(self.mask, l, l)
        # Nested tensors cut off what no sequence has.
        padding = left_out(b, l) if size == 0 else torch.arange(l)[None] >= torch.tensor([l - 1, *range(1, b)])[:, None]
        padding[0] = False
        return self.sequence(l, size), mask, padding

    def forward(self, x: Tensor, mask: Tensor, padding: Tensor):
        return self.encoder(x, mask=mask if self.masked else None, src_key_padding_mask=padding if self.padded else None, is_causal=self.causal)


@configurations("encoder-asks", captures=("scripted",), first=(True, False))
class EncoderAsks(Sequence):
    """Whether the mask is causal is for the encoder to find out."""

    def __init__(self, first):
        super().__init__()
        layer = nn.TransformerEncoderLayer(WIDTH, HEADS, 5, batch_first=first)
        self.encoder, self.first = nn.TransformerEncoder(layer, 1, enable_nested_tensor=False), first

    def inputs(self, size):
        l = TARGET[size]
        return self.sequence(l, size), nn.Transformer.generate_square_subsequent_mask(l) if size == 0 else torch.randn(l, l)

    def forward(self, x: Tensor, mask: Tensor):
        return self.encoder(x, mask)


@configurations("decoder", **LAYER, target=(None, "bool", "float", "causal"), memory=(None, "m_bool", "m_float"), padding=(False, True), layers=(1, 2))
class Decoder(Sequence):
    def __init__(self, target, memory, padding, layers, **settings):
        super().__init__()
        layer = nn.TransformerDecoderLayer(WIDTH, HEADS, **options(**settings))
        self.decoder = nn.TransformerDecoder(layer, layers, nn.LayerNorm(WIDTH) if layers > 1 else None)
        self.first, self.target, self.memory, self.padded = settings["first"], target, memory, padding
        self.masked, self.memory_masked, self.causal = target is not None, memory is not None, target == "causal"

    @staticmethod
    def valid(target, memory, padding, **_):
        return not padding or {target, memory} <= {None, "bool", "m_bool"}

    def inputs(self, size):
        l, s, b = TARGET[size], SOURCE[size], BATCH[size]
        mask = nn.Transformer.generate_square_subsequent_mask(l) if self.causal else mask_of(self.target, l, l)
        return self.sequence(l, size), self.sequence(s, size), mask, mask_of(self.memory and self.memory[2:], l, s), left_out(b, l), left_out(b, s)

    def forward(self, x: Tensor, memory: Tensor, mask: Tensor, memory_mask: Tensor, padding: Tensor, memory_padding: Tensor):
        return self.decoder(
            x, memory,
            tgt_mask=mask if self.masked else None,
            memory_mask=memory_mask if self.memory_masked else None,
            tgt_key_padding_mask=padding if self.padded else None,
            memory_key_padding_mask=memory_padding if self.padded else None,
            tgt_is_causal=self.causal,
        )  # fmt: skip


@configurations("transformer", **{**LAYER, "activation": ("relu", "gelu")}, causal=(False, True))
class Transformer(Sequence):
    def __init__(self, causal, **settings):
        super().__init__()
        self.net = nn.Transformer(WIDTH, HEADS, num_encoder_layers=1, num_decoder_layers=2, **options(**settings))
        self.first, self.causal = settings["first"], causal

    def inputs(self, size):
        return self.sequence(SOURCE[size], size), self.sequence(TARGET[size], size), nn.Transformer.generate_square_subsequent_mask(TARGET[size])

    def forward(self, source: Tensor, target: Tensor, mask: Tensor):
        return self.net(source, target, tgt_mask=mask if self.causal else None, tgt_is_causal=self.causal)
