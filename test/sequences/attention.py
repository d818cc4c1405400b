"""nn.MultiheadAttention and scaled_dot_product_attention with every kind of mask, and attention as people write it by hand."""
import math

import torch
import torch.nn as nn
import torch.nn.functional as F
from configurations import Configured, configurations
from torch import Tensor

# Extents of the two sizes: targets, sources, batch.
TARGET, SOURCE, BATCH = (3, 5), (4, 6), (2, 3)
WIDTH, HEADS = 4, 2


def left_out(*shape):
    """bool; every row leaves something in."""
    mask = torch.rand(shape) < 0.4
    mask[..., 0] = False
    return mask


def mask_of(kind, *shape):
    if kind == "bool":
        return left_out(*shape)
    return torch.randn(shape) if kind == "float" else torch.zeros(shape)


@configurations(
    "mha",
    first=(True, False), same=(False, True), widths=(None, "kvdim"), bias=(True, False), add_bias=(False, True), zero=(False, True),
    mask=(None, "bool2", "float2", "bool3", "float3"), padding=(None, "bool", "float"), need=(True, False), average=(True, False), batched=(True, False),
    fused=(False, True),
)  # fmt: skip
class Attention(Configured):
    def __init__(self, first, same, widths, bias, add_bias, zero, mask, padding, need, average, batched, fused):
        super().__init__()
        self.fused = fused
        other = dict(kdim=3, vdim=5) if widths else {}
        self.attention = nn.MultiheadAttention(WIDTH, HEADS, bias=bias, add_bias_kv=add_bias, add_zero_attn=zero, batch_first=first, **other)
        self.first, self.same, self.widths, self.mask, self.padding = first, same, widths, mask, padding
        self.need, self.average, self.batched = need, average, batched
        # Not to be asked for parts of strings in the scripted code.
        self.masked, self.padded = mask is not None, padding is not None

    @staticmethod
    def valid(same, widths, need, average, mask, padding, fused, **_):
        kinds = {kind.rstrip("23") for kind in (mask, padding) if kind}
        # torch warns of masks of two kinds, and will refuse them.
        return not (same and widths) and (need or average) and len(kinds) < 2 and (same or not fused)

    def inputs(self, size):
        l, s, b = TARGET[size], TARGET[size] if self.same else SOURCE[size], BATCH[size]

        def sequence(length, width):
            if not self.batched:
                return torch.randn(length, width)
            return torch.randn((b, length, width) if self.first else (length, b, width))

        q = sequence(l, WIDTH)
        k, v = (q, q) if self.same else (sequence(s, 3 if self.widths else WIDTH), sequence(s, 5 if self.widths else WIDTH))
        mask = mask_of(self.mask[:-1], *((l, s) if self.mask[-1] == "2" else ((b if self.batched else 1) * HEADS, l, s))) if self.mask else torch.zeros(1)
        padding = mask_of(self.padding, *((b, s) if self.batched else (s,))) if self.padding else torch.zeros(1)
        return q, k, v, mask, padding

    def forward(self, q: Tensor, k: Tensor, v: Tensor, mask: Tensor, padding: Tensor):
        if self.same:
            k = q
            v = q
        y, weights = self.attention(
            q, k, v,
            key_padding_mask=padding if self.padded else None,
            attn_mask=mask if self.masked else None,
            need_weights=self.need,
            average_attn_weights=self.average,
        )  # fmt: skip
        return y, weights if weights is not None and self.need else y


@configurations("mha-causal", first=(True, False), need=(True, False), padding=(False, True))
class CausalAttention(Configured):
    """The mask that is_causal promises, made by the module itself."""

    def __init__(self, first, need, padding):
        super().__init__()
        self.attention = nn.MultiheadAttention(WIDTH, HEADS, batch_first=first)
        self.axis, self.need, self.padding = 1 if first else 0, need, padding

    def inputs(self, size):
        l, b = TARGET[size], BATCH[size]
        return torch.randn((b, l, WIDTH) if self.axis == 1 else (l, b, WIDTH)), left_out(b, l)

    def forward(self, x: Tensor, padding: Tensor):
        mask = torch.triu(torch.ones(x.size(self.axis), x.size(self.axis), dtype=torch.bool), diagonal=1)
        y, weights = self.attention(
            x, x, x, key_padding_mask=padding if self.padding else None, need_weights=self.need, attn_mask=mask, is_causal=True
        )
        return y, weights if weights is not None and self.need else y


