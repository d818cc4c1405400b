// Operators that do the same to both parts: views, copies, selections, sums, everything linear with real factors. And those that read no
// elements at all.

import type { Type } from '../../ir/type.ts'
import type { Value } from '../../ir/value.ts'
import type { Call } from './call.ts'
import { full, pair, someOf } from './pair.ts'
import { isNumber } from './real-ops.ts'
import { complexRow, type ComplexRow, type Result } from './row.ts'

/** Tensor arguments that say where, not what. */
const PLACES = new Set(['start', 'index', 'indices', 'mask', 'condition', 'repeats', 'sorter', 'tensor_indices_or_sections'])
/** Python numbers that are elements. */
const ELEMENTS = new Set(['value', 'fill_value', 'fill', 'self', 'other'])

const isData = (name: string, type: Type, value: Value): boolean =>
  !PLACES.has(name) &&
  (type.kind === 'Tensor' ||
    (type.kind === 'List' && (type.of.kind === 'Tensor' || type.of.kind === 'Var' || type.of.kind === 'Optional')) ||
    type.kind === 'Var' ||
    ((type.kind === 'number' || type.kind === 'float') && ELEMENTS.has(name))) &&
  value.type.kind !== 'None'

/** The operator on the real parts, and on the imaginary ones. */
export function componentwise(c: Call): readonly Result[] {
  const { e, work } = c
  const part = (which: 're' | 'im') =>
    c.again((name, value, type) => {
      if (name === 'dtype' && c.has('dtype')) return e.dtype(work)
      if (!isData(name, type, value)) return value
      const parts = full(e, c.rawPair(value))
      const chosen = parts[which]
      return chosen.type.kind === 'List' || isNumber(chosen) ? chosen : e.cast(chosen, work)
    }).outputs
  const [re, im] = [part('re'), part('im')]
  return re.map((value, i) => pair(value, im[i]))
}

/** Sizes and the like: asked of the real part. */
const asked = (c: Call): readonly Value[] =>
  c.again(
    (_name, value) => (c.isComplex('self') || isSplit(c, value) ? someOf(c.rawPair(value)) : value),
    c.node.outputs.map(({ type }) => type),
  ).outputs
const isSplit = (c: Call, value: Value): boolean => someOf(c.rawPair(value)) !== value

const VIEWS =
  'view reshape reshape_as view_as _unsafe_view _reshape_alias flatten unflatten ravel squeeze unsqueeze expand expand_as broadcast_to ' +
  'permute transpose t swapaxes swapdims movedim moveaxis numpy_T mT select slice narrow narrow_copy diagonal as_strided unfold ' +
  'split split_with_sizes chunk tensor_split hsplit vsplit dsplit unbind unsafe_split unsafe_chunk unsafe_split_with_sizes ' +
  'alias detach contiguous clone detach_copy alias_copy lift_fresh lift_fresh_copy positive cpu resolve_neg ' +
  'atleast_1d atleast_2d atleast_3d broadcast_tensors meshgrid sum_to_size dropout ' +
  'view_copy expand_copy permute_copy t_copy transpose_copy squeeze_copy unsqueeze_copy select_copy slice_copy diagonal_copy unfold_copy ' +
  'as_strided_copy split_copy split_with_sizes_copy unbind_copy im2col'
const MOVES =
  'cat concat concatenate stack hstack vstack dstack row_stack column_stack block_diag flip fliplr flipud roll rot90 repeat tile ' +
  'repeat_interleave.self_int repeat_interleave.self_Tensor tril triu diag diag_embed diagflat pad constant_pad_nd reflection_pad1d ' +
  'reflection_pad2d replication_pad1d replication_pad2d pixel_shuffle pixel_unshuffle'
const SELECTIONS =
  'index index_select gather take put take_along_dim masked_select select_scatter slice_scatter diagonal_scatter as_strided_scatter index_put ' +
  '_unsafe_index_put index_copy index_add index_fill scatter scatter_add masked_fill masked_scatter where embedding _unsafe_masked_index _unsafe_masked_index_put_accumulate'
const SUMS = 'sum mean trapezoid.dx trapz.dx cumulative_trapezoid.dx nan_to_num cumsum trace diff cartesian_prod combinations'
const LISTS = 'functional::append functional::extend functional::_set_item ' + 'aten::__getitem__ aten::slice.t'

export const componentwiseRows: readonly ComplexRow[] = [
  complexRow(VIEWS, componentwise),
  complexRow(MOVES, componentwise),
  complexRow(SELECTIONS, componentwise),
  complexRow(SUMS, componentwise),
  complexRow(LISTS, componentwise),
  complexRow('size dim numel len sym_size sym_numel is_contiguous is_same_size stride _shape_as_tensor', asked),
]
