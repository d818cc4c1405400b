"""Values as JSON and back: tensors, numbers, lists, tuples, dicts, None."""
import torch

INF = float('inf')


def encode(value):
    if isinstance(value, torch.Tensor):
        data = value.detach().to(torch.float64) if value.dtype == torch.float16 else value.detach()
        return {'tensor': [v if v == v and v not in (INF, -INF) else str(v) for v in data.reshape(-1).tolist()], 'shape': list(value.shape), 'dtype': str(value.dtype).removeprefix('torch.')}
    if isinstance(value, tuple):
        return {'tuple': [encode(v) for v in value]}
    if isinstance(value, list):
        return {'list': [encode(v) for v in value]}
    if isinstance(value, dict):
        return {'dict': [[encode(k), encode(v)] for k, v in value.items()]}
    return value


def decode(value):
    if not isinstance(value, dict):
        return value
    if 'tensor' in value:
        return torch.tensor([float(v) if isinstance(v, str) else v for v in value['tensor']], dtype=getattr(torch, value['dtype'])).reshape(value['shape'])
    if 'tuple' in value:
        return tuple(decode(v) for v in value['tuple'])
    if 'list' in value:
        return [decode(v) for v in value['list']]
    return {decode(k): decode(v) for k, v in value['dict']}


def same(a, b):
    if isinstance(a, torch.Tensor):
        return isinstance(b, torch.Tensor) and a.dtype == b.dtype and a.shape == b.shape and torch.equal(a.nan_to_num(7.5), b.nan_to_num(7.5))
    if isinstance(a, (list, tuple)):
        return isinstance(b, type(a)) and len(a) == len(b) and all(same(x, y) for x, y in zip(a, b))
    if isinstance(a, dict):
        return isinstance(b, dict) and list(a) == list(b) and all(same(a[k], b[k]) for k in a)
    return a == b