SHAPES = {
    "ls": lambda b, h, l, s: (l, s), "1s": lambda b, h, l, s: (1, s), "l1": lambda b, h, l, s: (l, 1),
    "b1ls": lambda b, h, l, s: (b, 1, l, s), "bhls": lambda b, h, l, s: (b, h, l, s), "1hls": lambda b, h, l, s: (1, h, l, s),
    "b11s": lambda b, h, l, s: (b, 1, 1, s), "hls": lambda b, h, l, s: (h, l, s), "11": lambda b, h, l, s: (1, 1),
}  # fmt: skip


@configurations("sdpa", mask=(None, *(f"{kind}_{shape}" for kind in ("bool", "float") for shape in SHAPES)), scale=(None,), width=(3,), dtype=(None,))
@configurations("sdpa-dtype", mask=(None, "bool_ls", "float_b11s"), scale=(None, 0.3), width=(4, 3), dtype=(None, "float64", "float16"))
class ScaledDotProduct(Configured):
    """[B, heads, L, E] with masks that broadcast to [B, heads, L, S]."""

    def __init__(self, mask, scale, width, dtype):
        super().__init__()
        self.mask, self.scale, self.width, self.dtype, self.masked = mask, scale, width, getattr(torch, dtype or "float32"), mask is not None

    def inputs(self, size):
        b, h, l, s = BATCH[size], HEADS, TARGET[size], SOURCE[size]
        x = torch.randn(b, h, l, WIDTH), torch.randn(b, h, s, WIDTH), torch.randn(b, h, s, self.width)
        kind, _, shape = (self.mask or "none_11").partition("_")
        mask = mask_of(kind, *SHAPES[shape](b, h, l, s)) if self.mask else torch.zeros(1)
        return *(value.to(self.dtype) for value in x), ~mask if mask.dtype == torch.bool else mask.to(self.dtype)

    def forward(self, q: Tensor, k: Tensor, v: Tensor, mask: Tensor):
        return F.scaled_dot_product_attention(q, k, v, mask if self.masked else None, scale=self.scale)


@configurations("sdpa-causal", shorter=(False, True), gqa=(False, True), rank=(4, 3, 2))
class CausalProduct(Configured):
    """is_causal with as many targets as sources, more, and fewer; heads shared by groups of queries."""

    def __init__(self, shorter, gqa, rank):
        super().__init__()
        self.shorter, self.gqa, self.rank = shorter, gqa, rank

    @staticmethod
    def valid(gqa, rank, **_):
        return rank > 2 or not gqa

    def inputs(self, size):
        l, s = (SOURCE[size], TARGET[size]) if self.shorter else (TARGET[size], SOURCE[size])
        heads = 2 if self.gqa else 4
        shapes = [(4, l, WIDTH), (heads, s, WIDTH), (heads, s, WIDTH)]
        return tuple(torch.randn(((BATCH[size], *shape) if self.rank == 4 else shape)[-self.rank :]) for shape in shapes)

    def forward(self, q: Tensor, k: Tensor, v: Tensor):
        return F.scaled_dot_product_attention(q, k, v, is_causal=True, enable_gqa=self.gqa)


@configurations("sdpa-blind", kind=("bool", "float"))
class BlindRows(Configured):
    """Rows that see nothing."""

    def __init__(self, kind):
        super().__init__()
        self.kind = kind

    def inputs(self, size):
        l, s = TARGET[size], SOURCE[size]
        seen = ~left_out(l, s)
        seen[1] = False
        mask = seen if self.kind == "bool" else torch.zeros(l, s).masked_fill(~seen, -math.inf)
        return torch.randn(BATCH[size], l, WIDTH), torch.randn(BATCH[size], s, WIDTH), torch.randn(BATCH[size], s, WIDTH), mask

    def forward(self, q: Tensor, k: Tensor, v: Tensor, mask: Tensor):
        return F.scaled_dot_product_attention(q, k, v, mask)


