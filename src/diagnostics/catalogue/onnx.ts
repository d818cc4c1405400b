// PT4xxx. One line a code: what is wrong, without the particulars.

export const onnxProblems = {
  PT4000: 'Reserved',
} as const
