// Axes as numbers.

/** An axis of a tensor of this rank, counted from the front. */
export const wrap = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis)

/** 0 … n − 1: all axes of a tensor of rank n. */
export const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i)