@configurations("by-hand", form=("matmul", "einsum", "bmm", "baddbmm"), masked=(False, True))
class ByHand(Configured):
    def __init__(self, form, masked):
        super().__init__()
        self.qkv, self.out = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, WIDTH)
        self.form, self.masked = form, masked

    def inputs(self, size):
        return torch.randn(BATCH[size], TARGET[size], WIDTH), left_out(BATCH[size], TARGET[size])

    def forward(self, x: Tensor, padding: Tensor):
        b, l, e = x.shape
        q, k, v = self.qkv(x).reshape(b, l, 3, HEADS, e // HEADS).permute(2, 0, 3, 1, 4).unbind(0)
        width = e // HEADS
        if self.form == "einsum":
            scores = torch.einsum("bhqd,bhkd->bhqk", q, k) / math.sqrt(width)
        elif self.form == "bmm":
            scores = torch.bmm(q.flatten(0, 1), k.flatten(0, 1).transpose(1, 2)).view(b, HEADS, l, l) * width**-0.5
        elif self.form == "baddbmm":
            bias = torch.zeros(b * HEADS, l, l)
            scores = torch.baddbmm(bias, q.flatten(0, 1), k.flatten(0, 1).transpose(1, 2), beta=0, alpha=width**-0.5).view(b, HEADS, l, l)
        else:
            scores = (q * width**-0.5) @ k.transpose(-2, -1)
        if self.masked:
            scores = scores.masked_fill(padding[:, None, None, :], float("-inf"))
        weights = F.softmax(scores, dim=-1)
        y = torch.einsum("bhqk,bhkd->bhqd", weights, v) if self.form == "einsum" else weights @ v
        return self.out(y.transpose(1, 2).reshape(b, l, e)), weights


@configurations("flex", bias=(None, "alibi", "relative", "window"))
class Flex(Configured):
    """Scores changed as functions of positions: slopes, a table of distances, a sliding window."""

    def __init__(self, bias):
        super().__init__()
        self.bias = bias or ""
        self.table = nn.Parameter(torch.zeros(HEADS, 9))
        self.register_buffer("slopes", torch.tensor([0.5, 0.25]))

    def inputs(self, size):
        return tuple(torch.randn(BATCH[size], HEADS, TARGET[size], WIDTH) for _ in range(3))

    def forward(self, q: Tensor, k: Tensor, v: Tensor):
        positions = torch.arange(q.size(2))
        distance = positions[None, :] - positions[:, None]
        scores = torch.matmul(q, k.transpose(2, 3)) / math.sqrt(q.size(3))
        if self.bias == "alibi":
            scores = scores - distance.abs() * self.slopes[:, None, None]
        elif self.bias == "relative":
            scores = scores + self.table[:, distance.clamp(-4, 4) + 4]
        elif self.bias == "window":
            scores = torch.where((distance <= 0) & (distance > -2), scores, torch.full_like(scores, torch.finfo(scores.dtype).min))
        return torch.softmax(scores, -1) @ v


@configurations("functional", captures=("traced",), separate=(False, True), static=(False, True), need=(True, False))
class FunctionalAttention(Configured):
    """F.multi_head_attention_forward with separate weights, and with keys and values given projected."""

    def __init__(self, separate, static, need):
        super().__init__()
        self.w = nn.ParameterList(nn.Parameter(torch.empty(shape)) for shape in [(3 * WIDTH, WIDTH), (3 * WIDTH,), (WIDTH, WIDTH), (WIDTH,)])
        self.separate, self.static, self.need = separate, static, need

    def inputs(self, size):
        l, s, b = TARGET[size], SOURCE[size], BATCH[size]
        fixed = torch.randn(b * HEADS, s, WIDTH // HEADS)
        return torch.randn(l, b, WIDTH), torch.randn(s, b, WIDTH), fixed, fixed.flip(1)

    def forward(self, q, kv, static_k, static_v):
        w, bias, out, out_bias = self.w
        extra = dict(static_k=static_k, static_v=static_v) if self.static else {}
        if self.separate:
            parts = dict(zip(("q_proj_weight", "k_proj_weight", "v_proj_weight"), w.chunk(3)))
            extra |= dict(use_separate_proj_weight=True, **parts)
        return F.multi_head_attention_forward(
            q, kv, kv, WIDTH, HEADS, None if self.separate else w, bias, None, None, False, 0.0, out, out_bias,
            training=False, need_weights=self.need, **extra,
        )[: 2 if self.need else 1]  # fmt: skip
