// Functional forms of operators that write lists and dicts: the same operator with the new container as its first result, its own result behind it.
// Hand-written; what `remove-mutation` makes. torch has no such operators: their meaning is that of the aten operator on a copy.
// Behind them what `lower-complex` makes of Fourier transforms: along the last axis, on real and imaginary parts, without any factor. And factors
// of complex matrices, as LAPACK has them, by their parts.

export const functionalSchemas: string = `functional::fill_diagonal(Tensor self, Scalar fill_value, bool wrap=False) -> Tensor
functional::append.t(t[] self, t el) -> t[]
functional::extend.t(t[] self, t[] other) -> t[]
functional::add_.t(t[] self, t[] b) -> t[]
functional::mul_.t(t[] l, int n) -> t[]
functional::insert.t(t[] self, int idx, t el) -> t[]
functional::pop.t(t[] self, int idx=-1) -> (t[] self, t el)
functional::remove.int(int[] self, int el) -> int[]
functional::remove.float(float[] self, float el) -> float[]
functional::remove.bool(bool[] self, bool el) -> bool[]
functional::remove.Tensor(Tensor[] self, Tensor el) -> Tensor[]
functional::remove.str(str[] self, str el) -> str[]
functional::clear.t(t[] self) -> t[]
functional::reverse.t(t[] self) -> t[]
functional::sort.int(int[] self, bool reverse=False) -> int[]
functional::sort.float(float[] self, bool reverse=False) -> float[]
functional::sort.Tensor(Tensor[] self, bool reverse=False) -> Tensor[]
functional::sort.bool(bool[] self, bool reverse=False) -> bool[]
functional::sort.str(str[] self, bool reverse=False) -> str[]
functional::sort.any(t[] self, bool reverse=False) -> t[]
functional::_set_item.t(t[] l, int idx, t el) -> t[]
functional::Delete.t(t[] self, int idx) -> t[]
functional::_set_item.str(Dict(str, t) l, str idx, t v) -> Dict(str, t)
functional::Delete.Dict_str(Dict(str, t) self, str key) -> Dict(str, t)
functional::clear.str(Dict(str, t) self) -> Dict(str, t)
functional::pop.Dict_str(Dict(str, t) self, str key) -> (Dict(str, t) self, t v)
functional::pop.Dict_default_str(Dict(str, t) self, str key, t default_value) -> (Dict(str, t) self, t v)
functional::popitem.str(Dict(str, t) self) -> (Dict(str, t) self, (str, t) item)
functional::setdefault.str(Dict(str, t) self, str key, t default_value) -> (Dict(str, t) self, t v)
functional::update.str(Dict(str, t) self, Dict(str, t) to_add) -> Dict(str, t)
functional::_set_item.int(Dict(int, t) l, int idx, t v) -> Dict(int, t)
functional::Delete.Dict_int(Dict(int, t) self, int key) -> Dict(int, t)
functional::clear.int(Dict(int, t) self) -> Dict(int, t)
functional::pop.Dict_int(Dict(int, t) self, int key) -> (Dict(int, t) self, t v)
functional::pop.Dict_default_int(Dict(int, t) self, int key, t default_value) -> (Dict(int, t) self, t v)
functional::popitem.int(Dict(int, t) self) -> (Dict(int, t) self, (int, t) item)
functional::setdefault.int(Dict(int, t) self, int key, t default_value) -> (Dict(int, t) self, t v)
functional::update.int(Dict(int, t) self, Dict(int, t) to_add) -> Dict(int, t)
functional::_set_item.bool(Dict(bool, t) l, bool idx, t v) -> Dict(bool, t)
functional::Delete.Dict_bool(Dict(bool, t) self, bool key) -> Dict(bool, t)
functional::clear.bool(Dict(bool, t) self) -> Dict(bool, t)
functional::pop.Dict_bool(Dict(bool, t) self, bool key) -> (Dict(bool, t) self, t v)
functional::pop.Dict_default_bool(Dict(bool, t) self, bool key, t default_value) -> (Dict(bool, t) self, t v)
functional::popitem.bool(Dict(bool, t) self) -> (Dict(bool, t) self, (bool, t) item)
functional::setdefault.bool(Dict(bool, t) self, bool key, t default_value) -> (Dict(bool, t) self, t v)
functional::update.bool(Dict(bool, t) self, Dict(bool, t) to_add) -> Dict(bool, t)
functional::_set_item.float(Dict(float, t) l, float idx, t v) -> Dict(float, t)
functional::Delete.Dict_float(Dict(float, t) self, float key) -> Dict(float, t)
functional::clear.float(Dict(float, t) self) -> Dict(float, t)
functional::pop.Dict_float(Dict(float, t) self, float key) -> (Dict(float, t) self, t v)
functional::pop.Dict_default_float(Dict(float, t) self, float key, t default_value) -> (Dict(float, t) self, t v)
functional::popitem.float(Dict(float, t) self) -> (Dict(float, t) self, (float, t) item)
functional::setdefault.float(Dict(float, t) self, float key, t default_value) -> (Dict(float, t) self, t v)
functional::update.float(Dict(float, t) self, Dict(float, t) to_add) -> Dict(float, t)
functional::_set_item.complex(Dict(complex, t) l, complex idx, t v) -> Dict(complex, t)
functional::Delete.Dict_complex(Dict(complex, t) self, complex key) -> Dict(complex, t)
functional::clear.complex(Dict(complex, t) self) -> Dict(complex, t)
functional::pop.Dict_complex(Dict(complex, t) self, complex key) -> (Dict(complex, t) self, t v)
functional::pop.Dict_default_complex(Dict(complex, t) self, complex key, t default_value) -> (Dict(complex, t) self, t v)
functional::popitem.complex(Dict(complex, t) self) -> (Dict(complex, t) self, (complex, t) item)
functional::setdefault.complex(Dict(complex, t) self, complex key, t default_value) -> (Dict(complex, t) self, t v)
functional::update.complex(Dict(complex, t) self, Dict(complex, t) to_add) -> Dict(complex, t)
functional::_set_item.Tensor(Dict(Tensor, t) l, Tensor idx, t v) -> Dict(Tensor, t)
functional::Delete.Dict_Tensor(Dict(Tensor, t) self, Tensor key) -> Dict(Tensor, t)
functional::clear.Tensor(Dict(Tensor, t) self) -> Dict(Tensor, t)
functional::pop.Dict_Tensor(Dict(Tensor, t) self, Tensor key) -> (Dict(Tensor, t) self, t v)
functional::pop.Dict_default_Tensor(Dict(Tensor, t) self, Tensor key, t default_value) -> (Dict(Tensor, t) self, t v)
functional::popitem.Tensor(Dict(Tensor, t) self) -> (Dict(Tensor, t) self, (Tensor, t) item)
functional::setdefault.Tensor(Dict(Tensor, t) self, Tensor key, t default_value) -> (Dict(Tensor, t) self, t v)
functional::update.Tensor(Dict(Tensor, t) self, Dict(Tensor, t) to_add) -> Dict(Tensor, t)
functional::_dft_c2c(Tensor re, Tensor im, bool forward) -> (Tensor, Tensor)
functional::_dft_r2c(Tensor self, bool forward, bool onesided) -> (Tensor, Tensor)
functional::_dft_c2r(Tensor re, Tensor im, int n, bool forward) -> Tensor
functional::_linalg_eig(Tensor re, Tensor? im, bool vectors) -> (Tensor, Tensor, Tensor, Tensor)
functional::_complex_cholesky(Tensor re, Tensor im) -> (Tensor, Tensor, Tensor)
functional::_complex_lu(Tensor re, Tensor im) -> (Tensor, Tensor, Tensor, Tensor)
functional::_complex_triangular(Tensor re, Tensor im, Tensor x, Tensor y, bool upper, bool unit) -> (Tensor, Tensor)
functional::_complex_lu_solve(Tensor re, Tensor im, Tensor pivots, Tensor x, Tensor y, bool adjoint) -> (Tensor, Tensor)
functional::_complex_qr(Tensor re, Tensor im) -> (Tensor, Tensor, Tensor, Tensor)
functional::_complex_reflect(Tensor re, Tensor im, Tensor tau, Tensor tau_im, Tensor x, Tensor y, bool adjoint) -> (Tensor, Tensor)
functional::_complex_ldl(Tensor re, Tensor im, bool hermitian) -> (Tensor, Tensor, Tensor, Tensor)
functional::_complex_ldl_solve(Tensor re, Tensor im, Tensor pivots, Tensor x, Tensor y, bool hermitian) -> (Tensor, Tensor)
functional::_complex_eigh(Tensor re, Tensor im, bool upper) -> (Tensor, Tensor, Tensor)
functional::_complex_svd(Tensor re, Tensor im, bool full) -> (Tensor, Tensor, Tensor, Tensor, Tensor)
functional::matmul_integer(Tensor a, Tensor b, Tensor a_zero_point, Tensor b_zero_point) -> Tensor
functional::conv_integer(Tensor x, Tensor w, Tensor x_zero_point, Tensor w_zero_point, int[] stride, int[] padding, int[] dilation, int groups) -> Tensor`
