// Budgets of the archive floor: every number that a file could drive up has its ceiling here. Real models stay far below all of them.

const MiB = 1024 * 1024

/** Entries of one zip directory. */
export const MAX_ENTRIES = 100_000
/** UTF-8 bytes of one entry's name. */
export const MAX_NAME_BYTES = 4096
/** Inflated bytes of one archive: this, or 1.1 times the file, whichever is more. */
export const MIN_INFLATE_BUDGET = 64 * MiB
export const INFLATE_BUDGET_PER_FILE_BYTE = 1.1
/** One entry may inflate to at most this many times its size, once it is beyond `RATIO_FREE_BYTES`. */
export const MAX_INFLATE_RATIO = 200
export const RATIO_FREE_BYTES = 16 * MiB

export const MAX_PICKLE_OPCODES = 5_000_000
/** The native pickler pushes a whole list or dict before it appends: a vocabulary of a million words is this deep. */
export const MAX_PICKLE_STACK = 2_000_000
export const MAX_PICKLE_MEMO = 2_000_000
export const MAX_PICKLE_STRING_BYTES = 64 * MiB
/** Bytes of a LONG1 or LONG4 integer. */
export const MAX_PICKLE_INT_BYTES = 128
/** Characters of an integer or float written as text (protocol 0). */
export const MAX_PICKLE_NUMBER_CHARS = 400
/** Containers inside containers. */
export const MAX_PICKLE_NESTING = 1000
/** Values of a pickle when everything shared is counted each time it is reached. */
export const MAX_PICKLE_EXPANDED_VALUES = 20_000_000

export const MAX_TENSOR_RANK = 64
/** A tensor may show more bytes than its storage holds (expand) up to this many. */
export const MAX_EXPANDED_TENSOR_BYTES = 64 * MiB

/** Bytes of one source text. */
export const MAX_SOURCE_BYTES = 32 * MiB
/** UTF-16 units of one user source that a debug record may spell out. */
export const MAX_DEBUG_TEXT = 4 * MiB
