"""Loops that tensors steer, scripted: decoders that stop when the model says so, transducers, beams, caches carried as lists, texts as results."""
from typing import Dict, List, Optional, Tuple

import torch
import torch.nn as nn
import torch.nn.functional as F
from registry import architecture, ids, image


class Block(nn.Module):
    """A decoder layer (Radford et al., 2019) that takes the keys and values of what came before and gives all of them."""

    def __init__(self, width: int, heads: int):
        super().__init__()
        self.heads = heads
        self.first, self.second = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.feed = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))

    def forward(self, x: torch.Tensor, past: Optional[Tuple[torch.Tensor, torch.Tensor]]) -> Tuple[torch.Tensor, Tuple[torch.Tensor, torch.Tensor]]:
        batch, steps, width = x.shape
        q, k, v = self.qkv(self.first(x)).view(batch, steps, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4).unbind(0)
        before = 0
        if past is not None:
            before = past[0].size(2)
            k, v = torch.cat([past[0], k], 2), torch.cat([past[1], v], 2)
        mask = torch.ones(steps, before + steps, dtype=torch.bool).tril(before)
        y = F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
        x = x + self.out(y.transpose(1, 2).reshape(batch, steps, width))
        return x + self.feed(self.second(x)), (k, v)


class Gpt(nn.Module):
    def __init__(self, words: int = 40, width: int = 32, layers: int = 2, heads: int = 4, longest: int = 64):
        super().__init__()
        self.words, self.places = nn.Embedding(words, width), nn.Embedding(longest, width)
        self.blocks = nn.ModuleList(Block(width, heads) for _ in range(layers))
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, words, bias=False)

    def forward(self, tokens: torch.Tensor, cache: List[Tuple[torch.Tensor, torch.Tensor]]) -> Tuple[torch.Tensor, List[Tuple[torch.Tensor, torch.Tensor]]]:
        before = cache[0][0].size(2) if len(cache) > 0 else 0
        x = self.words(tokens) + self.places(torch.arange(before, before + tokens.size(1)))
        kept: List[Tuple[torch.Tensor, torch.Tensor]] = []
        for index, block in enumerate(self.blocks):
            past: Optional[Tuple[torch.Tensor, torch.Tensor]] = None
            if len(cache) > 0:
                past = cache[index]
            x, present = block(x, past)
            kept.append(present)
        return self.head(self.norm(x)), kept


class Greedy(nn.Module):
    """Generation with a cache, until the end token or the limit."""

    def __init__(self, end: int = 3):
        super().__init__()
        self.net = Gpt()
        self.end = end

    def forward(self, tokens: torch.Tensor, limit: int) -> torch.Tensor:
        cache: List[Tuple[torch.Tensor, torch.Tensor]] = []
        done = torch.zeros(tokens.size(0), dtype=torch.bool)
        step = tokens
        for _ in range(limit):
            logits, cache = self.net(step, cache)
            step = logits[:, -1].argmax(-1, keepdim=True)
            step = step.masked_fill(done[:, None], self.end)
            tokens = torch.cat([tokens, step], 1)
            done = done | (step[:, 0] == self.end)
            if bool(done.all()):
                break
        return tokens


class Beam(nn.Module):
    """Beam search over one text with reordered caches; the best text and the scores of all."""

    def __init__(self, beams: int = 3, end: int = 3):
        super().__init__()
        self.net = Gpt()
        self.beams, self.end = beams, end

    def forward(self, tokens: torch.Tensor, limit: int) -> Tuple[torch.Tensor, torch.Tensor]:
        cache: List[Tuple[torch.Tensor, torch.Tensor]] = []
        texts = tokens.expand(self.beams, -1)
        scores = torch.full((self.beams,), -1e9)
        scores[0] = 0.0
        step = texts
        for _ in range(limit):
            logits, cache = self.net(step, cache)
            chances = F.log_softmax(logits[:, -1], -1) + scores[:, None]
            scores, best = chances.flatten().topk(self.beams)
            row, word = best // chances.size(1), best % chances.size(1)
            texts = torch.cat([texts[row], word[:, None]], 1)
            cache = [(keys[row], values[row]) for keys, values in cache]
            step = word[:, None]
            if int(word[0]) == self.end:
                break
        return texts[0], scores


