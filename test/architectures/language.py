"""transformers in tiny configurations: text, vision, sound and both; eager attention and scaled_dot_product_attention. Traced: none of them scripts."""
from registry import ids, image, prefix
from tiny import tiny

TINY = {"vocab_size": 99, "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 64, "max_position_embeddings": 64}


def text(kind, task="AutoModel", attention=("eager", "sdpa"), label=None, mask=True, small=(2, 7), large=(3, 12), keep=1, base=TINY, **options):
    """Both attentions, `small` and `large` texts; the mask leaves out the end of some."""
    for one in attention:
        (b, s), (c, t) = small, large
        names = ("input_ids", "attention_mask") if mask else ("input_ids",)
        masks = ((prefix(s, *([s, s - 2] + [s] * b)[:b]),), (prefix(t, *([t - 3, t, 4] + [t] * c)[:c]),)) if mask else ((), ())
        tiny(f"{label or kind}-{one}", kind, task, names, (ids(90, b, s), *masks[0]), (ids(90, c, t), *masks[1]), one, keep, **{**base, **options})


# Encoders.
text("bert", keep=2)
text("bert", "AutoModelForTokenClassification", ("sdpa",), "bert-tokens")
text("roberta")
text("distilbert", dim=32, n_layers=2, n_heads=4, hidden_dim=64)
text("albert", embedding_size=16)
text("electra", "AutoModelForSequenceClassification", embedding_size=16)
text("deberta", attention=("eager",), relative_attention=True, pos_att_type=["p2c", "c2p"], position_biased_input=False, max_relative_positions=16)
text("deberta-v2", attention=("eager",), relative_attention=True, pos_att_type=["p2c", "c2p"], position_biased_input=False, position_buckets=8, norm_rel_ebd="layer_norm", share_att_key=True)
text("mpnet", attention=("eager",))
text("mobilebert", attention=("eager",), embedding_size=32, intra_bottleneck_size=16, true_hidden_size=16)
text("squeezebert", attention=("eager",), embedding_size=32)
text("camembert", attention=("sdpa",))
text("xlm-roberta", attention=("sdpa",))
text("ernie", attention=("sdpa",))
text("rembert", attention=("eager",), input_embedding_size=16, output_embedding_size=16)
text("roformer", attention=("eager",), embedding_size=32)
text("fnet", attention=("eager",), mask=False)
text("convbert", attention=("eager",), embedding_size=32, conv_kernel_size=3, num_groups=1, head_ratio=2)
text("big_bird", attention=("eager",), attention_type="original_full")
text("xlnet", attention=("eager",), base={"vocab_size": 99}, d_model=32, n_layer=2, n_head=4, d_inner=64)
text("xlm", attention=("eager",), emb_dim=32, n_layers=2, n_heads=4)
text("modernbert", cls_token_id=1, sep_token_id=2, pad_token_id=0, bos_token_id=1, eos_token_id=2, global_attn_every_n_layers=2, local_attention=8)
text("esm", attention=("eager", "sdpa"), pad_token_id=0, mask_token_id=98)
text("nomic_bert", attention=("sdpa",))
text("ibert", attention=("eager",), quant_mode=False)
text("layoutlm", attention=("eager",))
text("canine", attention=("eager",), mask=True, num_hash_buckets=50, downsampling_rate=4, local_transformer_stride=16, max_position_embeddings=64, small=(1, 16), large=(2, 16))

# Decoders.
LM = "AutoModelForCausalLM"
text("gpt2", LM, n_embd=32, n_layer=2, n_head=4, n_positions=64)
text("gpt_neo", LM, attention=("eager",), num_layers=2, num_heads=4, attention_types=[[["global", "local"], 1]], window_size=4)
text("gpt_neox", LM)
text("gptj", LM, attention=("eager",), n_embd=32, n_layer=2, n_head=4, n_positions=64, rotary_dim=4)
text("opt", LM, ffn_dim=64, word_embed_proj_dim=32)
text("codegen", LM, attention=("eager",), n_embd=32, n_layer=2, n_head=4, n_positions=64, rotary_dim=4)
text("ctrl", LM, attention=("eager",), n_embd=32, n_layer=2, n_head=4, n_positions=64, dff=64)
GROUPED = {"num_key_value_heads": 2}
text("llama", LM, **GROUPED)
text("mistral", LM, **GROUPED, sliding_window=4)
text("qwen2", LM, **GROUPED)
text("qwen3", LM, attention=("sdpa",), head_dim=8, **GROUPED)
text("phi", LM, **GROUPED)
text("phi3", LM, attention=("sdpa",), pad_token_id=0, **GROUPED)
text("gemma", LM, head_dim=8, **GROUPED)
text("gemma2", LM, attention=("eager",), head_dim=8, query_pre_attn_scalar=8, sliding_window=4, **GROUPED)
text("gemma3_text", LM, attention=("sdpa",), head_dim=8, query_pre_attn_scalar=8, sliding_window=4, **GROUPED)
text("falcon", LM, attention=("eager", "sdpa"))
text("stablelm", LM, attention=("sdpa",), **GROUPED)
text("olmo2", LM, attention=("sdpa",), pad_token_id=0, **GROUPED)
text("cohere", LM, attention=("sdpa",), pad_token_id=0, **GROUPED)
text("granite", LM, attention=("sdpa",), **GROUPED)
text("smollm3", LM, attention=("sdpa",), pad_token_id=0, **GROUPED)
text("starcoder2", LM, attention=("sdpa",), **GROUPED)
text("nemotron", LM, attention=("sdpa",), **GROUPED)
text("glm", LM, attention=("sdpa",), head_dim=8, pad_token_id=0, **GROUPED)
text("biogpt", LM, attention=("eager",))
text("xglm", LM, attention=("eager",), d_model=32, num_layers=2, attention_heads=4, ffn_dim=64)
text("mpt", LM, attention=("eager",), d_model=32, n_heads=4, n_layers=2, max_seq_len=64)
text("mamba", LM, attention=("eager",), mask=False, state_size=4, large=(3, 7))

# Encoder and decoder.
T5 = {"vocab_size": 99, "d_model": 32, "d_kv": 8, "d_ff": 64, "num_layers": 2, "num_heads": 4, "decoder_start_token_id": 0}
PAIR = {"vocab_size": 99, "d_model": 32, "encoder_layers": 2, "decoder_layers": 2, "encoder_attention_heads": 4, "decoder_attention_heads": 4, "encoder_ffn_dim": 64, "decoder_ffn_dim": 64, "max_position_embeddings": 64, "pad_token_id": 1, "decoder_start_token_id": 2, "bos_token_id": 0, "eos_token_id": 2, "forced_eos_token_id": 2}
SEQUENCES = ("input_ids", "attention_mask", "decoder_input_ids")
pair = ((ids(90, 2, 7), prefix(7, 7, 5), ids(90, 2, 5)), (ids(90, 3, 12), prefix(12, 9, 12, 4), ids(90, 3, 8)))
S2S = "AutoModelForSeq2SeqLM"
for one in ("eager", "sdpa"):
    tiny(f"t5-{one}", "t5", S2S, SEQUENCES, *pair, one, **T5)
    tiny(f"bart-{one}", "bart", S2S, SEQUENCES, *pair, one, **PAIR)
    tiny(f"marian-{one}", "marian", S2S, SEQUENCES, *pair, one, **PAIR)
tiny("t5-encoder", "t5", "T5EncoderModel", SEQUENCES[:2], pair[0][:2], pair[1][:2], **T5)
tiny("mt5", "mt5", S2S, SEQUENCES, *pair, **T5, feed_forward_proj="gated-gelu")
tiny("pegasus", "pegasus", S2S, SEQUENCES, *pair, **PAIR)
tiny("m2m100", "m2m_100", S2S, SEQUENCES, *pair, **PAIR)
tiny("mbart", "mbart", S2S, SEQUENCES, *pair, "sdpa", **PAIR)
tiny("blenderbot-small", "blenderbot-small", S2S, SEQUENCES, *pair, **PAIR)
tiny("prophetnet", "prophetnet", S2S, SEQUENCES, *pair, vocab_size=99, hidden_size=32, num_encoder_layers=2, num_decoder_layers=2, num_encoder_attention_heads=4, num_decoder_attention_heads=4, encoder_ffn_dim=64, decoder_ffn_dim=64, max_position_embeddings=64, ngram=2)

# Images.
VISION = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 64, "image_size": 64, "patch_size": 16}
ONE, MORE = (image(1, 3, 64, 64),), (image(3, 3, 64, 64),)
PIXELS = ("pixel_values",)


