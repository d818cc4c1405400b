"""Text: transformers of every family, embedding bags, convolution over words."""
import math

import torch
import torch.nn as nn
import torch.nn.functional as F
from registry import ids, image, network, prefix
from torch import Tensor


class BertSelfAttention(nn.Module):
    def __init__(self, size, heads):
        super().__init__()
        self.num_attention_heads = heads
        self.attention_head_size = size // heads
        self.all_head_size = size
        self.query = nn.Linear(size, size)
        self.key = nn.Linear(size, size)
        self.value = nn.Linear(size, size)
        self.dropout = nn.Dropout(0.1)

    def transpose_for_scores(self, x: Tensor) -> Tensor:
        shape = x.size()[:-1] + (self.num_attention_heads, self.attention_head_size)
        return x.view(shape).permute(0, 2, 1, 3)

    def forward(self, hidden_states: Tensor, attention_mask: Tensor) -> Tensor:
        query = self.transpose_for_scores(self.query(hidden_states))
        key = self.transpose_for_scores(self.key(hidden_states))
        value = self.transpose_for_scores(self.value(hidden_states))
        scores = torch.matmul(query, key.transpose(-1, -2)) / math.sqrt(self.attention_head_size)
        probs = self.dropout(nn.functional.softmax(scores + attention_mask, dim=-1))
        context = torch.matmul(probs, value).permute(0, 2, 1, 3).contiguous()
        return context.view(context.size()[:-2] + (self.all_head_size,))


class ScriptableSelfAttention(BertSelfAttention):
    """Sizes as lists, which is what scripting takes."""

    def transpose_for_scores(self, x: Tensor) -> Tensor:
        return x.view(x.size(0), x.size(1), self.num_attention_heads, self.attention_head_size).permute(0, 2, 1, 3)

    def forward(self, hidden_states: Tensor, attention_mask: Tensor) -> Tensor:
        query = self.transpose_for_scores(self.query(hidden_states))
        key = self.transpose_for_scores(self.key(hidden_states))
        value = self.transpose_for_scores(self.value(hidden_states))
        scores = torch.matmul(query, key.transpose(-1, -2)) / math.sqrt(self.attention_head_size)
        probs = self.dropout(nn.functional.softmax(scores + attention_mask, dim=-1))
        context = torch.matmul(probs, value).permute(0, 2, 1, 3).contiguous()
        return context.view(context.size(0), context.size(1), self.all_head_size)


class BertLayer(nn.Module):
    def __init__(self, size, heads, attention):
        super().__init__()
        self.attention = attention(size, heads)
        self.dense = nn.Linear(size, size)
        self.LayerNorm1 = nn.LayerNorm(size, eps=1e-12)
        self.intermediate = nn.Linear(size, 2 * size)
        self.output = nn.Linear(2 * size, size)
        self.LayerNorm2 = nn.LayerNorm(size, eps=1e-12)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        x = self.LayerNorm1(self.dense(self.attention(x, mask)) + x)
        return self.LayerNorm2(self.output(F.gelu(self.intermediate(x))) + x)


class BertBase(nn.Module):
    def __init__(self, attention, words: int = 30, size: int = 16, longest: int = 20):
        super().__init__()
        self.word_embeddings = nn.Embedding(words, size, padding_idx=0)
        self.position_embeddings = nn.Embedding(longest, size)
        self.token_type_embeddings = nn.Embedding(2, size)
        self.LayerNorm = nn.LayerNorm(size, eps=1e-12)
        self.register_buffer("position_ids", torch.arange(longest).expand((1, -1)))
        self.layer = nn.ModuleList([BertLayer(size, 4, attention) for _ in range(2)])
        self.pooler = nn.Linear(size, size)
        self.classifier = nn.Linear(size, 3)

    def forward(self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor) -> tuple[Tensor, Tensor]:
        seq_length = input_ids.size(1)
        position_ids = self.position_ids[:, :seq_length]
        x = self.word_embeddings(input_ids) + self.token_type_embeddings(token_type_ids) + self.position_embeddings(position_ids)
        x = self.LayerNorm(x)
        extended = attention_mask[:, None, None, :].to(dtype=x.dtype)
        extended = (1.0 - extended) * -10000.0
        for layer in self.layer:
            x = layer(x, extended)
        pooled = torch.tanh(self.pooler(x[:, 0]))
        return x, self.classifier(pooled)


