"""Image backbones of timm, the smallest of each family, and torchvision's classifiers and segmenters."""
import timm
import torch.nn as nn
import torchvision
from registry import Outputs, architecture, image

# Convolutional backbones take any size from here on; the second differs in every dim, and is not square.
SMALL, LARGE = (1, 3, 64, 64), (2, 3, 96, 64)


def backbone(name, small=SMALL, large=LARGE, captures=("traced", "scripted"), label=None, **options):
    options = {"num_classes": 10, **options}
    make = lambda: timm.create_model(name, pretrained=False, scriptable=True, **options)  # noqa: E731
    architecture(f"timm-{label or name}", make, (image(*small),), (image(*large),), captures=captures)


def fixed(name, size, captures=("traced", "scripted"), label=None, told=True, **options):
    """A backbone that is built for one image size: only the batch differs."""
    if told:
        options["img_size"] = size
    backbone(name, (1, 3, size, size), (3, 3, size, size), captures, label, **options)


for name in (
    "resnet10t", "seresnet18", "resnetblur18", "ecaresnext26t_32x4d", "resnetv2_18d", "resnest14d", "skresnet18", "res2net50_48w_2s",
    "mobilenetv3_small_050", "tf_mobilenetv3_small_075", "mobilenetv4_conv_small_035", "mobilenetv4_hybrid_medium", "lcnet_035", "lcnetv2_small", "tinynet_e", "mnasnet_small", "hardcorenas_a",
    "efficientnet_b0", "tf_efficientnet_b0", "tf_efficientnetv2_b0", "mixnet_s", "fbnetc_100", "spnasnet_100", "semnasnet_075",
    "test_convnext", "test_convnext2", "test_convnext3", "convnext_zepto_rms", "convnext_atto_ols",
    "regnetx_002", "regnety_002", "regnetz_b16", "nf_regnet_b0", "test_nfnet", "densenet121", "densenetblur121d", "dla46_c", "dla60x_c", "dpn48b",
    "ghostnet_050", "ghostnetv2_100", "ghostnetv3_050", "repghostnet_050", "repvgg_a0", "mobileone_s0", "gernet_s", "test_byobnet", "repvit_m0_9", "rexnet_100", "rexnetr_100",
    "cs3darknet_focus_s", "cspnext_tiny", "cs3darknet_s", "ese_vovnet19b_slim_dw", "ese_vovnet19b_slim", "hgnetv2_b0", 
    "fasternet_t0", "starnet_s050", "inception_next_atto", "test_mambaout", "efficientvit_b0", "edgenext_xx_small", 
    "poolformer_s12", "poolformerv2_s12", "pvt_v2_b0", "fastvit_t8", "fastvit_sa12", "csatv2", "iformer_t", "shvit_s1", "efficientvim_m1", "cpubone_nano", "lowformer_b0", "swiftformer_xs", "convmixer_768_32",
):  # fmt: skip
    backbone(name)

for name in ("legacy_seresnet18", "rdnet_tiny", "nextvit_small", "xcit_nano_12_p16_224", "focalnet_tiny_srf", "davit_tiny", "caformer_s18", "convformer_s18", "tresnet_m", "xception41p", "legacy_xception"):  # fmt: skip
    backbone(name)

for name in ("selecsls42", "hrnet_w18_small"):
    backbone(name, captures=("traced",))
backbone("inception_v3", (1, 3, 96, 96), (2, 3, 112, 96))
backbone("inception_v4", (1, 3, 96, 96), (2, 3, 112, 96))
backbone("inception_resnet_v2", (1, 3, 96, 96), (2, 3, 112, 96))

fixed("test_vit", 64, label="vit-tiny", told=True)
fixed("test_vit2", 64)
fixed("test_vit3", 64)
fixed("test_vit4", 64)
fixed("test_vit_relpos", 64)
fixed("deit_tiny_patch16_224", 64, depth=3)
fixed("deit_tiny_distilled_patch16_224", 64, depth=3)
fixed("deit3_small_patch16_224", 64, depth=2, embed_dim=96)
fixed("beit_base_patch16_224", 64, depth=2, embed_dim=96, num_heads=4)
fixed("beitv2_base_patch16_224", 64, depth=2, embed_dim=96, num_heads=4)
fixed("eva02_tiny_patch14_224", 56, depth=3)
fixed("vit_small_patch16_dinov3", 64, depth=2, embed_dim=96, num_heads=4)
fixed("cait_xxs24_224", 64, depth=4)
fixed("convit_tiny", 64, depth=4)
fixed("crossvit_tiny_240", 240, told=False)
fixed("levit_128s", 64)
fixed("levit_conv_128s", 64)
fixed("efficientformer_l1", 224, told=False)
fixed("efficientformerv2_s0", 64)
fixed("efficientvit_m0", 64, told=False)
fixed("pit_ti_224", 64)
fixed("visformer_tiny", 64)
fixed("swin_tiny_patch4_window7_224", 64, window_size=4, depths=(2, 2), num_heads=(2, 4), embed_dim=32)
fixed("swinv2_tiny_window8_256", 64, window_size=4, depths=(2, 2), num_heads=(2, 4), embed_dim=32)
fixed("swinv2_cr_tiny_224", 64, window_size=4, depths=(2, 2), num_heads=(2, 4), embed_dim=32)
fixed("test_maxvit", 64)
fixed("test_coatnet", 64)
fixed("maxvit_pico_rw_256", 64)
fixed("coatnet_pico_rw_224", 64)
fixed("twins_svt_small", 64, depths=(1, 1, 1, 1))
fixed("twins_pcpvt_small", 64, depths=(1, 1, 1, 1))
fixed("nest_tiny", 64)
fixed("tiny_vit_5m_224", 64, told=False)
fixed("gcvit_xxtiny", 64)
fixed("coat_lite_tiny", 64)
fixed("mobilevit_xxs", 64, told=False)
fixed("mobilevitv2_050", 64, ("traced",), told=False)
fixed("tnt_s_patch16_224", 64, depth=2)
fixed("hiera_tiny_224", 64, ("traced",), embed_dim=32, stages=(1, 1, 2, 1))
fixed("sequencer2d_s", 64, layers=(1, 1, 1, 1), told=True)
fixed("vit_tiny_r_s16_p8_224", 64, depth=2)
fixed("samvit_base_patch16_224", 64, depth=3, embed_dim=96, num_heads=4)
fixed("vitamin_small_224", 64)
fixed("botnet26t_256", 64)
fixed("lambda_resnet26t", 64, told=False)
fixed("flexivit_small", 64, depth=2, embed_dim=96, num_heads=4)

