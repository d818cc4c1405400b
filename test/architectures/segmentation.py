"""Every decoder of segmentation-models-pytorch over small encoders."""
import segmentation_models_pytorch as smp
from registry import architecture, image

SMALL, LARGE = (1, 3, 64, 64), (2, 3, 96, 64)


def segmenter(decoder, encoder, small=SMALL, large=LARGE, captures=("traced", "scripted"), **options):
    make = lambda: getattr(smp, decoder)(encoder, encoder_weights=None, classes=3, **options)  # noqa: E731
    architecture(f"smp-{decoder.lower()}-{encoder}", make, (image(*small),), (image(*large),), captures=captures)


for decoder in ("Unet", "FPN", "PSPNet", "DeepLabV3", "DeepLabV3Plus", "Linknet", "MAnet", "PAN", "UPerNet", "Segformer"):
    for encoder in ("resnet18", "mobilenet_v2"):
        segmenter(decoder, encoder, *(((1, 3, 128, 128), (2, 3, 160, 128)) if decoder == "PAN" else ()))
segmenter("Unet", "timm-mobilenetv3_small_100", decoder_attention_type="scse")
segmenter("UnetPlusPlus", "resnet18", captures=("traced",))
segmenter("FPN", "efficientnet-b0")
segmenter("Unet", "timm-mobilenetv3_small_075")
segmenter("UPerNet", "mit_b0")
segmenter("Segformer", "mit_b0")
segmenter("Linknet", "tu-resnet10t")
segmenter("Unet", "densenet121", decoder_channels=(64, 32, 16, 8, 8))
segmenter("DPT", "tu-test_vit", (1, 3, 160, 160), (2, 3, 160, 160), ("traced",))
