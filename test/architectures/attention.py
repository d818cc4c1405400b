"""torch.nn's attention in every form that its arguments give: MultiheadAttention, and encoders, decoders and whole transformers with all masks."""
from typing import Optional, Tuple

import torch
import torch.nn as nn
from registry import architecture, image, prefix

WIDTH, HEADS = 16, 4


def padded(longest, *lengths):
    """A key padding mask: true behind each length."""
    return lambda: prefix(longest, *lengths)() == 0


def causal(size):
    return lambda: torch.ones(size, size, dtype=torch.bool).triu(1)


def blocked(*shape):
    """A boolean mask that leaves every row its first key."""

    def make():
        mask = torch.rand(shape) > 0.6
        mask[..., 0] = False
        return mask

    return make


class Heads(nn.Module):
    """MultiheadAttention over a query and what it looks at, with the weights where they are asked for."""

    def __init__(self, weights: bool = True, average: bool = True, **options):
        super().__init__()
        self.weights, self.average = weights, average
        self.attention = nn.MultiheadAttention(WIDTH, HEADS, **options)

    def forward(
        self, query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, padding: Optional[torch.Tensor] = None, mask: Optional[torch.Tensor] = None
    ) -> Tuple[torch.Tensor, Optional[torch.Tensor]]:
        return self.attention(query, key, value, key_padding_mask=padding, need_weights=self.weights, attn_mask=mask, average_attn_weights=self.average)


def heads(name, small, large, captures=("scripted",), **options):
    architecture(f"attention-{name}", lambda: Heads(**options), small, large, captures=captures)


def triple(batch, target, source, width=WIDTH, other=WIDTH):
    return image(batch, target, WIDTH), image(batch, source, width), image(batch, source, other)


FIRST = {"batch_first": True}
heads("cross", triple(2, 5, 7), triple(3, 4, 9), ("scripted", "traced"), **FIRST)
heads("sequence-first", (image(5, 2, WIDTH), image(7, 2, WIDTH), image(7, 2, WIDTH)), (image(4, 3, WIDTH), image(9, 3, WIDTH), image(9, 3, WIDTH)))
heads("weights-of-heads", triple(2, 5, 7), triple(3, 4, 9), average=False, **FIRST)
heads("other-widths", triple(2, 5, 7, 12, 20), triple(3, 4, 9, 12, 20), kdim=12, vdim=20, **FIRST)
heads("bias-and-zero", triple(2, 5, 7), triple(3, 4, 9), add_bias_kv=True, add_zero_attn=True, **FIRST)
heads("padding", (*triple(2, 5, 7), padded(7, 7, 4)), (*triple(3, 4, 9), padded(9, 2, 9, 5)), **FIRST)
heads("padding-and-mask", (*triple(2, 5, 7), padded(7, 7, 4), blocked(5, 7)), (*triple(3, 4, 9), padded(9, 2, 9, 5), blocked(4, 9)), **FIRST)
heads("mask-of-heads", (*triple(2, 5, 7), None, blocked(2 * HEADS, 5, 7)), (*triple(3, 4, 9), None, blocked(3 * HEADS, 4, 9)), weights=False, **FIRST)


class Encoder(nn.Module):
    def __init__(self, nested: bool = False, causal: bool = False, **options):
        super().__init__()
        self.causal = causal
        layer = nn.TransformerEncoderLayer(WIDTH, HEADS, 32, **{"batch_first": True, **options})
        self.encoder = nn.TransformerEncoder(layer, 1, norm=nn.LayerNorm(WIDTH), enable_nested_tensor=nested)

    def forward(self, x: torch.Tensor, mask: Optional[torch.Tensor] = None, padding: Optional[torch.Tensor] = None) -> torch.Tensor:
        return self.encoder(x, mask=mask, src_key_padding_mask=padding, is_causal=self.causal)


class Decoder(nn.Module):
    def __init__(self, **options):
        super().__init__()
        layer = nn.TransformerDecoderLayer(WIDTH, HEADS, 32, **{"batch_first": True, **options})
        self.decoder = nn.TransformerDecoder(layer, 1, norm=nn.LayerNorm(WIDTH))

    def forward(
        self,
        x: torch.Tensor,
        memory: torch.Tensor,
        mask: Optional[torch.Tensor] = None,
        memory_mask: Optional[torch.Tensor] = None,
        padding: Optional[torch.Tensor] = None,
        memory_padding: Optional[torch.Tensor] = None,
    ) -> torch.Tensor:
        return self.decoder(x, memory, tgt_mask=mask, memory_mask=memory_mask, tgt_key_padding_mask=padding, memory_key_padding_mask=memory_padding)


class Whole(nn.Module):
    def __init__(self, **options):
        super().__init__()
        self.transformer = nn.Transformer(WIDTH, HEADS, 1, 1, 32, **{"batch_first": True, **options})

    def forward(
        self, source: torch.Tensor, target: torch.Tensor, source_mask: Optional[torch.Tensor], target_mask: Optional[torch.Tensor], source_padding: Optional[torch.Tensor], target_padding: Optional[torch.Tensor]
    ) -> torch.Tensor:
        return self.transformer(
            source, target, src_mask=source_mask, tgt_mask=target_mask, src_key_padding_mask=source_padding, tgt_key_padding_mask=target_padding, memory_key_padding_mask=source_padding
        )


def layers(name, make, small, large, captures=("scripted",)):
    architecture(f"attention-{name}", make, small, large, captures=captures)


SMALL, LARGE = image(2, 6, WIDTH), image(3, 9, WIDTH)
layers("encoder-nested", lambda: Encoder(True), (SMALL, None, padded(6, 6, 4)), (LARGE, None, padded(9, 9, 5, 7)))
layers("encoder-padding", Encoder, (SMALL, None, padded(6, 6, 4)), (LARGE, None, padded(9, 9, 5, 7)))
layers("encoder-masks", Encoder, (SMALL, blocked(6, 6), padded(6, 6, 4)), (LARGE, blocked(9, 9), padded(9, 9, 5, 7)))
layers("encoder-causal", lambda: Encoder(causal=True), (SMALL, causal(6)), (LARGE, causal(9)))
layers("encoder-norm-first", lambda: Encoder(norm_first=True, activation="gelu"), (SMALL, causal(6)), (LARGE, causal(9)))
layers("encoder-sequence-first", lambda: Encoder(batch_first=False), (image(6, 2, WIDTH),), (image(9, 3, WIDTH),))
layers("decoder", Decoder, (SMALL, image(2, 4, WIDTH)), (LARGE, image(3, 7, WIDTH)))
layers("decoder-masks", Decoder, (SMALL, image(2, 4, WIDTH), causal(6), blocked(6, 4), padded(6, 6, 4), padded(4, 3, 4)), (LARGE, image(3, 7, WIDTH), causal(9), blocked(9, 7), padded(9, 9, 5, 7), padded(7, 2, 7, 6)))
MASKED = ((image(2, 4, WIDTH), SMALL, blocked(4, 4), causal(6), padded(4, 3, 4), padded(6, 6, 4)), (image(3, 7, WIDTH), LARGE, blocked(7, 7), causal(9), padded(7, 2, 7, 6), padded(9, 9, 5, 7)))
layers("transformer", Whole, *MASKED)
