// Operators that move elements without changing them: on a quantized tensor they are themselves on its integers.
// Answers to the QuantizedCPU rows of native_functions.yaml that call the plain kernel, and to composite operators.

/** By name: every overload moves elements only. Integers order as the reals do, so selections by size belong here too. */
const MOVES = new Set(
  `view reshape flatten unflatten permute transpose swapaxes swapdims movedim moveaxis t numpy_T squeeze unsqueeze expand expand_as view_as reshape_as
  select slice narrow index_select gather flip roll rot90 tile repeat repeat_interleave chunk split split_with_sizes tensor_split unbind unsafe_chunk
  unsafe_split unsafe_split_with_sizes clone contiguous detach alias cpu pixel_shuffle pixel_unshuffle channel_shuffle take take_along_dim index
  masked_select diagonal unfold_copy unfold as_strided ravel dropout feature_dropout alpha_dropout native_channel_shuffle __getitem__ adjoint mT
  max_pool1d max_pool2d max_pool3d adaptive_max_pool1d adaptive_max_pool2d amax amin max min sort topk median msort
  upsample_nearest1d upsample_nearest2d upsample_nearest3d _upsample_nearest_exact1d _upsample_nearest_exact2d _upsample_nearest_exact3d
  size sizes dim numel len stride is_contiguous argmax argmin argsort _reshape_alias detach_copy quantized_max_pool2d
  quantized_max_pool1d lift_fresh`
    .split(/\s+/)
    .map((name) => `aten::${name}`),
)
/** The axis of per-channel scales stays where it is. */
const STILL = new Set(
  `clone contiguous detach alias cpu dropout feature_dropout alpha_dropout size dim numel len lift_fresh`
    .split(/\s+/)
    .map((name) => `aten::${name}`),
)

const INDICES = new Set(['aten::argmax', 'aten::argmin', 'aten::argsort'])

const nameOf = (schema: string): string => schema.slice(0, Math.min(...['.', '('].map((end) => schema.indexOf(end)).filter((at) => at > 0)))

export const isLayout = (schema: string): boolean => MOVES.has(nameOf(schema))
export const keepsLayout = (schema: string): boolean => STILL.has(nameOf(schema))
/** The first result, too, is positions and not elements; other results always are. */
export const givesIndices = (schema: string): boolean => INDICES.has(nameOf(schema))