class Stateful(nn.Module):
    """One token a call; keys and values are attributes of the module."""

    cache: List[Tuple[torch.Tensor, torch.Tensor]]

    def __init__(self):
        super().__init__()
        self.net = Gpt()
        self.cache = torch.jit.annotate(List[Tuple[torch.Tensor, torch.Tensor]], [])

    def forward(self, token: torch.Tensor, fresh: bool) -> torch.Tensor:
        if fresh:
            self.cache.clear()
        logits, self.cache = self.net(token, self.cache)
        return logits[:, -1]


class Transducer(nn.Module):
    """RNN-T (Graves, 2012), decoded greedily: labels advance the predictor, blanks advance time."""

    def __init__(self, labels: int = 12, width: int = 24):
        super().__init__()
        self.blank = labels
        self.encoder = nn.LSTM(8, width, batch_first=True)
        self.embedding = nn.Embedding(labels + 1, width)
        self.predictor = nn.LSTMCell(width, width)
        self.joint = nn.Sequential(nn.Linear(2 * width, width), nn.Tanh(), nn.Linear(width, labels + 1))

    def forward(self, frames: torch.Tensor) -> Tuple[List[int], List[int]]:
        encoded, _ = self.encoder(frames)
        state: Optional[Tuple[torch.Tensor, torch.Tensor]] = None
        hidden, cell = self.predictor(self.embedding(torch.tensor([self.blank])), state)
        labels: List[int] = []
        times: List[int] = []
        for time in range(encoded.size(1)):
            emitted = 0
            while emitted < 3:
                label = int(self.joint(torch.cat([encoded[:, time], hidden], 1)).argmax(-1).item())
                if label == self.blank:
                    break
                labels.append(label)
                times.append(time)
                hidden, cell = self.predictor(self.embedding(torch.tensor([label])), (hidden, cell))
                emitted += 1
        return labels, times


class CtcText(nn.Module):
    """CTC decoded greedily into texts, with the count of each letter."""

    def __init__(self):
        super().__init__()
        self.letters = ["-", " ", "a", "e", "i", "n", "o", "r", "s", "t"]
        self.net = nn.Sequential(nn.Conv1d(6, 24, 3, padding=1), nn.ReLU(), nn.Conv1d(24, len(self.letters), 3, padding=1))

    def forward(self, frames: torch.Tensor) -> Tuple[List[str], Dict[str, int]]:
        best = self.net(frames).argmax(1)
        texts: List[str] = []
        counts: Dict[str, int] = {}
        for row in best:
            text = ""
            last = 0
            path: List[int] = row.tolist()
            for index in path:
                if index != last and index != 0:
                    letter = self.letters[index]
                    text += letter
                    counts[letter] = counts.get(letter, 0) + 1
                last = index
            texts.append(text)
        return texts, counts