def picture(kind, task="AutoModel", attention="eager", label=None, small=ONE, large=MORE, **options):
    tiny(label or kind, kind, task, PIXELS, small, large, attention, **options)


for one in ("eager", "sdpa"):
    picture("vit", "AutoModelForImageClassification", one, f"vit-{one}", **VISION)
    picture("dinov2", "AutoModel", one, f"dinov2-{one}", **{**VISION, "mlp_ratio": 2})
picture("deit", **VISION)
picture("beit", **VISION, use_relative_position_bias=True)
picture("data2vec-vision", **VISION, use_shared_relative_position_bias=True)
picture("swin", image_size=64, patch_size=4, embed_dim=16, depths=[1, 1], num_heads=[2, 2], window_size=4)
picture("swinv2", image_size=64, patch_size=4, embed_dim=16, depths=[1, 1], num_heads=[2, 2], window_size=4)
picture("segformer", "AutoModelForSemanticSegmentation", small=(image(1, 3, 64, 64),), large=(image(2, 3, 96, 64),), depths=[1, 1, 1, 1], hidden_sizes=[16, 16, 32, 32], num_attention_heads=[1, 2, 2, 4], decoder_hidden_size=32)
picture("convnext", small=ONE, large=(image(2, 3, 96, 64),), hidden_sizes=[8, 16, 16, 32], depths=[1, 1, 1, 1])
picture("mobilevit", small=ONE, large=(image(2, 3, 64, 64),), hidden_sizes=[16, 24, 32], neck_hidden_sizes=[8, 8, 16, 16, 24, 32, 64], num_attention_heads=2)
picture("poolformer", small=ONE, large=(image(2, 3, 96, 64),), hidden_sizes=[8, 16, 16, 32], depths=[1, 1, 1, 1])
picture("resnet", small=ONE, large=(image(2, 3, 96, 64),), embedding_size=8, hidden_sizes=[16, 16, 32, 32], depths=[1, 1, 1, 1])
picture("regnet", small=ONE, large=(image(2, 3, 96, 64),), embedding_size=8, hidden_sizes=[16, 16, 32, 32], depths=[1, 1, 1, 1], groups_width=8)
picture("pvt_v2", small=ONE, large=(image(2, 3, 96, 64),), hidden_sizes=[8, 16, 16, 32], depths=[1, 1, 1, 1], num_attention_heads=[1, 2, 2, 4])
picture("dpt", "AutoModelForDepthEstimation", **{**VISION, "num_hidden_layers": 4}, backbone_out_indices=[0, 1, 2, 3], neck_hidden_sizes=[8, 8, 16, 16], fusion_hidden_size=16, is_hybrid=False)
picture("yolos", "AutoModelForObjectDetection", **{**VISION, "image_size": [64, 64]}, num_detection_tokens=5)
picture("siglip_vision_model", "AutoModel", "sdpa", **VISION)
picture("clip_vision_model", "AutoModel", "sdpa", **VISION)
picture("levit", image_size=64, hidden_sizes=[16, 24, 32], num_attention_heads=[2, 2, 2], depths=[1, 1, 1], key_dim=[8, 8, 8])
picture("hiera", image_size=[64, 64], embed_dim=16, depths=[1, 1, 1], num_heads=[1, 2, 4], query_stride=[2, 2], num_query_pool=2, masked_unit_size=[4, 4])
picture("swin2sr", "Swin2SRForImageSuperResolution", image_size=32, embed_dim=16, depths=[1, 1], num_heads=[2, 2], window_size=4, small=(image(1, 3, 32, 32),), large=(image(2, 3, 32, 32),))
picture("efficientnet", small=ONE, large=(image(2, 3, 96, 64),), width_coefficient=0.5, depth_coefficient=0.5, hidden_dim=640)
tiny("detr", "detr", "AutoModelForObjectDetection", PIXELS, ONE, MORE, keep=2, d_model=32, encoder_layers=1, decoder_layers=2, encoder_attention_heads=4, decoder_attention_heads=4, encoder_ffn_dim=64, decoder_ffn_dim=64, num_queries=5, use_timm_backbone=False, use_pretrained_backbone=False, backbone=None, backbone_config={"model_type": "resnet", "embedding_size": 8, "hidden_sizes": [16, 16, 32, 32], "depths": [1, 1, 1, 1], "out_features": ["stage4"]})

