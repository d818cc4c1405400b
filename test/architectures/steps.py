"""What pages run of a language model: sentences as vectors, and single steps of decoders whose keys and values go in and come out."""
import torch
import torch.nn as nn
import transformers
from language import GROUPED, LM, PAIR, S2S, T5, TINY, WHISPER
from registry import architecture, ids, image, prefix
from tiny import model_of


class Sentence(nn.Module):
    """The mean of the states of a text's tokens, of length 1, as MiniLM gives it."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, tokens, mask):
        states = self.model(tokens, mask, return_dict=False)[0]
        weights = mask[..., None].to(states.dtype)
        return nn.functional.normalize((states * weights).sum(1) / weights.sum(1).clamp(min=1e-9), dim=1)


class Step(nn.Module):
    """One step of a decoder: keys and values of what came before go in, all of them come out."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, tokens, mask, *cache):
        past = transformers.DynamicCache(config=self.model.config)
        for layer in range(len(cache) // 2):
            past.update(cache[2 * layer], cache[2 * layer + 1], layer)
        out = self.model(input_ids=tokens, attention_mask=mask, past_key_values=past, use_cache=True, return_dict=True)
        return (out.logits, *(kept for layer in out.past_key_values.layers for kept in (layer.keys, layer.values)))


class Seq2SeqStep(nn.Module):
    """A step of a decoder beside an encoder: the encoder's states and both caches go in, the decoder's own comes out."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, tokens, states, *cache):
        own, cross = transformers.DynamicCache(), transformers.DynamicCache()
        for layer in range(len(cache) // 4):
            own.update(cache[4 * layer], cache[4 * layer + 1], layer)
            cross.update(cache[4 * layer + 2], cache[4 * layer + 3], layer)
        past = transformers.EncoderDecoderCache(own, cross)
        out = self.model(decoder_input_ids=tokens, encoder_outputs=(states,), past_key_values=past, use_cache=True, return_dict=True)
        return (out.logits, *(kept for layer in out.past_key_values.self_attention_cache.layers for kept in (layer.keys, layer.values)))


def cached(kind, heads=2, **options):
    """Two layers; heads of width 8."""

    def size(batch, past):
        return (ids(90, batch, 1), lambda: torch.ones(batch, past + 1, dtype=torch.long), *[image(batch, heads, past, 8)] * 4)

    architecture(f"transformers-{kind}-cached", lambda: Step(model_of(kind, LM, "sdpa", **{**TINY, **options})), size(1, 5), size(2, 9), captures=("traced",))


def cached_pair(kind, task, source, **options):
    def size(batch, past, length):
        return (ids(90, batch, 1), image(batch, length, 32), *([image(batch, 4, past, 8)] * 2 + [image(batch, 4, length, 8)] * 2) * 2)

    small, large = source
    architecture(f"transformers-{kind}-cached", lambda: Seq2SeqStep(model_of(kind, task, "sdpa", **options)), size(1, 5, small), size(2, 9, large), captures=("traced",))


SENTENCES = ((ids(90, 2, 7), prefix(7, 7, 5)), (ids(90, 3, 12), prefix(12, 9, 12, 4)))
architecture("transformers-minilm-pooled", lambda: Sentence(model_of("bert", "AutoModel", "sdpa", **TINY)), *SENTENCES, captures=("traced",))
cached("gpt2", 4, n_embd=32, n_layer=2, n_head=4, n_positions=64)
cached("llama", **GROUPED)
cached("qwen2", **GROUPED)
cached("qwen3", head_dim=8, **GROUPED)
cached("gemma3_text", head_dim=8, query_pre_attn_scalar=8, layer_types=["full_attention"] * 2, **GROUPED)
cached("phi3", pad_token_id=0, **GROUPED)
cached("smollm3", pad_token_id=0, **GROUPED)
cached("mistral", sliding_window=None, **GROUPED)
cached_pair("whisper", "WhisperForConditionalGeneration", (20, 20), **WHISPER)
cached_pair("t5", S2S, (7, 12), **T5)
cached_pair("bart", S2S, (7, 12), **PAIR)
cached_pair("marian", S2S, (7, 12), **PAIR)
