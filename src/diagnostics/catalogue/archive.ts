// PT1xxx. One line a code: what is wrong, without the particulars.

export const archiveProblems = {
  PT1001: 'The file is empty',
} as const
