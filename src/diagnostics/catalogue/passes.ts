// PT3xxx. One line a code: what is wrong, without the particulars.

export const passProblems = {
  PT3000: 'Reserved',
} as const
