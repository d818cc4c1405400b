"""Dense prediction: segmentation, detection with its post-processing, and networks over point clouds."""
import torch
import torch.nn as nn
import torch.nn.functional as F
from recognition import conv_bn
from registry import image, network
from torch import Tensor


class DoubleConv(nn.Module):
    def __init__(self, cin, cout):
        super().__init__()
        self.double_conv = nn.Sequential(
            nn.Conv2d(cin, cout, 3, padding=1, bias=False), nn.BatchNorm2d(cout), nn.ReLU(inplace=True), nn.Conv2d(cout, cout, 3, padding=1, bias=False), nn.BatchNorm2d(cout), nn.ReLU(inplace=True)
        )

    def forward(self, x: Tensor) -> Tensor:
        return self.double_conv(x)


class Up(nn.Module):
    def __init__(self, cin, cout, bilinear):
        super().__init__()
        if bilinear:
            self.up = nn.Sequential(nn.Upsample(scale_factor=2, mode="bilinear", align_corners=True), nn.Conv2d(cin, cin // 2, 1))
        else:
            self.up = nn.ConvTranspose2d(cin, cin // 2, kernel_size=2, stride=2)
        self.conv = DoubleConv(cin, cout)

    def forward(self, x1: Tensor, x2: Tensor) -> Tensor:
        x1 = self.up(x1)
        diffY = x2.size()[2] - x1.size()[2]
        diffX = x2.size()[3] - x1.size()[3]
        x1 = F.pad(x1, [diffX // 2, diffX - diffX // 2, diffY // 2, diffY - diffY // 2])
        return self.conv(torch.cat([x2, x1], dim=1))


@network("unet", (image(1, 3, 18, 22),), (image(2, 3, 16, 25),))
class UNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.inc = DoubleConv(3, 4)
        self.down1 = nn.Sequential(nn.MaxPool2d(2), DoubleConv(4, 8))
        self.down2 = nn.Sequential(nn.MaxPool2d(2), DoubleConv(8, 16))
        self.up1 = Up(16, 8, True)
        self.up2 = Up(8, 4, False)
        self.outc = nn.Conv2d(4, 2, kernel_size=1)

    def forward(self, x: Tensor) -> Tensor:
        x1 = self.inc(x)
        x2 = self.down1(x1)
        x3 = self.down2(x2)
        x = self.up1(x3, x2)
        x = self.up2(x, x1)
        return torch.sigmoid(self.outc(x))


@network("unet-cropped", (image(1, 1, 44, 48),), (image(2, 1, 52, 44),), traced=((image(1, 1, 44, 48),), (image(2, 1, 44, 48),)))
class UNetCropped(nn.Module):
    """Valid convolutions as in the original: the skip is cropped to the middle."""

    def __init__(self):
        super().__init__()
        self.enc1 = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Conv2d(4, 4, 3), nn.ReLU())
        self.pool = nn.MaxPool2d(2)
        self.enc2 = nn.Sequential(nn.Conv2d(4, 8, 3), nn.ReLU())
        self.up = nn.ConvTranspose2d(8, 4, 2, 2)
        self.dec = nn.Conv2d(8, 2, 3)

    def center_crop(self, skip: Tensor, size: list[int]) -> Tensor:
        top = (skip.shape[2] - size[0]) // 2
        left = (skip.shape[3] - size[1]) // 2
        return skip[:, :, top : top + size[0], left : left + size[1]]

    def forward(self, x: Tensor) -> Tensor:
        skip = self.enc1(x)
        x = self.up(self.enc2(self.pool(skip)))
        skip = self.center_crop(skip, x.shape[2:])
        return self.dec(torch.cat((skip, x), 1)).argmax(1)


class Aspp(nn.Module):
    def __init__(self, cin, cout, rates: list[int]):
        super().__init__()
        branches = [nn.Sequential(nn.Conv2d(cin, cout, 1, bias=False), nn.BatchNorm2d(cout), nn.ReLU())]
        for rate in rates:
            branches.append(nn.Sequential(nn.Conv2d(cin, cout, 3, padding=rate, dilation=rate, bias=False), nn.BatchNorm2d(cout), nn.ReLU()))
        self.convs = nn.ModuleList(branches)
        self.pooling = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Conv2d(cin, cout, 1, bias=False), nn.BatchNorm2d(cout), nn.ReLU())
        self.project = nn.Sequential(nn.Conv2d((len(rates) + 2) * cout, cout, 1, bias=False), nn.BatchNorm2d(cout), nn.ReLU(), nn.Dropout(0.5))

    def forward(self, x: Tensor) -> Tensor:
        results: list[Tensor] = []
        for conv in self.convs:
            results.append(conv(x))
        size = x.shape[-2:]
        results.append(F.interpolate(self.pooling(x), size=size, mode="bilinear", align_corners=False))
        return self.project(torch.cat(results, dim=1))


@network("deeplab", (image(1, 3, 24, 32),), (image(2, 3, 33, 25),))
class DeepLab(nn.Module):
    """Segmentation as torchvision returns it: a dict, at the picture's own size."""

    def __init__(self):
        super().__init__()
        self.backbone = nn.Sequential(conv_bn(3, 8, 3, 2, act=nn.ReLU), conv_bn(8, 12, 3, 2, act=nn.ReLU))
        self.aspp = Aspp(12, 6, [2, 4])
        self.classifier = nn.Conv2d(6, 3, 1)
        self.aux = nn.Conv2d(12, 2, 1)

    def forward(self, x: Tensor) -> dict[str, Tensor]:
        input_shape = x.shape[-2:]
        features = self.backbone(x)
        result: dict[str, Tensor] = {}
        out = self.classifier(self.aspp(features))
        result["out"] = F.interpolate(out, size=input_shape, mode="bilinear", align_corners=False)
        result["aux"] = self.aux(features)
        return result


class Fpn(nn.Module):
    def __init__(self, widths: list[int], cout):
        super().__init__()
        self.inner_blocks = nn.ModuleList([nn.Conv2d(width, cout, 1) for width in widths])
        self.layer_blocks = nn.ModuleList([nn.Conv2d(cout, cout, 3, padding=1) for _ in widths])

    def get_result_from_inner_blocks(self, x: Tensor, idx: int) -> Tensor:
        num_blocks = len(self.inner_blocks)
        if idx < 0:
            idx += num_blocks
        out = x
        for i, module in enumerate(self.inner_blocks):
            if i == idx:
                out = module(x)
        return out

    def get_result_from_layer_blocks(self, x: Tensor, idx: int) -> Tensor:
        num_blocks = len(self.layer_blocks)
        if idx < 0:
            idx += num_blocks
        out = x
        for i, module in enumerate(self.layer_blocks):
            if i == idx:
                out = module(x)
        return out

    def forward(self, x: list[Tensor]) -> list[Tensor]:
        last_inner = self.get_result_from_inner_blocks(x[-1], -1)
        results: list[Tensor] = []
        results.append(self.get_result_from_layer_blocks(last_inner, -1))
        for idx in range(len(x) - 2, -1, -1):
            inner_lateral = self.get_result_from_inner_blocks(x[idx], idx)
            feat_shape = inner_lateral.shape[-2:]
            inner_top_down = F.interpolate(last_inner, size=feat_shape, mode="nearest")
            last_inner = inner_lateral + inner_top_down
            results.insert(0, self.get_result_from_layer_blocks(last_inner, idx))
        results.append(F.max_pool2d(results[-1], kernel_size=1, stride=2, padding=0))
        return results


@network("fpn-retina", (image(1, 3, 32, 40),), (image(2, 3, 45, 32),))
class FpnRetina(nn.Module):
    """Feature pyramid, shared heads over all levels, anchors' scores and boxes in one list."""

    def __init__(self, anchors: int = 2, classes: int = 3):
        super().__init__()
        self.num_classes = classes
        self.c2 = conv_bn(3, 6, 3, 2, act=nn.ReLU)
        self.c3 = conv_bn(6, 8, 3, 2, act=nn.ReLU)
        self.c4 = conv_bn(8, 10, 3, 2, act=nn.ReLU)
        self.fpn = Fpn([6, 8, 10], 8)
        self.cls_logits = nn.Conv2d(8, anchors * classes, 3, padding=1)
        self.bbox_reg = nn.Sequential(nn.Conv2d(8, 8, 3, padding=1), nn.GroupNorm(4, 8), nn.ReLU(), nn.Conv2d(8, anchors * 4, 3, padding=1))

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        c2 = self.c2(images)
        c3 = self.c3(c2)
        c4 = self.c4(c3)
        features = self.fpn([c2, c3, c4])
        all_scores = []
        all_boxes = []
        for feature in features:
            scores = self.cls_logits(feature)
            N, _, H, W = scores.shape
            scores = scores.view(N, -1, self.num_classes, H, W).permute(0, 3, 4, 1, 2).reshape(N, -1, self.num_classes)
            all_scores.append(scores)
            boxes = self.bbox_reg(feature)
            N, _, H, W = boxes.shape
            all_boxes.append(boxes.view(N, -1, 4, H, W).permute(0, 3, 4, 1, 2).reshape(N, -1, 4))
        return torch.cat(all_scores, dim=1).sigmoid(), torch.cat(all_boxes, dim=1)


@network("ssd", (image(1, 3, 32, 32),), (image(2, 3, 48, 32),), traced=((image(1, 3, 32, 32),), (image(1, 3, 32, 32),)))
class Ssd(nn.Module):
    """Priors from the maps' sizes, boxes decoded and cut to the picture."""

    def __init__(self, classes: int = 4):
        super().__init__()
        self.num_classes = classes
        self.trunk = nn.Sequential(conv_bn(3, 8, 3, 2), conv_bn(8, 8, 3, 2))
        self.extra = conv_bn(8, 8, 3, 2)
        self.loc = nn.ModuleList([nn.Conv2d(8, 2 * 4, 3, padding=1) for _ in range(2)])
        self.conf = nn.ModuleList([nn.Conv2d(8, 2 * classes, 3, padding=1) for _ in range(2)])

    def priors(self, height: int, width: int, scale: float, like: Tensor) -> Tensor:
        y, x = torch.meshgrid(torch.arange(height, device=like.device), torch.arange(width, device=like.device), indexing="ij")
        cx = (x.flatten().to(like.dtype) + 0.5) / width
        cy = (y.flatten().to(like.dtype) + 0.5) / height
        boxes = [torch.stack((cx, cy, torch.full_like(cx, scale * ratio), torch.full_like(cx, scale / ratio)), dim=1) for ratio in [1.0, 1.4]]
        return torch.stack(boxes, dim=1).view(-1, 4)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        first = self.trunk(x)
        sources = [first, self.extra(first)]
        locs: list[Tensor] = []
        confs: list[Tensor] = []
        priors: list[Tensor] = []
        for i, (loc, conf) in enumerate(zip(self.loc, self.conf)):
            source = sources[i]
            locs.append(loc(source).permute(0, 2, 3, 1).contiguous().view(source.size(0), -1, 4))
            confs.append(conf(source).permute(0, 2, 3, 1).contiguous().view(source.size(0), -1, self.num_classes))
            priors.append(self.priors(source.size(2), source.size(3), 0.2 + 0.3 * i, source))
        prior = torch.cat(priors)
        offsets = torch.cat(locs, 1)
        centers = prior[:, :2] + offsets[..., :2] * 0.1 * prior[:, 2:]
        sizes = prior[:, 2:] * torch.exp(offsets[..., 2:] * 0.2)
        boxes = torch.cat((centers - sizes / 2, centers + sizes / 2), -1).clamp(min=0, max=1)
        return boxes, F.softmax(torch.cat(confs, 1), -1)


class YoloLayer(nn.Module):
    def __init__(self, anchors: list[list[float]], classes: int, stride: int):
        super().__init__()
        self.register_buffer("anchors", torch.tensor(anchors))
        self.num_anchors = len(anchors)
        self.no = classes + 5
        self.stride = stride

    def forward(self, x: Tensor) -> Tensor:
        bs, _, ny, nx = x.shape
        x = x.view(bs, self.num_anchors, self.no, ny, nx).permute(0, 1, 3, 4, 2).contiguous()
        yv, xv = torch.meshgrid([torch.arange(ny), torch.arange(nx)], indexing="ij")
        grid = torch.stack((xv, yv), 2).view(1, 1, ny, nx, 2).float()
        y = x.sigmoid()
        xy = (y[..., 0:2] * 2.0 - 0.5 + grid) * self.stride
        wh = (y[..., 2:4] * 2.0) ** 2 * self.anchors.view(1, self.num_anchors, 1, 1, 2)
        return torch.cat((xy, wh, y[..., 4:]), -1).view(bs, -1, self.no)


class Csp(nn.Module):
    def __init__(self, cin, cout):
        super().__init__()
        self.cv1 = conv_bn(cin, cout // 2, 1, act=nn.SiLU)
        self.cv2 = conv_bn(cin, cout // 2, 1, act=nn.SiLU)
        self.m = conv_bn(cout // 2, cout // 2, 3, act=nn.SiLU)

    def forward(self, x: Tensor) -> Tensor:
        y1 = self.cv1(x)
        return torch.cat((y1 + self.m(y1), self.cv2(x)), 1)


@network("yolo", (image(1, 3, 32, 48),), (image(2, 3, 64, 32),))
class Yolo(nn.Module):
    def __init__(self):
        super().__init__()
        self.focus = conv_bn(12, 8, 3, act=nn.SiLU)
        self.down1 = nn.Sequential(conv_bn(8, 8, 3, 2, act=nn.SiLU), Csp(8, 8))
        self.down2 = conv_bn(8, 12, 3, 2, act=nn.SiLU)
        self.spp = nn.ModuleList([nn.MaxPool2d(kernel_size=k, stride=1, padding=k // 2) for k in [3, 5]])
        self.cv = conv_bn(36, 12, 1, act=nn.SiLU)
        self.up = nn.Upsample(scale_factor=2.0, mode="nearest")
        self.head1 = nn.Conv2d(20, 2 * 8, 1)
        self.head2 = nn.Conv2d(12, 2 * 8, 1)
        self.yolo1 = YoloLayer([[4.0, 5.0], [8.0, 6.0]], 3, 4)
        self.yolo2 = YoloLayer([[16.0, 12.0], [20.0, 30.0]], 3, 8)

    def forward(self, x: Tensor) -> Tensor:
        x = torch.cat([x[..., ::2, ::2], x[..., 1::2, ::2], x[..., ::2, 1::2], x[..., 1::2, 1::2]], 1)
        p1 = self.down1(self.focus(x))
        p2 = self.down2(p1)
        p2 = self.cv(torch.cat([p2] + [m(p2) for m in self.spp], 1))
        top = torch.cat([self.up(p2), p1], 1)
        return torch.cat([self.yolo1(self.head1(top)), self.yolo2(self.head2(p2))], 1)


@network("centernet-decode", (image(1, 3, 32, 32),), (image(2, 3, 40, 48),))
class CenterNet(nn.Module):
    """Peaks of a heat map: local maxima, the k best, offsets gathered there, boxes; weak ones are emptied."""

    def __init__(self, classes: int = 3, k: int = 8):
        super().__init__()
        self.k = k
        self.backbone = nn.Sequential(conv_bn(3, 8, 3, 2, act=nn.ReLU), conv_bn(8, 8, 3, 2, act=nn.ReLU))
        self.heat = nn.Conv2d(8, classes, 1)
        self.wh = nn.Conv2d(8, 2, 1)
        self.reg = nn.Conv2d(8, 2, 1)

    def gather_feat(self, feat: Tensor, ind: Tensor) -> Tensor:
        dim = feat.size(1)
        feat = feat.permute(0, 2, 3, 1).contiguous().view(feat.size(0), -1, dim)
        ind = ind.unsqueeze(2).expand(ind.size(0), ind.size(1), dim)
        return feat.gather(1, ind)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        x = self.backbone(x)
        heat = self.heat(x).sigmoid()
        hmax = F.max_pool2d(heat, 3, stride=1, padding=1)
        heat = heat * (hmax == heat).float()
        batch, cat, height, width = heat.size()
        scores, inds = torch.topk(heat.view(batch, -1), self.k)
        classes = torch.div(inds, height * width, rounding_mode="trunc")
        inds = inds % (height * width)
        ys = torch.div(inds, width, rounding_mode="floor").float()
        xs = (inds % width).float()
        reg = self.gather_feat(self.reg(x), inds)
        wh = F.softplus(self.gather_feat(self.wh(x), inds))
        cx = xs.unsqueeze(-1) + reg[:, :, 0:1]
        cy = ys.unsqueeze(-1) + reg[:, :, 1:2]
        boxes = torch.cat([cx - wh[..., 0:1] / 2, cy - wh[..., 1:2] / 2, cx + wh[..., 0:1] / 2, cy + wh[..., 1:2] / 2], dim=2)
        boxes = torch.where((scores > 0.5).unsqueeze(-1), boxes, torch.zeros_like(boxes))
        return boxes, scores, classes


@network("greedy-nms", (image(1, 3, 24, 24),), (image(1, 3, 24, 32),), captures=("scripted",))
class GreedyNms(nn.Module):
    """Detector with suppression in TorchScript: boxes by falling score, each struck out by those kept before."""

    def __init__(self, threshold: float = 0.3):
        super().__init__()
        self.threshold = threshold
        self.head = nn.Sequential(conv_bn(3, 8, 3, 2, act=nn.ReLU), conv_bn(8, 8, 3, 2, act=nn.ReLU), nn.Conv2d(8, 5, 1))

    def iou(self, box: Tensor, boxes: Tensor) -> Tensor:
        top_left = torch.max(box[:2], boxes[:, :2])
        bottom_right = torch.min(box[2:], boxes[:, 2:])
        sides = (bottom_right - top_left).clamp(min=0)
        inter = sides[:, 0] * sides[:, 1]
        area = (box[2] - box[0]) * (box[3] - box[1])
        areas = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
        return inter / (area + areas - inter)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        out = self.head(x)[0].flatten(1).t()
        cells = torch.arange(out.size(0), dtype=torch.float32)
        centers = torch.stack((cells % 8, torch.floor(cells / 8)), 1) + out[:, :2].tanh()
        sizes = out[:, 2:4].exp() + 1.0
        boxes = torch.cat((centers - sizes / 2, centers + sizes / 2), 1)
        scores = out[:, 4].sigmoid()
        order = torch.argsort(scores, descending=True)
        keep: list[int] = []
        while order.numel() > 0:
            best = int(order[0].item())
            keep.append(best)
            rest = order[1:]
            order = rest[self.iou(boxes[best], boxes[rest]) <= self.threshold]
        kept = torch.tensor(keep, dtype=torch.int64)
        return boxes[kept], scores[kept]


class TNet(nn.Module):
    def __init__(self, k: int):
        super().__init__()
        self.k = k
        self.conv1 = nn.Conv1d(k, 8, 1)
        self.conv2 = nn.Conv1d(8, 16, 1)
        self.fc = nn.Linear(16, k * k)
        self.bn1 = nn.BatchNorm1d(8)
        self.bn2 = nn.BatchNorm1d(16)

    def forward(self, x: Tensor) -> Tensor:
        batchsize = x.size()[0]
        x = F.relu(self.bn1(self.conv1(x)))
        x = F.relu(self.bn2(self.conv2(x)))
        x = torch.max(x, 2, keepdim=True)[0]
        x = self.fc(x.view(-1, 16))
        iden = torch.eye(self.k).view(1, self.k * self.k).repeat(batchsize, 1)
        return (x + iden).view(-1, self.k, self.k)


@network("pointnet", (image(2, 3, 20),), (image(1, 3, 33),))
class PointNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.stn = TNet(3)
        self.fstn = TNet(8)
        self.conv1 = nn.Conv1d(3, 8, 1)
        self.bn1 = nn.BatchNorm1d(8)
        self.conv2 = nn.Conv1d(8, 16, 1)
        self.seg = nn.Conv1d(24, 4, 1)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        n_pts = x.size()[2]
        trans = self.stn(x)
        x = torch.bmm(x.transpose(2, 1), trans).transpose(2, 1)
        x = F.relu(self.bn1(self.conv1(x)))
        trans_feat = self.fstn(x)
        pointfeat = torch.bmm(x.transpose(2, 1), trans_feat).transpose(2, 1)
        x = self.conv2(pointfeat)
        x = torch.max(x, 2, keepdim=True)[0].view(-1, 16, 1).repeat(1, 1, n_pts)
        x = self.seg(torch.cat([x, pointfeat], 1)).transpose(2, 1).contiguous()
        return F.log_softmax(x.view(-1, 4), dim=-1).view(-1, n_pts, 4), trans


@network("hourglass-keypoints", (image(1, 3, 32, 32),), (image(2, 3, 40, 24),))
class HourglassKeypoints(nn.Module):
    """Heat maps to coordinates: soft argmax, and the hard one with a shift towards the higher neighbour."""

    def __init__(self, joints: int = 4):
        super().__init__()
        self.joints = joints
        self.stem = conv_bn(3, 8, 3, 2, act=nn.LeakyReLU)
        self.down = nn.Sequential(nn.MaxPool2d(2), conv_bn(8, 8, act=nn.LeakyReLU))
        self.skip = nn.Conv2d(8, 8, 1)
        self.head = nn.Conv2d(8, joints, 1)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        x = self.stem(x)
        low = self.down(x)
        x = self.skip(x) + F.interpolate(low, scale_factor=2.0, mode="nearest")
        heat = self.head(x)
        B, J, H, W = heat.shape
        probability = F.softmax(heat.reshape(B, J, H * W) * 2.0, dim=2).reshape(B, J, H, W)
        xs = torch.linspace(0.0, 1.0, W)
        ys = torch.linspace(0.0, 1.0, H)
        ex = (probability.sum(dim=2) * xs).sum(dim=2)
        ey = (probability.sum(dim=3) * ys).sum(dim=2)
        best, index = heat.reshape(B, J, -1).max(dim=-1)
        hard = torch.stack((index % W, index // W), dim=-1)
        return torch.stack((ex, ey), dim=-1), hard, best
