"""Further families of transformers: mixtures of experts, state spaces, windows, and encoder-decoders beside those of language.py."""
from language import GROUPED, LM, PAIR, S2S, SEQUENCES, T5, pair, text
from registry import ids, prefix
from tiny import tiny

text("longformer", attention=("eager",), attention_window=[4, 4], pad_token_id=1, max_position_embeddings=64, small=(1, 16), large=(1, 16))
text("rwkv", LM, attention=("eager",), mask=False, base={"vocab_size": 99}, hidden_size=32, attention_hidden_size=32, num_hidden_layers=2, intermediate_size=64, context_length=64, large=(3,7))
text("mamba2", LM, attention=("eager",), mask=False, state_size=8, num_heads=8, head_dim=8, n_groups=2, chunk_size=4, large=(3, 7))
text("gpt_bigcode", LM, attention=("sdpa",), n_embd=32, n_layer=2, n_head=4, n_positions=64)
text("mixtral", LM, attention=("sdpa",), label="mixtral-grouped", num_local_experts=4, **GROUPED)
text("qwen2_moe", LM, attention=("sdpa",), num_experts=4, num_experts_per_tok=2, moe_intermediate_size=16, shared_expert_intermediate_size=16, **GROUPED)
text("qwen3_moe", LM, attention=("sdpa",), num_experts=4, num_experts_per_tok=2, moe_intermediate_size=16, head_dim=8, **GROUPED)
text("olmoe", LM, attention=("sdpa",), num_experts=4, num_experts_per_tok=2, pad_token_id=0, **GROUPED)
text("gpt_oss", LM, attention=("eager",), num_local_experts=4, head_dim=8, sliding_window=4, **GROUPED)
text("deepseek_v3", LM, attention=("sdpa",), n_routed_experts=4, num_experts_per_tok=2, n_group=2, topk_group=1, moe_intermediate_size=16, first_k_dense_replace=1, kv_lora_rank=8, q_lora_rank=8, qk_rope_head_dim=4, v_head_dim=8, qk_nope_head_dim=8)
text("switch_transformers", "SwitchTransformersEncoderModel", attention=("eager",), base=T5, num_experts=4)
text("luke", "LukeModel", attention=("eager",), entity_vocab_size=20, entity_emb_size=16)
text("data2vec-text", attention=("sdpa",))
text("roberta-prelayernorm", attention=("sdpa",))
text("openai-gpt", LM, attention=("eager",), n_embd=32, n_layer=2, n_head=4, n_positions=64)
text("persimmon", LM, attention=("sdpa",))
text("jamba", LM, attention=("eager",), mask=False, use_mamba_kernels=False, num_experts=2, attn_layer_period=2, attn_layer_offset=1, expert_layer_period=2, expert_layer_offset=1, mamba_d_state=4, mamba_dt_rank=4, large=(3,7), **GROUPED)
text("falcon_mamba", LM, attention=("eager",), mask=False, state_size=4, large=(3, 7))
text("lfm2", LM, attention=("sdpa",), layer_types=["conv", "full_attention"], **GROUPED)
text("modernbert-decoder", LM, attention=("sdpa",), cls_token_id=1, sep_token_id=2, pad_token_id=0, bos_token_id=1, eos_token_id=2, global_attn_every_n_layers=2, local_attention=8)
text("bert", "AutoModelForQuestionAnswering", ("sdpa",), "bert-answers", keep=2)
text("bert", "AutoModelForMaskedLM", ("sdpa",), "bert-masked")
text("distilbert", "AutoModelForSequenceClassification", ("sdpa",), "distilbert-classes", dim=32, n_layers=2, n_heads=4, hidden_dim=64)

tiny("umt5", "umt5", S2S, SEQUENCES, *pair, **T5)
tiny("fsmt", "fsmt", S2S, SEQUENCES, *pair, **{**PAIR, "vocab_size":99}, src_vocab_size=99, tgt_vocab_size=99, langs=["en","de"])
tiny("pegasus-x", "pegasus_x", S2S, SEQUENCES, (ids(90, 1, 16), prefix(16, 12), ids(90, 1, 5)), (ids(90, 1, 16), prefix(16, 12), ids(90, 1, 8)), **PAIR, block_size=4, num_global_tokens=2)
# Windows over the memory of a tensor; a trace holds its strides, so it is for one size.
LED = {key: value for key, value in PAIR.items() if key != "max_position_embeddings"}
ONE_SIZE = (ids(90, 1, 16), prefix(16, 12), ids(90, 1, 5))
tiny("led", "led", S2S, SEQUENCES, ONE_SIZE, ONE_SIZE, **LED, attention_window=4, max_encoder_position_embeddings=64, max_decoder_position_embeddings=64)