BERT = ((ids(30, 2, 7), ids(2, 2, 7), ids(2, 2, 7)), (ids(30, 1, 12), ids(2, 1, 12), ids(2, 1, 12)))


@network("bert", *BERT, captures=("traced",))
class Bert(BertBase):
    def __init__(self):
        super().__init__(BertSelfAttention)


@network("bert-scriptable", *BERT, captures=("scripted",))
class ScriptableBert(BertBase):
    def __init__(self):
        super().__init__(ScriptableSelfAttention)


class CausalSelfAttention(nn.Module):
    def __init__(self, size: int, heads: int, block_size: int):
        super().__init__()
        self.c_attn = nn.Linear(size, 3 * size)
        self.c_proj = nn.Linear(size, size)
        self.n_head = heads
        self.n_embd = size
        self.register_buffer("bias", torch.tril(torch.ones(block_size, block_size)).view(1, 1, block_size, block_size))

    def forward(self, x: Tensor) -> Tensor:
        B, T, C = x.size()
        q, k, v = self.c_attn(x).split(self.n_embd, dim=2)
        k = k.view(B, T, self.n_head, C // self.n_head).transpose(1, 2)
        q = q.view(B, T, self.n_head, C // self.n_head).transpose(1, 2)
        v = v.view(B, T, self.n_head, C // self.n_head).transpose(1, 2)
        att = (q @ k.transpose(-2, -1)) * (1.0 / math.sqrt(k.size(-1)))
        att = att.masked_fill(self.bias[:, :, :T, :T] == 0, float("-inf"))
        att = F.softmax(att, dim=-1)
        y = (att @ v).transpose(1, 2).contiguous().view(B, T, C)
        return self.c_proj(y)


class NewGelu(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return 0.5 * x * (1.0 + torch.tanh(math.sqrt(2.0 / math.pi) * (x + 0.044715 * torch.pow(x, 3.0))))


class GptBlock(nn.Module):
    def __init__(self, size: int, heads: int, block_size: int):
        super().__init__()
        self.ln_1 = nn.LayerNorm(size)
        self.attn = CausalSelfAttention(size, heads, block_size)
        self.ln_2 = nn.LayerNorm(size)
        self.mlp = nn.Sequential(nn.Linear(size, 4 * size), NewGelu(), nn.Linear(4 * size, size))

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.attn(self.ln_1(x))
        return x + self.mlp(self.ln_2(x))


@network("gpt2", (ids(25, 1, 6),), (ids(25, 3, 11),))
class Gpt2(nn.Module):
    def __init__(self, words: int = 25, size: int = 16, block_size: int = 16):
        super().__init__()
        self.wte = nn.Embedding(words, size)
        self.wpe = nn.Embedding(block_size, size)
        self.h = nn.ModuleList([GptBlock(size, 2, block_size) for _ in range(2)])
        self.ln_f = nn.LayerNorm(size)
        self.lm_head = nn.Linear(size, words, bias=False)
        self.lm_head.weight = self.wte.weight

    def forward(self, idx: Tensor) -> Tensor:
        t = idx.size(1)
        pos = torch.arange(0, t, dtype=torch.long, device=idx.device).unsqueeze(0)
        x = self.wte(idx) + self.wpe(pos)
        for block in self.h:
            x = block(x)
        return self.lm_head(self.ln_f(x))


@network("gpt-generate", (ids(25, 1, 4), 5), (ids(25, 2, 6), 8), captures=("scripted",))
class GptGenerate(nn.Module):
    """Greedy and with a cut context; the loop's length is an argument."""

    def __init__(self):
        super().__init__()
        self.model = Gpt2()
        self.block_size = 8

    def forward(self, idx: Tensor, max_new_tokens: int) -> Tensor:
        for _ in range(max_new_tokens):
            context = idx if idx.size(1) <= self.block_size else idx[:, -self.block_size :]
            logits = self.model(context)[:, -1, :] / 0.8
            kept, _unused = torch.topk(logits, 5)
            logits = logits.masked_fill(logits < kept[:, -1:], -float("inf"))
            following = torch.argmax(F.softmax(logits, dim=-1), dim=-1, keepdim=True)
            idx = torch.cat((idx, following), dim=1)
        return idx


class T5Attention(nn.Module):
    def __init__(self, size: int = 16, heads: int = 4, buckets: int = 8, max_distance: int = 20):
        super().__init__()
        self.n_heads = heads
        self.key_value_proj_dim = size // heads
        self.buckets = buckets
        self.max_distance = max_distance
        self.q = nn.Linear(size, size, bias=False)
        self.k = nn.Linear(size, size, bias=False)
        self.v = nn.Linear(size, size, bias=False)
        self.o = nn.Linear(size, size, bias=False)
        self.relative_attention_bias = nn.Embedding(buckets, heads)

    def bucket(self, relative_position: Tensor) -> Tensor:
        num_buckets = self.buckets // 2
        relative_buckets = (relative_position > 0).to(torch.long) * num_buckets
        relative_position = torch.abs(relative_position)
        max_exact = num_buckets // 2
        is_small = relative_position < max_exact
        if_large = max_exact + (
            torch.log(relative_position.float() / max_exact) / math.log(self.max_distance / max_exact) * (num_buckets - max_exact)
        ).to(torch.long)
        if_large = torch.min(if_large, torch.full_like(if_large, num_buckets - 1))
        relative_buckets += torch.where(is_small, relative_position, if_large)
        return relative_buckets

    def compute_bias(self, query_length: int, key_length: int) -> Tensor:
        context_position = torch.arange(query_length, dtype=torch.long)[:, None]
        memory_position = torch.arange(key_length, dtype=torch.long)[None, :]
        values = self.relative_attention_bias(self.bucket(memory_position - context_position))
        return values.permute([2, 0, 1]).unsqueeze(0)

    def forward(self, x: Tensor) -> Tensor:
        batch_size, length = x.shape[:2]
        q = self.q(x).view(batch_size, -1, self.n_heads, self.key_value_proj_dim).transpose(1, 2)
        k = self.k(x).view(batch_size, -1, self.n_heads, self.key_value_proj_dim).transpose(1, 2)
        v = self.v(x).view(batch_size, -1, self.n_heads, self.key_value_proj_dim).transpose(1, 2)
        scores = torch.matmul(q, k.transpose(3, 2))
        scores += self.compute_bias(length, length)
        weights = F.softmax(scores.float(), dim=-1).type_as(scores)
        out = torch.matmul(weights, v).transpose(1, 2).contiguous().view(batch_size, -1, self.n_heads * self.key_value_proj_dim)
        return self.o(out)


class T5LayerNorm(nn.Module):
    def __init__(self, size: int, eps: float = 1e-6):
        super().__init__()
        self.weight = nn.Parameter(torch.rand(size) + 0.5)
        self.variance_epsilon = eps

    def forward(self, x: Tensor) -> Tensor:
        variance = x.to(torch.float32).pow(2).mean(-1, keepdim=True)
        x = x * torch.rsqrt(variance + self.variance_epsilon)
        return self.weight * x


@network("t5-encoder", (ids(20, 1, 9),), (ids(20, 2, 30),))
class T5Encoder(nn.Module):
    def __init__(self, size: int = 16):
        super().__init__()
        self.shared = nn.Embedding(20, size)
        self.norm1 = T5LayerNorm(size)
        self.attention = T5Attention(size)
        self.norm2 = T5LayerNorm(size)
        self.wi_0 = nn.Linear(size, 24, bias=False)
        self.wi_1 = nn.Linear(size, 24, bias=False)
        self.wo = nn.Linear(24, size, bias=False)
        self.final = T5LayerNorm(size)

    def forward(self, input_ids: Tensor) -> Tensor:
        x = self.shared(input_ids)
        x = x + self.attention(self.norm1(x))
        h = self.norm2(x)
        x = x + self.wo(F.gelu(self.wi_0(h), approximate="tanh") * self.wi_1(h))
        return self.final(x)


class RotaryAttention(nn.Module):
    def __init__(self, size: int, heads: int, groups: int):
        super().__init__()
        self.heads = heads
        self.groups = groups
        self.head_dim = size // heads
        self.wq = nn.Linear(size, size, bias=False)
        self.wk = nn.Linear(size, groups * self.head_dim, bias=False)
        self.wv = nn.Linear(size, groups * self.head_dim, bias=False)
        self.wo = nn.Linear(size, size, bias=False)

    def rotate_half(self, x: Tensor) -> Tensor:
        x1, x2 = x.chunk(2, dim=-1)
        return torch.cat((-x2, x1), dim=-1)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        bsz, seqlen, _ = x.shape
        q = self.wq(x).view(bsz, seqlen, self.heads, self.head_dim).transpose(1, 2)
        k = self.wk(x).view(bsz, seqlen, self.groups, self.head_dim).transpose(1, 2)
        v = self.wv(x).view(bsz, seqlen, self.groups, self.head_dim).transpose(1, 2)
        q = q * cos + self.rotate_half(q) * sin
        k = k * cos + self.rotate_half(k) * sin
        k = k.repeat_interleave(self.heads // self.groups, dim=1)
        v = v[:, :, None].expand(bsz, self.groups, self.heads // self.groups, seqlen, self.head_dim).reshape(bsz, self.heads, seqlen, self.head_dim)
        out = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        return self.wo(out.transpose(1, 2).reshape(bsz, seqlen, -1))


@network("llama", (ids(25, 1, 5),), (ids(25, 2, 9),))
class Llama(nn.Module):
    """RMS norm, rotary positions, grouped queries, SwiGLU."""

    def __init__(self, size: int = 16, heads: int = 4):
        super().__init__()
        self.tok_embeddings = nn.Embedding(25, size)
        self.attention_norm = T5LayerNorm(size)
        self.attention = RotaryAttention(size, heads, 2)
        self.ffn_norm = T5LayerNorm(size)
        self.w1 = nn.Linear(size, 24, bias=False)
        self.w2 = nn.Linear(24, size, bias=False)
        self.w3 = nn.Linear(size, 24, bias=False)
        self.norm = T5LayerNorm(size)
        self.output = nn.Linear(size, 25, bias=False)
        self.register_buffer("inv_freq", 1.0 / (10000 ** (torch.arange(0, size // heads, 2).float() / (size // heads))), persistent=False)

    def forward(self, tokens: Tensor) -> Tensor:
        _bsz, seqlen = tokens.shape
        h = self.tok_embeddings(tokens)
        position = torch.arange(seqlen, device=tokens.device).float()
        freqs = torch.outer(position, self.inv_freq)
        emb = torch.cat((freqs, freqs), dim=-1)
        h = h + self.attention(self.attention_norm(h), emb.cos(), emb.sin())
        x = self.ffn_norm(h)
        h = h + self.w2(F.silu(self.w1(x)) * self.w3(x))
        return self.output(self.norm(h))


@network("translation-transformer", (ids(20, 1, 6), ids(20, 1, 4)), (ids(20, 2, 9), ids(20, 2, 5)), captures=("traced",))
class TranslationTransformer(nn.Module):
    """nn.Transformer with its causal mask; a tutorial's model."""

    def __init__(self, size: int = 16):
        super().__init__()
        self.src = nn.Embedding(20, size)
        self.tgt = nn.Embedding(20, size)
        self.transformer = nn.Transformer(size, 2, 1, 2, 32, batch_first=True)
        self.generator = nn.Linear(size, 20)

    def forward(self, src: Tensor, tgt: Tensor) -> Tensor:
        mask = torch.triu(torch.full((tgt.size(1), tgt.size(1)), float("-inf")), diagonal=1)
        out = self.transformer(self.src(src) * 4.0, self.tgt(tgt) * 4.0, tgt_mask=mask)
        return self.generator(out)


@network(
    "masked-transformer",
    (image(2, 6, 16), image(2, 4, 16), prefix([6, 3], 6), prefix([2, 4], 4)),
    (image(1, 3, 16), image(1, 5, 16), prefix([2], 3), prefix([5], 5)),
)
class MaskedTransformer(nn.Module):
    """nn.TransformerDecoder over a memory with key padding masks; True means that a word is there."""

    def __init__(self, size: int = 16):
        super().__init__()
        layer = nn.TransformerDecoderLayer(size, 4, 24, batch_first=True, norm_first=True, activation="gelu")
        self.decoder = nn.TransformerDecoder(layer, 1, norm=nn.LayerNorm(size))

    def forward(self, memory: Tensor, target: Tensor, memory_words: Tensor, target_words: Tensor) -> Tensor:
        return self.decoder(target, memory, tgt_key_padding_mask=~target_words, memory_key_padding_mask=~memory_words)


@network("multihead-attention", (image(5, 2, 12), image(7, 2, 12), prefix([7, 4], 7)), (image(3, 1, 12), image(4, 1, 12), prefix([2], 4)))
class CrossAttention(nn.Module):
    """nn.MultiheadAttention, time first, weights asked for."""

    def __init__(self):
        super().__init__()
        self.attention = nn.MultiheadAttention(12, 3, dropout=0.1)
        self.norm = nn.LayerNorm(12)

    def forward(self, query: Tensor, memory: Tensor, words: Tensor) -> tuple[Tensor, Tensor]:
        out, weights = self.attention(query, memory, memory, key_padding_mask=words.logical_not(), need_weights=True)
        assert weights is not None
        return self.norm(query + out), weights


@network("text-cnn", (ids(30, 2, 9),), (ids(30, 1, 14),), traced=((ids(30, 2, 9),), (ids(30, 3, 9),)))
class TextCnn(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(30, 10)
        self.convs = nn.ModuleList([nn.Conv2d(1, 6, (k, 10)) for k in (2, 3, 4)])
        self.dropout = nn.Dropout(0.5)
        self.fc = nn.Linear(18, 4)

    def forward(self, x: Tensor) -> Tensor:
        x = self.embed(x).unsqueeze(1)
        features = []
        for conv in self.convs:
            h = F.relu(conv(x)).squeeze(3)
            features.append(F.max_pool1d(h, h.size(2)).squeeze(2))
        return self.fc(self.dropout(torch.cat(features, 1)))


@network("fasttext", (ids(50, 11), torch.tensor([0, 4, 4, 9])), (ids(50, 6), torch.tensor([0, 2])))
class FastText(nn.Module):
    """Bags of n-grams in one list; offsets tell where each text begins, one of them empty."""

    def __init__(self):
        super().__init__()
        self.embedding = nn.EmbeddingBag(50, 8, mode="mean")
        self.fc1 = nn.Linear(8, 12)
        self.fc2 = nn.Linear(12, 4)

    def forward(self, text: Tensor, offsets: Tensor) -> Tensor:
        embedded = self.embedding(text, offsets)
        return self.fc2(F.relu(self.fc1(embedded)))


@network("sentence-embedding", (ids(30, 2, 7), prefix([7, 4], 7)), (ids(30, 3, 5), prefix([5, 3, 1], 5)))
class SentenceEmbedding(nn.Module):
    """Mean of the words that are there, normalised; similarities of all pairs."""

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(30, 16)
        layer = nn.TransformerEncoderLayer(16, 4, 24, batch_first=True, activation="gelu", dropout=0.0)
        self.encoder = nn.TransformerEncoder(layer, 1, enable_nested_tensor=False)

    def forward(self, tokens: Tensor, words: Tensor) -> tuple[Tensor, Tensor]:
        x = self.encoder(self.embedding(tokens), src_key_padding_mask=~words)
        weight = words.unsqueeze(-1).expand(x.size()).float()
        pooled = torch.sum(x * weight, 1) / torch.clamp(weight.sum(1), min=1e-9)
        pooled = F.normalize(pooled, p=2.0, dim=1)
        return pooled, torch.mm(pooled, pooled.t())