class CtcBeam(nn.Module):
    """CTC by prefix beam search (Hannun et al., 2014): prefixes are keys of dicts."""

    def __init__(self, beams: int = 4):
        super().__init__()
        self.letters = ["-", "a", "b", "c", "d"]
        self.beams = beams
        self.net = nn.Conv1d(6, len(self.letters), 3, padding=1)

    def forward(self, frames: torch.Tensor) -> Tuple[str, float]:
        chances = self.net(frames)[0].softmax(0).t()
        blank: Dict[str, float] = {"": 1.0}
        other: Dict[str, float] = {"": 0.0}
        for step in range(chances.size(0)):
            p = [float(chances[step, index]) for index in range(len(self.letters))]
            next_blank: Dict[str, float] = {}
            next_other: Dict[str, float] = {}
            for prefix in blank.keys():
                both = blank[prefix] + other[prefix]
                next_blank[prefix] = next_blank.get(prefix, 0.0) + both * p[0]
                next_other[prefix] = next_other.get(prefix, 0.0)
                for index in range(1, len(self.letters)):
                    letter = self.letters[index]
                    longer = prefix + letter
                    if longer not in next_blank:
                        next_blank[longer] = 0.0
                        next_other[longer] = next_other.get(longer, 0.0)
                    if len(prefix) > 0 and prefix[-1] == letter:
                        next_other[prefix] += other[prefix] * p[index]
                        next_other[longer] += blank[prefix] * p[index]
                    else:
                        next_other[longer] += both * p[index]
            order = sorted([(-(next_blank[key] + next_other[key]), key) for key in next_blank.keys()])
            kept = [key for _, key in order[: self.beams]]
            blank = {key: next_blank[key] for key in kept}
            other = {key: next_other[key] for key in kept}
        best, chance = "", -1.0
        for key in blank.keys():
            if blank[key] + other[key] > chance:
                best, chance = key, blank[key] + other[key]
        return best, chance


