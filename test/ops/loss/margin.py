"""Margin, ranking and count losses, CTC, distances of all pairs: further cases of the family."""

import torch

F64, F16 = torch.float64, torch.float16


def add(c):
    labels = lambda *s, n=4: c.ints(*s, low=0, high=n)
    signs = lambda *s: c.ints(*s, low=0, high=2) * 2 - 1
    for reduction in (0, 1, 2):
        for dtype in (torch.float32, F64):
            c.case('aten::cosine_embedding_loss', c.rand(3, 4, dtype=dtype), c.rand(3, 4, dtype=dtype), signs(3), 0.0, reduction)
        c.case('aten::cosine_embedding_loss', c.rand(4), c.rand(4), torch.tensor(-1), -0.5, reduction)
        c.case('aten::cosine_embedding_loss', c.rand(3, 4), c.rand(3, 4), torch.tensor([1.0, -1.0, 0.0]), 0.2, reduction)
        c.case('aten::hinge_embedding_loss', c.rand(3, 4), signs(3, 4), 1.0, reduction)
        c.case('aten::hinge_embedding_loss', c.rand(3, 4, dtype=F64), signs(3, 4), 0.5, reduction)
        c.case('aten::hinge_embedding_loss', c.rand(3, 4), signs(4).float(), 2.0, reduction)
        c.case('aten::margin_ranking_loss', c.rand(5), c.rand(5), signs(5), 0.5, reduction)
        c.case('aten::margin_ranking_loss', c.rand(3, 1), c.rand(4), signs(3, 4), 0.0, reduction)
        c.case('aten::multi_margin_loss', c.rand(5, 4), labels(5), 1, 1, None, reduction)
        c.case('aten::multi_margin_loss', c.rand(5, 4, dtype=F64), labels(5), 2, 0.5, c.rand(4, dtype=F64, low=0.1), reduction)
        c.case('aten::multi_margin_loss', c.rand(4), torch.tensor(2), 2, 1, None, reduction)
        c.case('aten::multi_margin_loss', c.rand(4), torch.tensor([1]), 1, 2.0, c.rand(4, low=0.1), reduction)
        targets = torch.tensor([[3, 0, -1, 1], [1, 2, 0, 3], [-1, 1, 2, 0], [0, 0, -1, -1]])
        for op in ('multilabel_margin_loss', 'multilabel_margin_loss_forward'):
            c.case(f'aten::{op}', c.rand(4, 4), targets, reduction)
            c.case(f'aten::{op}', c.rand(4, dtype=F64), targets[0], reduction)
        for log in (True, False):
            for full in (True, False):
                c.case('aten::poisson_nll_loss', c.rand(3, 4, low=0.1), c.ints(3, 4, low=0, high=5).float(), log, full, 1e-8, reduction)
        c.case('aten::poisson_nll_loss', c.rand(3, 4, dtype=F64), c.ints(3, 4, low=0, high=5), True, True, 1e-6, reduction)
        for p, swap in ((2.0, False), (1.0, True), (3.0, True), (2.0, True)):
            c.case('aten::triplet_margin_loss', c.rand(3, 4), c.rand(3, 4), c.rand(3, 4), 1.0, p, 1e-6, swap, reduction)
        c.case('aten::triplet_margin_loss', c.rand(4), c.rand(4), c.rand(4), 0.5, 2.0, 1e-6, False, reduction)
        c.case('aten::triplet_margin_loss', c.rand(2, 3, 4, dtype=F64), c.rand(2, 1, 4, dtype=F64), c.rand(1, 3, 4, dtype=F64), 3.0, 2.0, 1e-6, False, reduction)
        c.case('aten::nll_loss2d_forward', c.rand(2, 4, 3, 2), labels(2, 3, 2), c.rand(4, low=0.1), reduction, 2)
        c.case('aten::nll_loss2d_forward', c.rand(2, 4, 3, 2), labels(2, 3, 2), None, reduction, -100)
    c.case('aten::margin_ranking_loss', c.rand(3, dtype=F16), c.rand(3, dtype=F16), signs(3).to(F16), 0.5, 0)
    for p in (2.0, 1.0, 0.0, 3.0, float('inf')):
        c.case('aten::pdist', c.rand(5, 3), p)
        c.case('aten::_pdist_forward', c.rand(4, 3, dtype=F64), p)
    c.case('aten::pdist', c.rand(1, 3))
    ctc(c)


def ctc(c):
    for dtype in (torch.float32, F64):
        probs = c.rand(7, 3, 5, dtype=dtype).log_softmax(-1)
        targets = torch.tensor([[1, 2, 2, 4], [3, 1, 0, 0], [4, 4, 4, 1]])
        lengths, sizes = torch.tensor([7, 5, 6]), torch.tensor([4, 2, 4])
        flat = torch.tensor([1, 2, 2, 4, 3, 1, 4, 4, 4, 1])
        for reduction in (0, 1, 2):
            for to in (targets, flat):
                c.case('aten::ctc_loss.Tensor', probs, to, lengths, sizes, 0, reduction, False)
                c.case('aten::ctc_loss.IntList', probs, to, lengths.tolist(), sizes.tolist(), 0, reduction, True)
        # Too short for their texts: an infinite loss, or 0.
        for zero in (False, True):
            c.case('aten::ctc_loss.IntList', probs, targets, [7, 1, 4], [4, 2, 4], 0, 0, zero)
        c.case('aten::ctc_loss.IntList', probs, targets - 1, [7, 7, 7], [4, 0, 2], 4, 0, False)
        c.case('aten::ctc_loss.Tensor', probs, torch.tensor([2, 2]), torch.tensor([7, 7, 7]), torch.tensor([0, 2, 0]), 0, 1, False)
        c.case('aten::ctc_loss.Tensor', probs[:, 0], torch.tensor([1, 2, 3]), torch.tensor(7), torch.tensor(3), 0, 0, False)
        c.case('aten::ctc_loss.IntList', probs[:, 0], torch.tensor([1, 2, 3]), [7], [3], 0, 1, False)
        c.case('aten::ctc_loss.Tensor', probs, targets.int(), lengths.int(), sizes.int(), 0, 2, False)
        lists = (probs, targets, lengths.tolist(), sizes.tolist(), 0, False)
        c.twin('aten::_ctc_loss', *lists, of='aten::_ctc_loss', take=1)
        tensors = (probs, targets, lengths, sizes, 0, False)
        c.twin('aten::_ctc_loss.Tensor', *tensors, of='aten::_ctc_loss.Tensor', take=1)
