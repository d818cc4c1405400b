// One extent of a tensor's shape: a number, a named symbol (equal names are equal extents), or nothing known.

export type Dim = number | string | null

/** Sizes of a tensor; undefined when not even the rank is known. */
export type Dims = readonly Dim[] | undefined
