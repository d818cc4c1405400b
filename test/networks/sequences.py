"""Recurrent networks and decoding loops: taggers, sequence to sequence, beams, conditional random fields."""
import torch
import torch.nn as nn
import torch.nn.functional as F
from registry import ids, image, lengths, network, unit
from torch import Tensor


@network("lstm-tagger", (ids(20, 3, 7), lengths(7, 5, 2)), (ids(20, 2, 9), lengths(9, 4)))
class LstmTagger(nn.Module):
    """Two layers, both directions, packed by length."""

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(20, 8)
        self.lstm = nn.LSTM(8, 6, num_layers=2, bidirectional=True, batch_first=True, dropout=0.2)
        self.tag = nn.Linear(12, 5)

    def forward(self, words: Tensor, lengths: Tensor) -> Tensor:
        packed = nn.utils.rnn.pack_padded_sequence(self.embedding(words), lengths, batch_first=True)
        out, _state = self.lstm(packed)
        padded, _lengths = nn.utils.rnn.pad_packed_sequence(out, batch_first=True)
        return F.log_softmax(self.tag(padded), dim=-1)


@network("gru-classifier", (ids(20, 3, 7), torch.tensor([4, 7, 2])), (ids(20, 2, 9), torch.tensor([9, 3])))
class GruClassifier(nn.Module):
    """Lengths in any order; the last hidden states of both directions."""

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(20, 8)
        self.gru = nn.GRU(8, 6, bidirectional=True, batch_first=True)
        self.fc = nn.Linear(12, 3)

    def forward(self, words: Tensor, lengths: Tensor) -> Tensor:
        packed = nn.utils.rnn.pack_padded_sequence(self.embedding(words), lengths, batch_first=True, enforce_sorted=False)
        _out, hidden = self.gru(packed)
        return self.fc(torch.cat((hidden[-2], hidden[-1]), dim=1))


@network("stateful-lstm", (image(4, 1, 5), image(2, 1, 6), image(2, 1, 6)), (image(7, 3, 5), image(2, 3, 6), image(2, 3, 6)))
class StatefulLstm(nn.Module):
    """Time first, the state goes in and out; an output size of its own (proj_size is another matter)."""

    def __init__(self):
        super().__init__()
        self.rnn = nn.LSTM(5, 6, num_layers=2)
        self.decoder = nn.Linear(6, 5)

    def forward(self, x: Tensor, h: Tensor, c: Tensor) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        output, hidden = self.rnn(x, (h, c))
        return self.decoder(output), hidden


