"""Everything else that gets handed over: recommenders, graphs, experts, loops that depend on data, filters."""
import torch
import torch.nn as nn
import torch.nn.functional as F
from registry import ids, image, network, unit
from torch import Tensor


@network("siamese", (image(2, 1, 16, 16), image(2, 1, 16, 16)), (image(1, 1, 20, 12), image(1, 1, 20, 12)))
class Siamese(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.AdaptiveAvgPool2d((3, 3)), nn.Flatten(), nn.Linear(36, 8))
        self.cosine = nn.CosineSimilarity(dim=1, eps=1e-6)

    def forward(self, a: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
        ea, eb = self.body(a), self.body(b)
        return self.cosine(ea, eb), F.pairwise_distance(ea, eb)


@network("matrix-factorization", (ids(10, 4), ids(12, 4)), (ids(10, 1), ids(12, 1)))
class MatrixFactorization(nn.Module):
    def __init__(self):
        super().__init__()
        self.user_factors = nn.Embedding(10, 6)
        self.item_factors = nn.Embedding(12, 6)
        self.user_biases = nn.Embedding(10, 1)
        self.item_biases = nn.Embedding(12, 1)

    def forward(self, user: Tensor, item: Tensor) -> Tensor:
        score = (self.user_factors(user) * self.item_factors(item)).sum(1, keepdim=True)
        return (score + self.user_biases(user) + self.item_biases(item)).squeeze(1)


@network("factorization-machine", (ids(8, 5, 3), image(5, 4)), (ids(8, 2, 3), image(2, 4)))
class FactorizationMachine(nn.Module):
    """Fields with offsets into one table, a deep part beside the pairwise one."""

    def __init__(self):
        super().__init__()
        self.register_buffer("offsets", torch.tensor([0, 8, 16]))
        self.embedding = nn.Embedding(24, 6)
        self.linear = nn.Embedding(24, 1)
        self.mlp = nn.Sequential(nn.Linear(22, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Dropout(0.2), nn.Linear(16, 1))

    def forward(self, fields: Tensor, dense: Tensor) -> Tensor:
        x = fields + self.offsets.unsqueeze(0)
        embedded = self.embedding(x)
        square_of_sum = embedded.sum(dim=1) ** 2
        sum_of_square = (embedded**2).sum(dim=1)
        fm = 0.5 * (square_of_sum - sum_of_square).sum(dim=1, keepdim=True)
        deep = self.mlp(torch.cat((embedded.flatten(1), dense), dim=1))
        return torch.sigmoid((self.linear(x).sum(dim=1) + fm + deep).squeeze(1))


@network("mixture-of-experts", (image(5, 8),), (image(9, 8),), captures=("scripted",))
class MixtureOfExperts(nn.Module):
    """Each row goes through its best two experts only; an expert without rows is not run."""

    def __init__(self, experts: int = 4, k: int = 2):
        super().__init__()
        self.k = k
        self.gate = nn.Linear(8, experts)
        self.experts = nn.ModuleList([nn.Sequential(nn.Linear(8, 12), nn.ReLU(), nn.Linear(12, 8)) for _ in range(experts)])

    def forward(self, x: Tensor) -> Tensor:
        weights, chosen = torch.topk(self.gate(x), self.k, dim=-1)
        weights = F.softmax(weights, dim=-1)
        out = torch.zeros_like(x)
        for i, expert in enumerate(self.experts):
            row, slot = torch.where(chosen == i)
            if row.numel() > 0:
                out.index_add_(0, row, expert(x[row]) * weights[row, slot].unsqueeze(1))
        return out


@network("dense-experts", (image(3, 6),), (image(2, 6),))
class DenseExperts(nn.Module):
    """All experts as one batched product, the others' gates at zero."""

    def __init__(self, experts: int = 3):
        super().__init__()
        self.experts = experts
        self.w1 = nn.Parameter(torch.randn(experts, 6, 8) * 0.4)
        self.w2 = nn.Parameter(torch.randn(experts, 8, 4) * 0.4)
        self.gate = nn.Linear(6, experts, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        scores = F.softmax(self.gate(x), dim=-1)
        top = F.one_hot(scores.argmax(-1), self.experts).to(x.dtype)
        h = F.silu(torch.einsum("bd,edh->ebh", x, self.w1))
        y = torch.bmm(h, self.w2)
        return torch.einsum("ebo,be->bo", y, scores * top)


@network("graph-convolution", (image(5, 6), torch.tensor([[0, 1, 2, 3, 4, 0], [1, 2, 0, 4, 3, 3]])), (image(3, 6), torch.tensor([[0, 1, 2], [1, 0, 1]])))
class GraphConvolution(nn.Module):
    """Messages along edges, self loops, symmetric normalisation by degree."""

    def __init__(self):
        super().__init__()
        self.lin1 = nn.Linear(6, 8, bias=False)
        self.lin2 = nn.Linear(8, 3, bias=False)
        self.bias = nn.Parameter(torch.randn(8))

    def propagate(self, x: Tensor, edge_index: Tensor) -> Tensor:
        n = x.size(0)
        loops = torch.arange(n, device=x.device)
        row = torch.cat([edge_index[0], loops])
        col = torch.cat([edge_index[1], loops])
        degree = torch.zeros(n, dtype=x.dtype, device=x.device).scatter_add_(0, col, torch.ones(row.size(0), dtype=x.dtype))
        norm = degree.pow(-0.5)
        norm = norm[row] * norm[col]
        messages = norm.view(-1, 1) * x[row]
        return torch.zeros_like(x).index_add_(0, col, messages)

    def forward(self, x: Tensor, edge_index: Tensor) -> tuple[Tensor, Tensor]:
        h = F.relu(self.propagate(self.lin1(x), edge_index) + self.bias)
        out = self.propagate(self.lin2(h), edge_index)
        return out, h.mean(dim=0)


@network("graph-attention", (image(4, 5), unit(4, 4)), (image(6, 5), unit(6, 6)))
class GraphAttention(nn.Module):
    def __init__(self):
        super().__init__()
        self.W = nn.Parameter(torch.randn(5, 8) * 0.5)
        self.a = nn.Parameter(torch.randn(16, 1) * 0.5)
        self.leakyrelu = nn.LeakyReLU(0.2)

    def forward(self, h: Tensor, adj: Tensor) -> Tensor:
        adj = (adj > 0.4).float() + torch.eye(adj.size(0))
        Wh = torch.mm(h, self.W)
        e = self.leakyrelu(torch.matmul(Wh, self.a[:8, :]) + torch.matmul(Wh, self.a[8:, :]).T)
        attention = torch.where(adj > 0, e, -9e15 * torch.ones_like(e))
        return F.elu(torch.matmul(F.softmax(attention, dim=1), Wh))


@network("message-passing", (image(4, 6), torch.tensor([[0, 1, 2, 3], [1, 2, 3, 0]]), image(4, 3)), (image(3, 6), torch.tensor([[0, 1], [2, 2]]), image(2, 3)))
class MessagePassing(nn.Module):
    """Maximum over a node's edges, a GRU cell as the update, three rounds."""

    def __init__(self):
        super().__init__()
        self.message = nn.Linear(15, 8)
        self.update = nn.GRUCell(8, 6)

    def forward(self, x: Tensor, edges: Tensor, features: Tensor) -> Tensor:
        source, target = edges[0], edges[1]
        for _ in range(3):
            m = F.relu(self.message(torch.cat((x[source], x[target], features), dim=1)))
            pooled = torch.zeros(x.size(0), 8).scatter_reduce(0, target.unsqueeze(1).expand(-1, 8), m, reduce="amax", include_self=True)
            x = self.update(pooled, x)
        return x


@network("early-exit", (image(1, 1, 12, 12),), (image(1, 1, 16, 12),), (image(2, 1, 12, 12),), captures=("scripted",))
class EarlyExit(nn.Module):
    """Stops at the first head that is sure enough of every picture; tells which."""

    def __init__(self):
        super().__init__()
        self.block1 = nn.Sequential(nn.Conv2d(1, 4, 3, padding=1), nn.ReLU())
        self.exit1 = nn.Linear(4, 3)
        self.block2 = nn.Sequential(nn.Conv2d(4, 6, 3, stride=2), nn.ReLU())
        self.exit2 = nn.Linear(6, 3)
        self.block3 = nn.Sequential(nn.Conv2d(6, 8, 3), nn.ReLU())
        self.exit3 = nn.Linear(8, 3)

    def confident(self, logits: Tensor, threshold: float) -> bool:
        return bool((F.softmax(logits, dim=-1).amax(dim=-1) > threshold).all())

    def forward(self, x: Tensor, threshold: float = 0.42) -> tuple[Tensor, int]:
        x = self.block1(x)
        logits = self.exit1(x.mean([2, 3]))
        if self.confident(logits, threshold):
            return logits, 1
        x = self.block2(x)
        logits = self.exit2(x.mean([2, 3]))
        if self.confident(logits, threshold):
            return logits, 2
        return self.exit3(self.block3(x).mean([2, 3])), 3


@network("adaptive-computation", (image(3, 6),), (image(1, 6),), captures=("scripted",))
class AdaptiveComputation(nn.Module):
    """Graves: rows halt on their own; a while loop until all have."""

    def __init__(self, limit: int = 8):
        super().__init__()
        self.limit = limit
        self.cell = nn.GRUCell(6, 8)
        self.halting = nn.Linear(8, 1)
        self.out = nn.Linear(8, 3)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        batch = x.size(0)
        state = torch.zeros(batch, 8)
        total = torch.zeros(batch)
        remainders = torch.zeros(batch)
        updates = torch.zeros(batch)
        mean = torch.zeros(batch, 8)
        n = 0
        while n < self.limit and bool((total < 0.99).any()):
            state = self.cell(x, state)
            p = torch.sigmoid(self.halting(state)).squeeze(-1) * 0.6
            running = (total < 0.99).float()
            new_halted = (total + p * running > 0.99).float() * running
            running = (total + p * running <= 0.99).float() * running
            total = total + p * running
            remainders = remainders + new_halted * (1 - total)
            total = total + new_halted * remainders
            updates = updates + running + new_halted
            weight = (p * running + new_halted * remainders).unsqueeze(-1)
            mean = state * weight + mean * (1 - weight)
            n += 1
        return self.out(mean), remainders, updates


@network("kalman", (image(6, 2),), (image(9, 2),), captures=("scripted",))
class Kalman(nn.Module):
    """Predict and update in a loop, a 2×2 inverse in closed form, estimates written into a buffer."""

    def __init__(self):
        super().__init__()
        self.register_buffer("F", torch.tensor([[1.0, 0.0, 0.1, 0.0], [0.0, 1.0, 0.0, 0.1], [0.0, 0.0, 1.0, 0.0], [0.0, 0.0, 0.0, 1.0]]))
        self.register_buffer("H", torch.eye(2, 4))
        self.register_buffer("Q", torch.eye(4) * 0.05)
        self.register_buffer("R", torch.eye(2) * 0.3)

    def inverse(self, m: Tensor) -> Tensor:
        determinant = m[0, 0] * m[1, 1] - m[0, 1] * m[1, 0]
        adjugate = torch.stack((torch.stack((m[1, 1], -m[0, 1])), torch.stack((-m[1, 0], m[0, 0]))))
        return adjugate / determinant

    def forward(self, measurements: Tensor) -> tuple[Tensor, Tensor]:
        x = torch.zeros(4)
        P = torch.eye(4)
        track = torch.zeros(measurements.size(0), 4)
        for t in range(measurements.size(0)):
            x = self.F @ x
            P = self.F @ P @ self.F.t() + self.Q
            y = measurements[t] - self.H @ x
            K = P @ self.H.t() @ self.inverse(self.H @ P @ self.H.t() + self.R)
            x = x + K @ y
            P = (torch.eye(4) - K @ self.H) @ P
            track[t] = x
        return track, P


@network("fixed-point", (image(3, 5),), (image(2, 5),), captures=("scripted",))
class FixedPoint(nn.Module):
    """An equilibrium layer: iterates until nothing moves any more."""

    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(6, 6)
        self.inject = nn.Linear(5, 6)
        self.linear.weight.data.mul_(0.5)

    def forward(self, x: Tensor) -> tuple[Tensor, int]:
        z = torch.zeros(x.size(0), 6)
        u = self.inject(x)
        steps = 0
        error = 1.0
        while error > 1e-5 and steps < 50:
            following = torch.tanh(self.linear(z) + u)
            error = float((following - z).abs().max())
            z = following
            steps += 1
        return z, steps


@network("neural-ode", (image(2, 3), 4), (image(1, 3), 9), captures=("scripted",))
class NeuralOde(nn.Module):
    """Runge-Kutta of the fourth order over as many steps as asked for."""

    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(4, 12), nn.Tanh(), nn.Linear(12, 3))

    def f(self, t: float, y: Tensor) -> Tensor:
        return self.net(torch.cat((y, torch.full((y.size(0), 1), t)), dim=1))

    def forward(self, y: Tensor, steps: int) -> Tensor:
        h = 1.0 / steps
        path = [y]
        for i in range(steps):
            t = i * h
            k1 = self.f(t, y)
            k2 = self.f(t + h / 2, y + h / 2 * k1)
            k3 = self.f(t + h / 2, y + h / 2 * k2)
            k4 = self.f(t + h, y + h * k3)
            y = y + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
            path.append(y)
        return torch.stack(path)


@network("dueling-dqn", (image(2, 4, 20, 20),), (image(1, 4, 24, 20),))
class DuelingDqn(nn.Module):
    def __init__(self, actions: int = 5):
        super().__init__()
        self.features = nn.Sequential(nn.Conv2d(4, 6, 5, 2), nn.ReLU(), nn.Conv2d(6, 8, 3, 2), nn.ReLU(), nn.AdaptiveMaxPool2d(2))
        self.value = nn.Sequential(nn.Linear(32, 12), nn.ReLU(), nn.Linear(12, 1))
        self.advantage = nn.Sequential(nn.Linear(32, 12), nn.ReLU(), nn.Linear(12, actions))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        x = self.features(x).view(x.size(0), -1)
        advantage = self.advantage(x)
        q = self.value(x) + advantage - advantage.mean(1, keepdim=True)
        return q, q.max(1)[1]


@network("normalizing-flow", (image(3, 6),), (image(2, 6),))
class NormalizingFlow(nn.Module):
    """Affine couplings with masks, both log determinant and density."""

    def __init__(self):
        super().__init__()
        self.register_buffer("mask", torch.tensor([1.0, 0.0, 1.0, 0.0, 1.0, 0.0]))
        self.s = nn.ModuleList([nn.Sequential(nn.Linear(6, 8), nn.Tanh(), nn.Linear(8, 6), nn.Tanh()) for _ in range(2)])
        self.t = nn.ModuleList([nn.Sequential(nn.Linear(6, 8), nn.Softsign(), nn.Linear(8, 6)) for _ in range(2)])

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        log_det = x.new_zeros(x.shape[0])
        mask = self.mask
        for s, t in zip(self.s, self.t):
            kept = x * mask
            scale = s(kept) * (1 - mask)
            x = kept + (1 - mask) * (x * scale.exp() + t(kept))
            log_det = log_det + scale.sum(dim=1)
            mask = 1 - mask
        log_prob = -0.5 * (x.pow(2) + 1.8378770664093453).sum(-1)
        return x, log_prob + log_det


@network("quantizer", (image(2, 4, 5),), (image(1, 4, 9),))
class VectorQuantizer(nn.Module):
    """The nearest of a code book, by distances and argmin."""

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(7, 4)

    def forward(self, z: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        z = z.permute(0, 2, 1).contiguous()
        flat = z.view(-1, 4)
        distances = flat.pow(2).sum(1, keepdim=True) + self.embedding.weight.pow(2).sum(1) - 2 * torch.matmul(flat, self.embedding.weight.t())
        indices = torch.argmin(distances, dim=1)
        quantized = self.embedding(indices).view(z.shape)
        near = torch.cdist(flat, self.embedding.weight).min(dim=1)[0]
        return quantized.permute(0, 2, 1), indices.view(z.shape[:-1]), near


@network("set-transformer", (image(2, 5, 8),), (image(1, 9, 8),))
class SetTransformer(nn.Module):
    """Attention pooled on learned seeds; sorted statistics of the set beside it."""

    def __init__(self):
        super().__init__()
        self.seeds = nn.Parameter(torch.randn(1, 2, 8))
        self.attention = nn.MultiheadAttention(8, 2, batch_first=True)
        self.norm = nn.LayerNorm(8)
        self.out = nn.Linear(8, 4)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        pooled, _ = self.attention(self.seeds.repeat(x.size(0), 1, 1), x, x, need_weights=False)
        ordered, _ = torch.sort(x, dim=1, descending=True)
        median = x.median(dim=1)[0]
        summary = torch.cat((ordered[:, 0], median, x.std(dim=1), x.var(dim=1, unbiased=False)), dim=-1)
        return self.out(self.norm(pooled)), summary
