// Operators whose schema does not tell the truth about aliasing, or tells it in a form that a schema cannot express.
// Everything else is read from the annotations. Checked against torch 2.13 by comparing data pointers.

/** Results that may be the first argument itself, or a view of it, although the schema promises a fresh tensor. */
export const undeclaredAliases: ReadonlySet<string> = new Set([
  'aten::dropout',
  'aten::feature_dropout',
  'aten::alpha_dropout',
  'aten::feature_alpha_dropout',
  'aten::type_as',
  'aten::atleast_1d',
  'aten::atleast_2d',
  'aten::atleast_3d',
  'aten::broadcast_tensors',
  'aten::meshgrid',
  'aten::conj_physical',
  'aten::sum_to_size',
  'aten::data',
])

/** Results that are a copy where the schema says they may be a view: whether they are depends on strides or dtype. */
export const maybeViews: ReadonlySet<string> = new Set([
  'aten::reshape',
  'aten::reshape_as',
  'aten::flatten',
  'aten::ravel',
  'aten::contiguous',
  'aten::to',
  'aten::type_as',
  'aten::dropout',
  'aten::feature_dropout',
  'aten::alpha_dropout',
  'aten::feature_alpha_dropout',
  'aten::atleast_1d',
  'aten::atleast_2d',
  'aten::atleast_3d',
  'aten::broadcast_tensors',
  'aten::meshgrid',
  'aten::conj_physical',
  'aten::resolve_conj',
  'aten::resolve_neg',
  'aten::sum_to_size',
  'aten::pin_memory',
  'aten::cpu',
  'aten::cuda',
])

/** Declared to write their argument, but only its relation to gradients. */
export const gradientOnly: ReadonlySet<string> = new Set(['aten::detach_', 'aten::requires_grad_', 'aten::retain_grad'])

/** Read sizes, dtypes and other properties of a tensor, never its elements. */
export const metadataReaders: ReadonlySet<string> = new Set([
  'aten::size',
  'aten::dim',
  'aten::numel',
  'aten::ndimension',
  'aten::stride',
  'aten::is_floating_point',
  'aten::is_complex',
  'aten::is_contiguous',
  'aten::get_device',
  'aten::element_size',
  'aten::zeros_like',
  'aten::ones_like',
  'aten::empty_like',
  'aten::full_like',
  'aten::rand_like',
  'aten::randn_like',
  'aten::new_zeros',
  'aten::new_ones',
  'aten::new_empty',
  'aten::new_full',
  'aten::__is__',
  'aten::__isnot__',
  'prim::dtype',
  'prim::device',
  'prim::layout',
  'prim::shape',
  'prim::is_cuda',
  'prim::requires_grad',
  'prim::isinstance',
])