@network("projected-lstm", (image(2, 6, 5),), (image(1, 9, 5),))
class ProjectedLstm(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.LSTM(5, 8, batch_first=True, proj_size=3, bidirectional=True)
        self.simple = nn.RNN(6, 4, nonlinearity="relu", batch_first=True)

    def forward(self, x: Tensor) -> Tensor:
        out, _ = self.rnn(x)
        out, last = self.simple(out)
        return out + last.transpose(0, 1)


@network("lstm-forecast", (image(2, 8, 3), 4), (image(1, 5, 3), 2), captures=("scripted",))
class LstmForecast(nn.Module):
    """Cells in a loop over time, then fed with their own output."""

    def __init__(self):
        super().__init__()
        self.lstm1 = nn.LSTMCell(3, 8)
        self.lstm2 = nn.LSTMCell(8, 8)
        self.linear = nn.Linear(8, 3)

    def forward(self, x: Tensor, future: int = 0) -> Tensor:
        outputs: list[Tensor] = []
        batch = x.size(0)
        h1 = torch.zeros(batch, 8, dtype=x.dtype)
        c1 = torch.zeros(batch, 8, dtype=x.dtype)
        h2 = torch.zeros(batch, 8, dtype=x.dtype)
        c2 = torch.zeros(batch, 8, dtype=x.dtype)
        output = torch.zeros(batch, 3)
        for step in x.split(1, dim=1):
            h1, c1 = self.lstm1(step.squeeze(1), (h1, c1))
            h2, c2 = self.lstm2(h1, (h2, c2))
            output = self.linear(h2)
            outputs.append(output)
        for _ in range(future):
            h1, c1 = self.lstm1(output, (h1, c1))
            h2, c2 = self.lstm2(h1, (h2, c2))
            output = self.linear(h2)
            outputs.append(output)
        return torch.stack(outputs, dim=1)


class AttentionDecoder(nn.Module):
    def __init__(self, words: int, size: int):
        super().__init__()
        self.embedding = nn.Embedding(words, size)
        self.Wa = nn.Linear(size, size)
        self.Ua = nn.Linear(size, size)
        self.Va = nn.Linear(size, 1)
        self.gru = nn.GRU(2 * size, size, batch_first=True)
        self.out = nn.Linear(size, words)

    def forward(self, token: Tensor, hidden: Tensor, keys: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        embedded = self.embedding(token)
        query = hidden.permute(1, 0, 2)
        scores = self.Va(torch.tanh(self.Wa(query) + self.Ua(keys))).squeeze(2).unsqueeze(1)
        weights = F.softmax(scores, dim=-1)
        context = torch.bmm(weights, keys)
        output, hidden = self.gru(torch.cat((embedded, context), dim=2), hidden)
        return self.out(output), hidden, weights


@network("seq2seq-attention", (ids(15, 2, 6), 5), (ids(15, 1, 3), 9), captures=("scripted",))
class Seq2Seq(nn.Module):
    """Additive attention, greedy, until every text has ended or the given length is reached."""

    def __init__(self, words: int = 15, size: int = 12):
        super().__init__()
        self.embedding = nn.Embedding(words, size)
        self.gru = nn.GRU(size, size, batch_first=True)
        self.decoder = AttentionDecoder(words, size)

    def forward(self, source: Tensor, max_length: int) -> tuple[Tensor, Tensor, int]:
        keys, hidden = self.gru(self.embedding(source))
        token = torch.zeros(source.size(0), 1, dtype=torch.long)
        done = torch.zeros(source.size(0), dtype=torch.bool)
        tokens: list[Tensor] = []
        attentions: list[Tensor] = []
        steps = 0
        while steps < max_length and not bool(done.all()):
            logits, hidden, weights = self.decoder(token, hidden, keys)
            token = logits.argmax(-1)
            token = torch.where(done.unsqueeze(1), torch.full_like(token, 1), token)
            done = done | (token.squeeze(1) == 1)
            tokens.append(token)
            attentions.append(weights)
            steps += 1
        return torch.cat(tokens, dim=1), torch.cat(attentions, dim=1), steps


@network("char-rnn", (ids(12, 4), 6), (ids(12, 2), 3), captures=("scripted",))
class CharRnn(nn.Module):
    """Primed with some characters, then writes on; a list of ints comes back."""

    def __init__(self, characters: int = 12, size: int = 10):
        super().__init__()
        self.size = size
        self.i2h = nn.Linear(characters + size, size)
        self.i2o = nn.Linear(characters + size, characters)
        self.characters = characters

    def step(self, character: int, hidden: Tensor) -> tuple[Tensor, Tensor]:
        x = torch.zeros(1, self.characters)
        x[0, character] = 1.0
        combined = torch.cat((x, hidden), 1)
        return self.i2o(combined), torch.tanh(self.i2h(combined))

    def forward(self, prime: Tensor, length: int) -> tuple[list[int], Tensor]:
        hidden = torch.zeros(1, self.size)
        output = torch.zeros(1, self.characters)
        for i in range(prime.size(0)):
            output, hidden = self.step(int(prime[i].item()), hidden)
        written: list[int] = []
        for _ in range(length):
            best = int(output.argmax().item())
            written.append(best)
            output, hidden = self.step(best, hidden)
        return written, F.softmax(output, -1)


@network("bilstm-crf", (ids(20, 6),), (ids(20, 9),), captures=("scripted",))
class BiLstmCrf(nn.Module):
    """Viterbi over the tags of one sentence."""

    def __init__(self, tags: int = 5):
        super().__init__()
        self.tags = tags
        self.embed = nn.Embedding(20, 8)
        self.lstm = nn.LSTM(8, 6, bidirectional=True)
        self.hidden2tag = nn.Linear(12, tags)
        self.transitions = nn.Parameter(torch.randn(tags, tags))
        self.start = nn.Parameter(torch.randn(tags))

    def viterbi(self, feats: Tensor) -> tuple[Tensor, list[int]]:
        forward_var = self.start + feats[0]
        backpointers: list[Tensor] = []
        for i in range(1, feats.size(0)):
            best, index = (forward_var.unsqueeze(0) + self.transitions).max(dim=1)
            backpointers.append(index)
            forward_var = best + feats[i]
        score, last = forward_var.max(dim=0)
        best_tag = int(last.item())
        path = [best_tag]
        for i in range(len(backpointers) - 1, -1, -1):
            best_tag = int(backpointers[i][best_tag].item())
            path.append(best_tag)
        path.reverse()
        return score, path

    def forward(self, sentence: Tensor) -> tuple[Tensor, list[int]]:
        embeds = self.embed(sentence).unsqueeze(1)
        out, _ = self.lstm(embeds)
        return self.viterbi(self.hidden2tag(out.squeeze(1)))


@network("crf-partition", (image(5, 2, 4), torch.tensor([5, 3])), (image(7, 3, 4), torch.tensor([7, 4, 1])), captures=("scripted",))
class CrfPartition(nn.Module):
    """logsumexp forward algorithm over a padded batch."""

    def __init__(self):
        super().__init__()
        self.transitions = nn.Parameter(torch.randn(4, 4))

    def forward(self, emissions: Tensor, lengths: Tensor) -> Tensor:
        time = emissions.size(0)
        mask = torch.arange(time).unsqueeze(1) < lengths.unsqueeze(0)
        score = emissions[0]
        for i in range(1, time):
            following = torch.logsumexp(score.unsqueeze(2) + self.transitions + emissions[i].unsqueeze(1), dim=1)
            score = torch.where(mask[i].unsqueeze(1), following, score)
        return torch.logsumexp(score, dim=1)


@network("beam-decoder", (image(1, 8), 3), (image(1, 8), 6), captures=("scripted",))
class BeamDecoder(nn.Module):
    """Beams as lists: of token lists in tensors, of states, of scores."""

    def __init__(self, words: int = 10, size: int = 8, width: int = 3):
        super().__init__()
        self.width = width
        self.embedding = nn.Embedding(words, size)
        self.cell = nn.GRUCell(size, size)
        self.out = nn.Linear(size, words)

    def forward(self, hidden: Tensor, steps: int) -> tuple[Tensor, float]:
        beams: list[Tensor] = [torch.zeros(1, dtype=torch.long)]
        states: list[Tensor] = [hidden]
        scores: list[float] = [0.0]
        for _ in range(steps):
            candidates: list[Tensor] = []
            following: list[Tensor] = []
            totals: list[float] = []
            for b in range(len(beams)):
                state = self.cell(self.embedding(beams[b][-1:]), states[b])
                logp = F.log_softmax(self.out(state), dim=-1)[0]
                values, tokens = logp.topk(self.width)
                for k in range(self.width):
                    candidates.append(torch.cat((beams[b], tokens[k : k + 1])))
                    following.append(state)
                    totals.append(scores[b] + float(values[k].item()))
            order = torch.tensor(totals).argsort(descending=True)
            beams = []
            states = []
            scores = []
            for k in range(min(self.width, len(totals))):
                at = int(order[k].item())
                beams.append(candidates[at])
                states.append(following[at])
                scores.append(totals[at])
        return beams[0], scores[0]


@network("ctc-greedy", (image(1, 12, 6),), (image(1, 20, 6),), captures=("scripted",))
class CtcGreedy(nn.Module):
    """Best class per frame, repeats and blanks taken out."""

    def __init__(self):
        super().__init__()
        self.rnn = nn.GRU(6, 8, batch_first=True, bidirectional=True)
        self.fc = nn.Linear(16, 5)

    def forward(self, x: Tensor) -> tuple[Tensor, list[int]]:
        logits = self.fc(self.rnn(x)[0]) * 4.0
        best = logits.argmax(dim=-1)[0]
        unique = torch.unique_consecutive(best)
        collapsed: list[int] = []
        last = -1
        for i in range(best.size(0)):
            token = int(best[i])
            if token != last and token != 0:
                collapsed.append(token)
            last = token
        return unique[unique != 0], collapsed