NARROW = {"img_size": 64, "num_classes": 10}
MIXER = {**NARROW, "patch_size": 16, "num_blocks": 3, "embed_dim": 96}


def mixer(name, **options):
    architecture(f"timm-{name}", lambda: timm.models.mlp_mixer.MlpMixer(**MIXER, **options), (image(1, 3, 64, 64),), (image(3, 3, 64, 64),))


mixer("mixer")
mixer("gmlp", block_layer=timm.models.mlp_mixer.SpatialGatingBlock, mlp_layer=timm.layers.GatedMlp, mlp_ratio=6)
mixer("resmlp", block_layer=timm.models.mlp_mixer.ResBlock, norm_layer=timm.models.mlp_mixer.Affine, mlp_ratio=4)
mixer("gmixer", mlp_layer=timm.layers.GluMlp, act_layer=nn.SiLU)
VOLO = {**NARROW, "layers": (1, 1, 1, 1), "embed_dims": (48, 96, 96, 96), "num_heads": (2, 4, 4, 4)}
architecture("timm-volo", lambda: timm.models.volo.VOLO(**VOLO), (image(1, 3, 64, 64),), (image(3, 3, 64, 64),))


def mvit():
    return timm.models.mvitv2.MultiScaleVit(timm.models.mvitv2.MultiScaleVitCfg(depths=(1, 1, 1, 1), embed_dim=32), **NARROW)


architecture("timm-mvitv2", mvit, (image(1, 3, 64, 64),), (image(3, 3, 64, 64),))

# Feature pyramids, and a ViT that resizes its position embedding to the image.
for name in ("resnet10t", "mobilenetv3_small_050", "test_convnext", "pvt_v2_b0", "efficientnet_b0", "cs3darknet_s"):
    make = lambda name=name: timm.create_model(name, pretrained=False, features_only=True, scriptable=True)  # noqa: E731
    architecture(f"timm-{name}-features", make, (image(*SMALL),), (image(*LARGE),))
fixed("test_vit", 64, label="vit-dynamic-size", dynamic_img_size=True)

for name, options in {
    "squeezenet1_1": {}, "resnet18": {}, "mobilenet_v2": {"width_mult": 0.5}, "mobilenet_v3_small": {}, "shufflenet_v2_x0_5": {},
    "mnasnet0_5": {}, "efficientnet_b0": {}, "regnet_y_400mf": {}, "densenet121": {}, "convnext_tiny": {}, "swin_t": {}, "wide_resnet50_2": {}, "resnext50_32x4d": {},
}.items():  # fmt: skip
    make = lambda name=name, options=options: torchvision.models.get_model(name, weights=None, num_classes=10, **options)  # noqa: E731
    architecture(f"torchvision-{name}", make, (image(*SMALL),), (image(*LARGE),))


def vit():
    return torchvision.models.VisionTransformer(image_size=64, patch_size=16, num_layers=2, num_heads=4, hidden_dim=64, mlp_dim=128, num_classes=10)


architecture("torchvision-vit", vit, (image(1, 3, 64, 64),), (image(3, 3, 64, 64),))


def maxvit():
    from torchvision.models.maxvit import MaxVit

    return MaxVit((64, 64), 16, 2, [16, 32], [1, 1], 8, 0.0, num_classes=10)


architecture("torchvision-maxvit", maxvit, (image(1, 3, 64, 64),), (image(3, 3, 64, 64),))

for name, options in {"fcn_resnet50": {}, "deeplabv3_mobilenet_v3_large": {}, "lraspp_mobilenet_v3_large": {}}.items():
    make = lambda name=name: torchvision.models.get_model(name, weights=None, weights_backbone=None, num_classes=5)  # noqa: E731
    architecture(f"torchvision-{name}", make, (image(*SMALL),), (image(*LARGE),))

for name in ("swin_v2_t",):
    make = lambda name=name: torchvision.models.get_model(name, weights=None, num_classes=10)  # noqa: E731
    architecture(f"torchvision-{name}", make, (image(1, 3, 64, 64),), (image(3, 3, 64, 64),))
googlenet = lambda: torchvision.models.get_model("googlenet", weights=None, num_classes=10, init_weights=False)  # noqa: E731
architecture("torchvision-googlenet", googlenet, (image(*SMALL),), (image(*LARGE),), captures=("traced",))

for name in ("r3d_18", "mc3_18", "r2plus1d_18"):
    make = lambda name=name: torchvision.models.get_model(name, weights=None, num_classes=10)  # noqa: E731
    architecture(f"torchvision-{name}", make, (image(1, 3, 4, 32, 32),), (image(2, 3, 8, 48, 32),))


def raft():
    return Outputs(torchvision.models.optical_flow.raft_small(weights=None), 1)
