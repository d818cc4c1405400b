// PT2xxx. One line a code: what is wrong, without the particulars.

export const frontendProblems = {
  PT2090: 'A schema or a graph text does not parse',
} as const