class Tacotron(nn.Module):
    """Tacotron 2 (Shen et al., 2018), narrow: location-sensitive attention, frames until the gate says stop."""

    def __init__(self, letters: int = 30, width: int = 24, mels: int = 8, limit: int = 12):
        super().__init__()
        self.mels, self.width, self.limit = mels, width, limit
        self.embedding = nn.Embedding(letters, width)
        self.convs = nn.Sequential(nn.Conv1d(width, width, 5, padding=2), nn.BatchNorm1d(width), nn.ReLU())
        self.encoder = nn.LSTM(width, width // 2, batch_first=True, bidirectional=True)
        self.prenet = nn.Sequential(nn.Linear(mels, width), nn.ReLU())
        self.attention_rnn = nn.LSTMCell(2 * width, width)
        self.query, self.memory = nn.Linear(width, 16, bias=False), nn.Linear(width, 16, bias=False)
        self.location = nn.Conv1d(2, 16, 5, padding=2, bias=False)
        self.score = nn.Linear(16, 1, bias=False)
        self.decoder_rnn = nn.LSTMCell(2 * width, width)
        self.frame, self.gate = nn.Linear(2 * width, mels), nn.Linear(2 * width, 1)
        self.postnet = nn.Sequential(nn.Conv1d(mels, 16, 5, padding=2), nn.BatchNorm1d(16), nn.Tanh(), nn.Conv1d(16, mels, 5, padding=2))

    def forward(self, text: torch.Tensor) -> Tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        batch, letters = text.shape
        states, _ = self.encoder(self.convs(self.embedding(text).transpose(1, 2)).transpose(1, 2))
        memory = self.memory(states)
        frame = torch.zeros(batch, self.mels)
        attention_hidden, attention_cell = torch.zeros(batch, self.width), torch.zeros(batch, self.width)
        hidden, cell = torch.zeros(batch, self.width), torch.zeros(batch, self.width)
        weights, total, context = torch.zeros(batch, letters), torch.zeros(batch, letters), torch.zeros(batch, self.width)
        frames: List[torch.Tensor] = []
        alignments: List[torch.Tensor] = []
        lengths = torch.full((batch,), self.limit)
        running = torch.ones(batch, dtype=torch.bool)
        while len(frames) < self.limit:
            attention_hidden, attention_cell = self.attention_rnn(torch.cat([self.prenet(frame), context], 1), (attention_hidden, attention_cell))
            where = self.location(torch.stack([weights, total], 1)).transpose(1, 2)
            weights = F.softmax(self.score(torch.tanh(self.query(attention_hidden)[:, None] + memory + where)).squeeze(2), 1)
            total = total + weights
            context = torch.bmm(weights[:, None], states).squeeze(1)
            hidden, cell = self.decoder_rnn(torch.cat([attention_hidden, context], 1), (hidden, cell))
            seen = torch.cat([hidden, context], 1)
            frame = self.frame(seen)
            frames.append(frame)
            alignments.append(weights)
            stop = torch.sigmoid(self.gate(seen)).squeeze(1) > 0.52
            lengths = torch.where(running & stop, torch.full_like(lengths, len(frames)), lengths)
            running = running & ~stop
            if not bool(running.any()):
                break
        mel = torch.stack(frames, 2)
        return mel + self.postnet(mel), torch.stack(alignments, 1), lengths


class VoiceActivity(nn.Module):
    """In the manner of Silero's: chunks of 512 samples, a spectrum, an LSTM whose state is kept in the module between calls."""

    state: torch.Tensor

    def __init__(self):
        super().__init__()
        self.stft = nn.Conv1d(1, 130, 128, stride=64, bias=False)
        self.encoder = nn.Sequential(nn.Conv1d(65, 32, 3, padding=1), nn.ReLU(), nn.Conv1d(32, 16, 3, stride=2, padding=1), nn.ReLU())
        self.rnn = nn.LSTM(16, 16, batch_first=True)
        self.head = nn.Linear(16, 1)
        self.state = torch.zeros(0)

    def forward(self, chunk: torch.Tensor, rate: int) -> torch.Tensor:
        if rate != 16000:
            if rate % 16000 != 0:
                raise ValueError("the rate must be a multiple of 16000")
            chunk = chunk[:, :: rate // 16000]
        if self.state.numel() == 0 or self.state.size(2) != chunk.size(0):
            self.state = torch.zeros(2, 1, chunk.size(0), 16)
        real, imaginary = self.stft(F.pad(chunk[:, None], [0, 64], "reflect")).chunk(2, 1)
        x = self.encoder((real**2 + imaginary**2).sqrt()).transpose(1, 2)
        y, (hidden, cell) = self.rnn(x, (self.state[0], self.state[1]))
        self.state = torch.stack([hidden, cell])
        return torch.sigmoid(self.head(F.relu(y))).mean(1)


class Sampler(nn.Module):
    """A trace within a script, as users of traced language models write it: the loop is kept, the step is a straight line."""

    def __init__(self):
        super().__init__()
        self.step = torch.jit.trace(Logits(Gpt()).eval(), torch.randint(0, 40, (2, 5)))

    def forward(self, tokens: torch.Tensor, limit: int) -> torch.Tensor:
        for _ in range(limit):
            following = self.step(tokens).argmax(-1)
            tokens = torch.cat([tokens, following[:, None]], 1)
            if bool((following == 3).any()):
                return tokens
        return tokens


class Logits(nn.Module):
    def __init__(self, net: Gpt):
        super().__init__()
        self.net = net

    def forward(self, tokens):
        cache: List[Tuple[torch.Tensor, torch.Tensor]] = []
        return self.net(tokens, cache)[0][:, -1]


def scripted(name, make, *sizes):
    architecture(f"decoding-{name}", make, *sizes, captures=("scripted",))


scripted("greedy", Greedy, (ids(40, 1, 5), 6), (ids(40, 3, 4), 9))
scripted("beam", Beam, (ids(40, 1, 5), 5), (ids(40, 1, 3), 8))
scripted("stateful", Stateful, (ids(40, 1, 5), True), (ids(40, 1, 1), False))
scripted("transducer", Transducer, (image(1, 9, 8),), (image(1, 15, 8),))
scripted("ctc-text", CtcText, (image(2, 6, 20),), (image(3, 6, 31),))
scripted("ctc-beam", CtcBeam, (image(1, 6, 8),), (image(1, 6, 12),))
scripted("tacotron", Tacotron, (ids(30, 2, 7),), (ids(30, 3, 11),))
scripted("voice-activity", VoiceActivity, (image(1, 512), 16000), (image(2, 1024), 32000))
scripted("trace-in-loop", Sampler, (ids(40, 2, 5), 3), (ids(40, 2, 4), 6))