# Sound.
SPEECH = {"vocab_size": 32, "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 64, "conv_dim": [16, 16, 16], "conv_stride": [5, 4, 2], "conv_kernel": [10, 4, 2], "num_conv_pos_embeddings": 16, "num_conv_pos_embedding_groups": 2, "num_feat_extract_layers": 3}
WAVE = ((image(1, 800),), (image(2, 1203),))
for one in ("eager", "sdpa"):
    tiny(f"wav2vec2-{one}", "wav2vec2", "AutoModelForCTC", ("input_values",), *WAVE, one, **SPEECH)
tiny("hubert", "hubert", "AutoModel", ("input_values",), *WAVE, **SPEECH)
tiny("wavlm", "wavlm", "AutoModel", ("input_values",), *WAVE, **SPEECH)
tiny("sew", "sew", "AutoModel", ("input_values",), *WAVE, **SPEECH, squeeze_factor=2)
tiny("unispeech", "unispeech", "AutoModel", ("input_values",), *WAVE, **SPEECH)
WHISPER = {"vocab_size": 99, "d_model": 32, "encoder_layers": 2, "decoder_layers": 2, "encoder_attention_heads": 4, "decoder_attention_heads": 4, "encoder_ffn_dim": 64, "decoder_ffn_dim": 64, "num_mel_bins": 16, "max_source_positions": 20, "max_target_positions": 20, "pad_token_id": 0, "bos_token_id": 0, "eos_token_id": 0, "decoder_start_token_id": 1}
for one in ("eager", "sdpa"):
    tiny(f"whisper-{one}", "whisper", "WhisperForConditionalGeneration", ("input_features", "decoder_input_ids"), (image(1, 16, 40), ids(90, 1, 5)), (image(2, 16, 40), ids(90, 2, 9)), one, **WHISPER)
tiny("audio-spectrogram", "audio-spectrogram-transformer", "AutoModelForAudioClassification", ("input_values",), (image(1, 64, 32),), (image(3, 64, 32),), hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=64, patch_size=16, max_length=64, num_mel_bins=32)
tiny("encodec", "encodec", "EncodecModel", ("input_values",), (image(1, 1, 640),), (image(2, 1, 640),), num_filters=4, hidden_size=16, codebook_dim=16, codebook_size=32, num_lstm_layers=1, upsampling_ratios=[4, 2], target_bandwidths=[60.0])

# Both.
TOWERS = {"text_config": {**TINY, "eos_token_id": 98}, "vision_config": VISION, "projection_dim": 16}
for one in ("eager", "sdpa"):
    tiny(f"clip-{one}", "clip", "CLIPModel", ("input_ids", "pixel_values", "attention_mask"), (ids(90, 2, 7), image(1, 3, 64, 64), prefix(7, 7, 5)), (ids(90, 3, 12), image(2, 3, 64, 64), prefix(12, 9, 12, 4)), one, keep=4, **TOWERS)
tiny("siglip", "siglip", "SiglipModel", ("input_ids", "pixel_values"), (ids(90, 2, 7), image(1, 3, 64, 64)), (ids(90, 3, 12), image(2, 3, 64, 64)), "sdpa", keep=4, text_config=TINY, vision_config=VISION)
tiny("decision-transformer", "decision_transformer", "DecisionTransformerModel", ("states", "actions", "rewards", "returns_to_go", "timesteps", "attention_mask"), (image(1, 5, 4), image(1, 5, 2), image(1, 5, 1), image(1, 5, 1), ids(20, 1, 5), prefix(5, 5)), (image(2, 8, 4), image(2, 8, 2), image(2, 8, 1), image(2, 8, 1), ids(20, 2, 8), prefix(8, 8, 6)), keep=3, state_dim=4, act_dim=2, hidden_size=32, n_layer=2, n_head=4, n_positions=64, max_ep_len=30)
tiny("patchtst", "patchtst", "PatchTSTForPrediction", ("past_values",), (image(1, 32, 2),), (image(3, 32, 2),), num_input_channels=2, context_length=32, patch_length=8, patch_stride=8, d_model=32, num_attention_heads=4, num_hidden_layers=2, ffn_dim=64, prediction_length=8)
tiny("patchtsmixer", "patchtsmixer", "PatchTSMixerForPrediction", ("past_values",), (image(1, 32, 2),), (image(3, 32, 2),), num_input_channels=2, context_length=32, patch_length=8, patch_stride=8, d_model=16, num_layers=2, prediction_length=8)
