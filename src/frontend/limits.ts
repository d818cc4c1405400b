// What a source text may cost. Every limit is a coded error, never a crash: recursion below is bounded by MAX_DEPTH.

/** Bytes (UTF-16 units) of one source text. */
export const MAX_SOURCE = 32 * 2 ** 20
export const MAX_TOKENS = 5_000_000
/** Nesting of expressions and statements, chains of operators included. */
export const MAX_DEPTH = 500
/** Indentation levels of one text. */
export const MAX_INDENTS = 200
/** Nodes of one function after its calls are inlined. */
export const MAX_INLINED_NODES = 100_000
/** Nodes of all functions together, each with its calls inlined. */
export const MAX_PREPARED_NODES = 500_000
/** Functions that call one another, the first included. */
export const MAX_CALL_DEPTH = 500
/** Copies of a loop body that is unrolled while it is emitted. */
export const MAX_UNROLL = 10_000
