"""Complex tensors and numbers: arithmetic, functions, views, reductions, products, conversions. Writes cases.json."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import torch
from opcase import Cases, dyn

c = Cases(seed=72)
C64, C128, F64 = torch.complex64, torch.complex128, torch.float64
INF, NAN = float('inf'), float('nan')


def z(*shape, dtype=C64, **options):
    return c.rand(*shape, dtype=dtype, **options)


# Arithmetic: complex with complex, with real tensors on either side, with Python numbers of every kind.
for name in ('add', 'sub', 'subtract', 'rsub'):
    op = f'aten::{name}.Tensor'
    c.case(op, z(2, 3), z(2, 3))
    c.case(op, z(2, 3), z(3))
    c.case(op, z(3, 1), z(1, 2))
    c.case(op, z(2, 3), c.rand(3))
    c.case(op, z(3), c.rand(2, 3))
    c.case(op, c.rand(2, 1), z(3))
    c.case(op, z(3), c.ints(3))
    c.case(op, z(3), c.rand(3, dtype=F64))
    c.case(op, z(3), z(dtype=C128))
    c.case(op, z(), c.rand(3, dtype=F64))
    c.case(op, z(2, dtype=C128), z(2))
    c.case(op, z(2, 0), z(1))
    c.case(op, z(2, 3), z(3), alpha=3)
    c.case(op, z(2, 3), z(3), alpha=0.5)
    c.case(op, z(2, 3), z(3), alpha=dyn(1 - 2j))
    op = f'aten::{name}.Scalar'
    c.case(op, z(2, 3), 2)
    c.case(op, z(2, 3), 1.5)
    c.case(op, z(2, 3), dyn(1 - 2j))
    c.case(op, c.rand(2, 3), dyn(2j))
    c.case(op, c.rand(2, 3, dtype=F64), dyn(1 + 2j))
    c.case(op, c.ints(3), dyn(1 + 2j))
for name in ('mul', 'multiply', 'div', 'divide', 'true_divide'):
    op = f'aten::{name}.Tensor'
    c.case(op, z(2, 3), z(2, 3))
    c.case(op, z(3, 1), z(1, 2))
    c.case(op, z(2, 3), c.rand(3, low=0.5))
    c.case(op, c.rand(2, 3), z(3))
    c.case(op, z(3), c.ints(3, low=1))
    c.case(op, z(3), c.rand(3, dtype=F64, low=0.5))
    c.case(op, z(2, dtype=C128), z(2))
    c.case(op, z(3), z())
    c.case(op, z(0, 2), z(2))
    op = f'aten::{name}.Scalar'
    c.case(op, z(2, 3), 2)
    c.case(op, z(2, 3), dyn(1 - 2j))
    c.case(op, c.rand(2, 3), dyn(2j))
    c.case(op, z(3), dyn(-2j))
    c.case(op, c.ints(3), dyn(1 + 2j))
# Neither overflows nor vanishes on the way.
c.case('aten::div.Tensor', torch.tensor([1e30 + 1e30j, 1e-30 + 2e-30j]), torch.tensor([2e30 - 1e30j, 1e-30 - 1e-30j]))
c.case('aten::abs', torch.tensor([3e30 + 4e30j, 3e-30 + 4e-30j, 0j, complex(INF, 1), complex(1, -INF), complex(NAN, 0)]))
c.case('aten::reciprocal', z(2, 3))
c.case('aten::reciprocal', torch.tensor([1e25 + 1e25j, 2j, -4 + 0j]))
c.case('aten::square', z(2, 3))
c.case('aten::addcmul', z(2, 3), z(3), z(2, 1))
c.case('aten::addcmul', z(2, 3), c.rand(3), z(2, 1), value=2)
c.case('aten::addcdiv', z(2, 3), z(3), z(2, 1), value=dyn(1j))
c.case('aten::lerp.Scalar', z(3), z(3), 0.3)
c.case('aten::lerp.Tensor', z(3), z(3), z(3))
PAIR = torch.tensor([1 + 1j, 1 - 1j, complex(NAN, 0), 2 + 0j])
SAME = torch.tensor([1 + 1j, 1 + 1j, complex(NAN, 0), 2 + 0j])
for name in ('eq', 'ne', 'not_equal'):
    c.case(f'aten::{name}.Tensor', PAIR, SAME)
    c.case(f'aten::{name}.Tensor', PAIR, torch.tensor([2.0]))
    c.case(f'aten::{name}.Scalar', PAIR, dyn(1 - 1j))
    c.case(f'aten::{name}.Scalar', PAIR, 2)
c.case('aten::isclose', PAIR, PAIR + 1e-6)
c.case('aten::isclose', PAIR, SAME, 0.0, 2.5, True)
c.case('aten::allclose', z(3), z(3))
c.case('aten::allclose', PAIR, PAIR, 1e-5, 1e-8, True)
c.case('aten::equal', SAME, SAME)
c.case('aten::equal', PAIR[:2], PAIR[:2].clone())
for name in ('logical_and', 'logical_or', 'logical_xor'):
    c.case(f'aten::{name}', torch.tensor([0j, 1j, 1 + 0j, 0j]), torch.tensor([0j, 0j, 2j, 1j]))
c.case('aten::logical_not', torch.tensor([0j, 1j, 1 + 0j, complex(NAN, 0)]))

# Functions.
AXIS = torch.tensor([1 + 0j, -1 + 0j, 1j, -1j, -4 + 0j, 0.25j, 3 - 4j])
for name in 'exp log log2 log10 log1p expm1 exp2 sqrt rsqrt sinh cosh tanh sin cos tan sigmoid sgn neg conj_physical'.split():
    c.case(f'aten::{name}', z(2, 3))
    c.case(f'aten::{name}', z(4, dtype=C128))
    c.case(f'aten::{name}', AXIS if name != 'log1p' else AXIS + 1)
c.case('aten::sqrt', torch.tensor([0j, 1e30 + 1e30j, -1e-30 + 0j, 4 + 0j]))
c.case('aten::sgn', torch.tensor([0j, 3 + 4j, -2j]))
c.case('aten::tanh', torch.tensor([40 + 1j, -60 - 2j, 0j]))
for op in ('aten::abs', 'aten::absolute', 'aten::angle', 'aten::isnan', 'aten::isinf', 'aten::isfinite', 'aten::isreal'):
    c.case(op, z(2, 3))
    c.case(op, torch.tensor([1 + 0j, -1 + 0j, complex(NAN, 1), complex(1, INF), complex(-INF, 0), 0j]))
    c.case(op, z(3, dtype=C128))
for real in (torch.tensor([1.0, -2.0, 0.0, NAN]), c.ints(4), c.rand(3, dtype=F64)):
    c.case('aten::angle', real)
    c.case('aten::isreal', real)
for exponent in (0, 1, 2, 3, 5, -1, -2, 0.5, -0.5, 2.5, -1.5):
    c.case('aten::pow.Tensor_Scalar', z(2, 3, low=0.3), exponent)
c.case('aten::pow.Tensor_Scalar', z(4), dyn(1 - 0.5j))
c.case('aten::pow.Tensor_Scalar', c.rand(4, low=0.2), dyn(0.5j))
c.case('aten::pow.Tensor_Scalar', torch.tensor([0j, 1j]), 2.5)
c.case('aten::pow.Tensor_Tensor', z(2, 3), z(3))
c.case('aten::pow.Tensor_Tensor', z(2, 3), c.rand(3))
c.case('aten::pow.Tensor_Tensor', c.rand(2, 3, low=0.2), z(3))
c.case('aten::pow.Tensor_Tensor', torch.tensor([0j, 0j]), torch.tensor([1 + 1j, 2 - 1j]))
c.case('aten::pow.Scalar', 2, z(4))
c.case('aten::pow.Scalar', dyn(1 + 1j), z(4))
c.case('aten::pow.Scalar', dyn(1 + 1j), c.rand(4))
c.case('aten::float_power.Tensor_Scalar', z(3), 2)

# Parts and pairs.
for op in ('aten::view_as_real', 'aten::real', 'aten::imag', 'aten::conj', 'aten::_conj', 'aten::_conj_physical', 'aten::resolve_conj', 'aten::resolve_neg'):
    c.case(op, z(2, 3))
    c.case(op, z(dtype=C128))
c.case('aten::real', c.rand(3))
c.case('aten::conj', c.rand(3))
c.case('aten::view_as_complex', c.rand(3, 2))
c.case('aten::view_as_complex', c.rand(2, 3, 2, dtype=F64))
for op in ('aten::complex', 'aten::polar'):
    c.case(op, c.rand(2, 3, low=0.1), c.rand(2, 3))
    c.case(op, c.rand(3, 1, low=0.1), c.rand(2))
    c.case(op, c.rand(2, dtype=F64, low=0.1), c.rand(2, dtype=F64))
for op in ('aten::mH', 'aten::adjoint', 'aten::matrix_H'):
    c.case(op, z(2, 3))
c.case('aten::adjoint', z(2, 3, 4))
for x, dtype, code in ((z(2, 3), torch.float32, 6), (c.rand(2, 6), C64, 9), (z(3, dtype=C128), F64, 7)):
    # TorchScript does not take this overload from text.
    text = f'graph(%x : Tensor):\n  %dtype : int = prim::Constant[value={code}]()\n  %y : Tensor = aten::view(%x, %dtype)\n  return (%y)\n'
    c.ir(text, x, op='aten::view.dtype', outputs=[x.view(dtype)])

# Views and moves.
X = z(2, 3, 4)
c.case('aten::view', X, [6, 4])
c.case('aten::reshape', X, [-1, 2])
c.case('aten::reshape_as', X, c.rand(4, 6))
c.case('aten::flatten.using_ints', X, 1)
c.case('aten::unflatten.int', X, -1, [2, 2])
c.case('aten::squeeze.dim', z(2, 1, 3), 1)
c.case('aten::unsqueeze', X, -1)
c.case('aten::expand', z(3, 1), [2, 3, 4])
c.case('aten::expand_as', z(3, 1), c.rand(3, 4))
c.case('aten::permute', X, [2, 0, 1])
c.case('aten::transpose.int', X, 0, -1)
c.case('aten::t', z(2, 3))
c.case('aten::movedim.int', X, 0, 2)
c.case('aten::select.int', X, 1, -1)
c.case('aten::slice.Tensor', X, 2, 1, 4, 2)
c.case('aten::narrow', X, 2, 1, 2)
c.case('aten::diagonal', z(3, 4))
c.case('aten::unfold', z(7), 0, 3, 2)
c.case('aten::split.Tensor', z(5, 2), 2)
c.case('aten::split_with_sizes', z(5, 2), [2, 3])
c.case('aten::chunk', z(4, 2), 2, 1)
c.case('aten::unbind.int', z(3, 2))
c.case('aten::tensor_split.sections', z(5), 2)
c.case('aten::contiguous', X)
c.case('aten::clone', X)
c.case('aten::detach', X)
c.case('aten::cat', [z(2, 3), z(1, 3)])
c.case('aten::cat', [z(2, 3), c.rand(1, 3)])
c.case('aten::cat', [c.ints(1, 3), z(2, 3)], 0)
c.case('aten::cat', [c.rand(2, 1, dtype=F64), z(2, 2)], -1)
c.case('aten::stack', [z(2, 3), z(2, 3)], -1)
c.case('aten::flip', X, [0, -1])
c.case('aten::roll', X, [1, -1], [0, 2])
c.case('aten::repeat', z(2, 3), [2, 1, 2])
c.case('aten::tile', z(2, 3), [2])
c.case('aten::repeat_interleave.self_int', z(2, 3), 2, 1)
c.case('aten::tril', z(3, 3))
c.case('aten::triu', z(3, 3), 1)
c.case('aten::diag', z(3))
c.case('aten::diag_embed', z(2, 3))
c.case('aten::constant_pad_nd', z(2, 3), [1, 2])
c.case('aten::constant_pad_nd', z(2, 3), [1, 0, 0, 2], 1.5)
c.case('aten::constant_pad_nd', z(2, 3), [1, 2], dyn(1 - 2j))
c.case('aten::pad', z(2, 3), [1, 1], 'constant')
c.case('aten::pad', z(2, 5), [2, 1], 'reflect')
c.case('aten::reflection_pad1d', z(2, 5), [2, 1])
c.case('aten::rot90', z(2, 3))

# Selections.
MASK = torch.tensor([True, False, True])
c.case('aten::index.Tensor', z(3, 4), [torch.tensor([2, 0])])
c.case('aten::index.Tensor', z(3, 4), [None, torch.tensor([[1, 3]])])
c.case('aten::index.Tensor', z(3, 4), [MASK])
c.case('aten::index_select', z(3, 4), 1, torch.tensor([3, 0]))
c.case('aten::gather', z(2, 3), 1, torch.tensor([[0, 2], [1, 1]]))
c.case('aten::take', z(2, 3), torch.tensor([5, 0]))
c.case('aten::masked_select', z(2, 3), MASK)
c.case('aten::select_scatter', z(3, 4), z(4), 0, 1)
c.case('aten::slice_scatter', z(3, 4), z(3, 2), 1, 1, 3)
c.case('aten::index_put', z(3, 4), [torch.tensor([1, 2])], z(2, 4))
c.case('aten::index_put', z(3, 4), [torch.tensor([1, 1])], z(4), True)
c.case('aten::index_add', z(3, 4), 0, torch.tensor([0, 2]), z(2, 4))
c.case('aten::index_copy', z(3, 4), 0, torch.tensor([0, 2]), z(2, 4))
c.case('aten::index_fill.int_Scalar', z(3, 4), 0, torch.tensor([1]), dyn(1j))
c.case('aten::scatter.src', z(2, 3), 1, torch.tensor([[0, 2], [1, 0]]), z(2, 2))
c.case('aten::scatter.value', z(2, 3), 1, torch.tensor([[0], [1]]), dyn(1 + 1j))
c.case('aten::scatter_add', z(2, 3), 1, torch.tensor([[0, 0], [1, 1]]), z(2, 2))
c.case('aten::masked_fill.Scalar', z(2, 3), MASK, 0)
c.case('aten::masked_fill.Scalar', z(2, 3), MASK, dyn(1 - 1j))
c.case('aten::masked_fill.Tensor', z(2, 3), MASK, z())
c.case('aten::where.self', MASK, z(2, 3), z(3))
c.case('aten::where.self', MASK, z(2, 3), c.rand(3))
c.case('aten::where.self', MASK, c.rand(3), z(2, 1))
c.case('aten::where.ScalarOther', MASK, z(2, 3), 1.5)
c.case('aten::where.ScalarSelf', MASK, dyn(1j), z(2, 3))
c.case('aten::nonzero', torch.tensor([[0j, 1j], [1 + 0j, 0j]]))
c.case('aten::count_nonzero', torch.tensor([[0j, 1j], [1 + 0j, 0j]]))
c.case('aten::any', torch.tensor([0j, 1j]))
c.case('aten::all.dim', torch.tensor([[0j, 1j], [1 + 0j, 2j]]), 1)
c.case('aten::embedding', z(4, 3), torch.tensor([2, 0]))

# Reductions.
for op in ('aten::sum', 'aten::mean', 'aten::prod'):
    c.case(op, z(2, 3))
    c.case(op, z(4, dtype=C128))
c.case('aten::sum', c.rand(3), dtype=C64)
c.case('aten::sum.dim_IntList', X, [0, 2])
c.case('aten::sum.dim_IntList', X, [1], True)
c.case('aten::sum.dim_IntList', z(2, 3), [1], False, dtype=C128)
c.case('aten::mean.dim', X, [-1], True)
c.case('aten::prod.dim_int', z(2, 4), 1)
c.case('aten::prod.dim_int', torch.tensor([[1j, 2 + 0j, 0j], [1j, 1j, -3 + 0j]]), -1, True)
c.case('aten::cumsum', z(2, 4), 1)
c.case('aten::cumprod', z(2, 4), 1)
c.case('aten::trace', z(3, 3))
for name in ('var', 'std'):
    c.case(f'aten::{name}', z(2, 3))
    c.case(f'aten::{name}.dim', z(2, 5), [1], False, True)
    c.case(f'aten::{name}.correction', z(2, 5), [1], correction=0)
    c.case(f'aten::{name}_mean.correction', z(2, 5), [1], correction=1)
for order in (2, 1, 3, 0.5, INF, -INF, 0):
    c.case('aten::linalg_vector_norm', z(2, 3), order, [1])
c.case('aten::linalg_vector_norm', z(2, 3))
c.case('aten::linalg_vector_norm', z(2, 3, dtype=C128), 2, [1], True)
c.case('aten::linalg_norm', z(2, 3))
c.case('aten::linalg_matrix_norm.str_ord', z(2, 3))
c.case('aten::norm.Scalar', z(2, 3))
c.case('aten::norm.ScalarOpt_dim', z(2, 3), 1, [0], True)
c.case('aten::frobenius_norm.dim', z(2, 3), [0, 1])
c.case('aten::dist', z(3), z(3))

# Products.
c.case('aten::matmul', z(2, 3), z(3, 4))
c.case('aten::matmul', z(2, 2, 3), z(3, 2))
c.case('aten::matmul', z(3), z(3))
c.case('aten::mm', z(2, 3, dtype=C128), z(3, 2, dtype=C128))
c.case('aten::bmm', z(2, 3, 2), z(2, 2, 3))
c.case('aten::mv', z(2, 3), z(3))
c.case('aten::dot', z(3), z(3))
c.case('aten::vdot', z(3), z(3))
c.case('aten::linalg_vecdot', z(2, 3), z(2, 3))
c.case('aten::outer', z(2), z(3))
c.case('aten::inner', z(2, 3), z(3))
c.case('aten::kron', z(2, 2), z(1, 3))
c.case('aten::tensordot', z(2, 3), z(3, 4), [1], [0])
c.case('aten::addmm', z(2, 4), z(2, 3), z(3, 4))
c.case('aten::addmm', z(4), z(2, 3), z(3, 4), beta=0.5, alpha=2)
c.case('aten::addmm', z(4), z(2, 3), z(3, 4), beta=dyn(1j), alpha=dyn(1 - 1j))
c.case('aten::addmv', z(2), z(2, 3), z(3))
c.case('aten::baddbmm', z(2, 3, 3), z(2, 3, 2), z(2, 2, 3))
c.case('aten::addr', z(2, 3), z(2), z(3))
c.case('aten::linear', z(2, 3), z(4, 3), z(4))
c.case('aten::linear', z(2, 3), z(4, 3))
c.case('aten::conv1d', z(1, 2, 6), z(3, 2, 3), z(3), 1, 1)
c.case('aten::conv2d', z(1, 1, 4, 4), z(2, 1, 2, 2))
c.case('aten::einsum', 'ij,jk->ik', [z(2, 3), z(3, 2)])
c.case('aten::einsum', 'ij,jk->ik', [c.rand(2, 3).to(C64), z(3, 2)])
c.case('aten::einsum', 'i,i,i->i', [z(3), z(3), z(3)])
c.case('aten::einsum', 'ii->i', [z(3, 3)])
c.case('aten::linalg_matrix_power', z(2, 2), 3)
c.case('aten::diff', z(2, 5))

# Conversions.
for dtype in (C128, C64, torch.float32, F64, torch.int64, torch.bool):
    c.case('aten::to.dtype', torch.tensor([1.5 + 2j, -2.5 + 0j, 1j, 0j]), dtype)
for source in (c.rand(3), c.ints(3), c.bools(3), c.rand(2, dtype=F64)):
    c.case('aten::to.dtype', source, C64)
    c.case('aten::to.dtype', source, C128)
c.case('aten::to.other', c.rand(3), z(2, dtype=C128))
c.case('aten::to.other', z(3), c.rand(2))
c.case('aten::type_as', c.rand(3), z(2))
c.case('aten::type_as', z(3), c.rand(2, dtype=F64))
for name in ('zeros', 'ones'):
    c.case(f'aten::{name}', [2, 3], dtype=C64)
    c.case(f'aten::{name}_like', z(2, 3))
    c.case(f'aten::{name}_like', z(2, 3), dtype=torch.float32)
    c.case(f'aten::{name}_like', c.rand(2, 3), dtype=C128)
    c.case(f'aten::new_{name}', z(1), [2])
    c.case(f'aten::new_{name}', c.rand(1), [2], dtype=C64)
c.case('aten::full', [2], dyn(1 - 2j))
c.case('aten::full', [2], 1.5, dtype=C128)
c.case('aten::full_like', z(2), dyn(1j))
c.case('aten::full_like', z(2), 2)
c.case('aten::new_full', z(2), [3], 2.5)
c.case('aten::eye', 3, dtype=C64)
c.case('aten::scalar_tensor', 2.5, dtype=C64)
c.case('aten::scalar_tensor', dyn(1 + 2j), dtype=C64)
c.case('aten::tensor.complex', dyn(1 - 2j))
c.case('aten::tensor.complex', dyn(1 - 2j), dtype=C128)
c.case('aten::tensor.float', 1.5, dtype=C64)
c.case('aten::numel', z(2, 3))
c.case('aten::size', z(2, 3))
c.case('aten::size.int', z(2, 3), -1)
c.case('aten::dim', z(2, 3))
c.case('aten::is_complex', z(2, 3))
c.case('aten::is_floating_point', z(2, 3))

# Python numbers.
c.ir('graph(%x : Tensor, %y : Tensor):\n  %a : Scalar = aten::item(%x)\n  %out : Tensor = aten::mul(%y, %a)\n  return (%out)\n', z(), z(3), op='aten::item')
for name in ('ScalarImplicit', '_local_scalar_dense'):
    c.ir(f'graph(%x : Tensor, %y : Tensor):\n  %a : Scalar = aten::{name}(%x)\n  %out : Tensor = aten::mul(%y, %a)\n  return (%out)\n', z(), z(3), op=f'aten::{name}')
c.ir('graph(%x : Tensor):\n  %a : complex = aten::ComplexImplicit(%x)\n  return (%a)\n', z(dtype=C128), op='aten::ComplexImplicit')
PYTHON = 'graph(%x : Tensor, %y : Tensor):\n  %a : float = aten::FloatImplicit(%x)\n  %b : float = aten::FloatImplicit(%y)\n  %z : complex = aten::Complex(%a, %b)\n'
ONE, TWO = torch.tensor(1.5, dtype=F64), torch.tensor(-0.5, dtype=F64)
for name in ('add', 'sub', 'mul', 'div', 'pow'):
    c.ir(PYTHON + f'  %w : complex = aten::{name}(%z, %z)\n  return (%w)\n', ONE, TWO, op=f'aten::{name}.complex')
    if name in ('add', 'sub', 'mul'):
        c.ir(PYTHON + f'  %w : complex = aten::{name}(%a, %z)\n  return (%w)\n', ONE, TWO, op=f'aten::{name}.float_complex')
        c.ir(PYTHON + f'  %w : complex = aten::{name}(%z, %b)\n  return (%w)\n', ONE, TWO, op=f'aten::{name}.complex_float')
for name in 'neg exp log sqrt sin cos sinh cosh'.split():
    c.ir(PYTHON + f'  %w : complex = aten::{name}(%z)\n  return (%w)\n', ONE, TWO, op=f'aten::{name}.complex')
c.ir(PYTHON + '  %w : float = prim::abs(%z)\n  %v : float = aten::angle(%z)\n  return (%w, %v)\n', ONE, TWO, op='prim::abs')
c.ir(PYTHON + '  %w : bool = aten::eq(%z, %z)\n  %v : bool = aten::ne(%z, %a)\n  return (%w, %v)\n', ONE, TWO, op='aten::eq.complex')
c.ir('graph(%x : Tensor, %y : Tensor):\n  %z : complex = aten::Complex(%x, %y)\n  return (%z)\n', torch.tensor(2.5), torch.tensor(1.0), op='aten::Complex.Tensor_Tensor')
c.ir('graph(%x : Tensor, %y : Tensor):\n  %a : float = aten::FloatImplicit(%x)\n  %b : float = aten::FloatImplicit(%y)\n  %z : complex = aten::polar(%a, %b)\n  return (%z)\n', torch.tensor(2.5), torch.tensor(1.0), op='aten::polar.float')

# Control flow and lists.
c.ir(
    'graph(%x : Tensor, %n : int):\n  %t : bool = prim::Constant[value=1]()\n  %y : Tensor = prim::Loop(%n, %t, %x)\n'
    '    block0(%i : int, %p : Tensor):\n      %q : Tensor = aten::mul(%p, %x)\n      -> (%t, %q)\n  return (%y)\n',
    z(3), 3, op='prim::Loop',
)  # fmt: skip
BRANCH = (
    'graph(%x : Tensor, %c : bool):\n  %one : int = prim::Constant[value=1]()\n  %y : Tensor, %n : Tensor = prim::If(%c)\n    block0():\n      %a : Tensor = aten::conj_physical(%x)\n      %m : Tensor = aten::abs(%x)\n      -> (%a, %m)\n'
    '    block1():\n      %b : Tensor = aten::add(%x, %one, %one)\n      %r : Tensor = aten::real(%x)\n      -> (%b, %r)\n  return (%y, %n)\n'
)
c.ir(BRANCH, z(3), True, op='prim::If')
c.ir(BRANCH, z(3), False, op='prim::If')

# The rest of the views, moves and selections.
c.case('aten::view_as', X, c.rand(6, 4))
c.case('aten::_unsafe_view', X, [6, 4])
c.case('aten::_reshape_alias', X, [6, 4], [4, 1])
c.case('aten::ravel', X)
c.case('aten::broadcast_to', z(3), [2, 3])
c.case('aten::swapaxes', X, 0, 1)
c.case('aten::swapdims', X, 0, -1)
c.case('aten::moveaxis.int', X, 0, 2)
c.case('aten::numpy_T', z(2, 3))
c.case('aten::mT', X)
c.case('aten::narrow_copy', X, 2, 1, 2)
c.case('aten::as_strided', z(6), [2, 2], [3, 1], 1)
c.case('aten::hsplit.int', z(2, 4), 2)
c.case('aten::vsplit.int', z(4, 2), 2)
c.case('aten::dsplit.int', z(1, 2, 4), 2)
c.case('aten::unsafe_split.Tensor', z(5, 2), 2)
c.case('aten::unsafe_chunk', z(4, 2), 2)
c.case('aten::unsafe_split_with_sizes', z(5, 2), [2, 3])
for op in ('alias', 'detach_copy', 'alias_copy', 'lift_fresh', 'lift_fresh_copy', 'positive', 'cpu', 'atleast_1d', 'atleast_2d', 'atleast_3d', 'negative', '_neg_view', '_conj_copy', 'view_as_real_copy', 'special_log1p', 'special_expm1', 'special_exp2', 'special_expit', 'fliplr', 'flipud', 'diagflat', 'zero', 'argwhere'):
    c.case(f'aten::{op}', z(2, 3))
c.case('aten::view_as_complex_copy', c.rand(3, 2))
c.case('aten::broadcast_tensors', [z(3), z(2, 1)])
c.case('aten::meshgrid', [z(3), z(2)])
c.case('aten::sum_to_size', X, [3, 1])
c.case('aten::dropout', X, 0.5, False)
for op in ('concat', 'concatenate'):
    c.case(f'aten::{op}', [z(2, 3), c.rand(1, 3)])
for op in ('hstack', 'vstack', 'dstack', 'row_stack', 'column_stack', 'block_diag'):
    c.case(f'aten::{op}', [z(2, 3), z(2, 3)])
c.case('aten::reflection_pad2d', z(1, 3, 3), [1, 0, 1, 2])
c.case('aten::replication_pad1d', z(2, 5), [2, 1])
c.case('aten::replication_pad2d', z(1, 2, 3), [1, 0, 1, 2])
c.case('aten::pixel_shuffle', z(1, 4, 2, 2), 2)
c.case('aten::pixel_unshuffle', z(1, 1, 4, 4), 2)
c.case('aten::take_along_dim', z(2, 3), torch.tensor([[0, 2], [1, 1]]), 1)
c.case('aten::diagonal_scatter', z(3, 3), z(3))
c.case('aten::as_strided_scatter', z(6), z(2, 2), [2, 2], [3, 1], 1)
c.case('aten::_unsafe_index_put', z(3, 4), [torch.tensor([1, 2])], z(2, 4))
c.case('aten::masked_scatter', z(2, 3), MASK, z(6))
c.case('aten::cartesian_prod', [z(2), z(3)])
c.case('aten::combinations', z(3))
c.case('aten::addbmm', z(3, 3), z(2, 3, 2), z(2, 2, 3))
c.case('aten::linalg_matmul', z(2, 3), z(3, 2))
c.case('aten::ger', z(2), z(3))
c.case('aten::conv3d', z(1, 1, 2, 3, 3), z(1, 1, 1, 2, 2), z(1))
c.case('aten::matrix_power', z(2, 2), 2)
c.case('aten::copy', z(2, 3), c.rand(3))
c.case('aten::fill.Scalar', z(2), dyn(1j))
c.case('aten::fill.Tensor', z(2), z())
c.case('aten::as_tensor', c.rand(2), dtype=C64)
c.case('aten::as_tensor.complex', dyn(1 + 1j))
c.case('aten::_to_copy', c.rand(2), dtype=C64)
c.case('aten::Bool.Tensor', torch.tensor(1j))
c.case('aten::Bool.Tensor', torch.tensor(0j))
c.case('aten::is_nonzero', torch.tensor([1j]))
c.case('prim::dtype', z(2))
for op in ('sym_size', 'sym_numel', 'stride', 'is_contiguous', '_shape_as_tensor', 'element_size'):
    c.case(f'aten::{op}', z(2, 3))
c.case('aten::is_same_size', z(2, 3), z(2, 3))
c.case('aten::len.Tensor', z(2, 3))
for name in ('asin', 'acos', 'atan', 'asinh', 'acosh', 'atanh'):
    for op in (f'aten::{name}', f'aten::arc{name[1:]}'):
        c.case(op, z(2, 3))
        c.case(op, z(3, dtype=C128, low=-40, high=40))
    c.case(f'aten::{name}', torch.tensor([0.5 + 1e-4j, -3 + 2j, 2 - 1e-3j, 0.1j, -0.2 - 0.3j]))
c.case('aten::nan_to_num', torch.tensor([complex(NAN, 1), complex(INF, -INF), 1 + 2j]), 0.5, 9.0, -9.0)
c.case('aten::conv_transpose1d', z(1, 2, 4), z(2, 3, 3), z(3), 2)
c.case('aten::conv_transpose2d.input', z(1, 1, 3, 3), z(1, 2, 2, 2))
c.case('aten::conv_transpose3d.input', z(1, 1, 2, 2, 2), z(1, 1, 1, 2, 2), z(1))
# What is there before it is written has any value: its size and dtype alone count.
for text, shape in (
    ('aten::empty_like(%x, %d, %n, %n, %n, %n)', (2, 3)),
    ('aten::rand_like(%x, %d, %n, %n, %n, %n)', (2, 3)),
    ('aten::randn_like(%x, %d, %n, %n, %n, %n)', (2, 3)),
    ('aten::new_empty(%x, %s, %d, %n, %n, %n)', (2, 3)),
    ('aten::new_empty_strided(%x, %s, %t, %d, %n, %n, %n)', (2, 3)),
    ('aten::empty(%s, %d, %n, %n, %n, %n)', (2, 3)),
    ('aten::empty_strided(%s, %t, %d, %n, %n, %n)', (2, 3)),
    ('aten::empty_permuted(%s, %p, %d, %n, %n, %n)', (2, 3)),
    ('aten::rand(%s, %d, %n, %n, %n)', (2, 3)),
    ('aten::randn(%s, %d, %n, %n, %n)', (2, 3)),
):
    graph = (
        'graph(%x : Tensor):\n  %n : NoneType = prim::Constant()\n  %d : int = prim::Constant[value=9]()\n  %zero : int = prim::Constant[value=0]()\n  %one : int = prim::Constant[value=1]()\n  %two : int = prim::Constant[value=2]()\n  %three : int = prim::Constant[value=3]()\n'
        '  %s : int[] = prim::ListConstruct(%two, %three)\n  %t : int[] = prim::ListConstruct(%three, %one)\n  %p : int[] = prim::ListConstruct(%zero, %one)\n'
        f'  %e : Tensor = {text}\n  %o : Tensor = aten::mul(%e, %zero)\n  return (%o)\n'
    )
    c.ir(graph, z(2, 3), op=text.split('(')[0])
# Lists that a loop makes, and their elements.
LIST = (
    'graph(%x : Tensor, %n : int):\n  %t : bool = prim::Constant[value=1]()\n  %zero : int = prim::Constant[value=0]()\n  %l : Tensor[] = prim::ListConstruct()\n'
    '  %m : Tensor[] = prim::Loop(%n, %t, %l)\n    block0(%i : int, %k : Tensor[]):\n      %q : Tensor = aten::mul(%x, %i)\n      %o : Tensor[] = functional::append(%k, %q)\n      -> (%t, %o)\n'
)
ITEMS = z(3)
STACKED = torch.stack([ITEMS * i for i in range(3)])
c.ir(LIST + '  %y : Tensor = aten::stack(%m, %zero)\n  return (%y)\n', ITEMS, 3, op='functional::append', outputs=[STACKED])
c.ir(LIST + '  %y : Tensor = aten::__getitem__(%m, %n)\n  return (%y)\n'.replace('%n)', '%zero)'), ITEMS, 3, op='aten::__getitem__.t', outputs=[STACKED[0]])
c.ir(LIST + '  %e : Tensor[] = functional::extend(%m, %m)\n  %y : Tensor = aten::cat(%e, %zero)\n  return (%y)\n', ITEMS, 3, op='functional::extend', outputs=[torch.cat([STACKED, STACKED]).flatten()])
c.ir(LIST + '  %e : Tensor[] = functional::_set_item(%m, %zero, %x)\n  %y : Tensor = aten::cat(%e, %zero)\n  return (%y)\n', ITEMS, 3, op='functional::_set_item', outputs=[torch.cat([ITEMS[None], STACKED[1:]]).flatten()])
c.ir(LIST + '  %y : int = aten::len(%m)\n  return (%y)\n', ITEMS, 3, op='aten::len.t', outputs=[3])
c.write()
