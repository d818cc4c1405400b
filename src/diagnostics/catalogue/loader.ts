// PT5xxx. One line a code: what is wrong, without the particulars.

export const loaderProblems = {
  PT5000: 'Reserved',
} as const
