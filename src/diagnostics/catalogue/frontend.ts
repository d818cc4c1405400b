// PT2xxx. One line a code: what is wrong, without the particulars.

export const frontendProblems = {
  PT2000: 'Reserved',
} as const
