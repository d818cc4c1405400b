// PT6xxx. One line a code: what is wrong, without the particulars.

export const pluginProblems = {
  PT6001: 'An option that does not exist',
  PT6002: 'An option has a value that it cannot have',
  PT6003: 'An import has a query key that does not exist',
  PT6004: 'A query key of an import has a value that it cannot have',
  PT6010: 'A model file cannot be read',
  PT6011: 'A model file changed while it was read',
  PT6012: 'A model file is larger than the limit',
  PT6013: 'The dev server is not allowed to serve this file',
  PT6014: 'A model was asked for that no module imports',
  PT6015: 'An .npy file is malformed or of a kind that is not read',
  PT6020: 'The thread that converts models ended early',
  PT6021: 'A conversion took longer than the limit',
  PT6030: 'The cache folder cannot be used',
  PT6031: 'A cache entry is damaged',
  PT6040: 'A package that the emitted code needs is not installed',
  PT6041: 'The bundler is configured in a way that models cannot be emitted in',
  PT6060: 'A graph has more bytes than its budget',
  PT6050: 'The command line cannot be understood',
  PT6051: 'An output file cannot be written',
  PT6052: 'The configuration of Vite cannot be loaded',
} as const
