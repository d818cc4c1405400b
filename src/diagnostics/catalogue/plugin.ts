// PT6xxx. One line a code: what is wrong, without the particulars.

export const pluginProblems = {
  PT6000: 'Reserved',
} as const
