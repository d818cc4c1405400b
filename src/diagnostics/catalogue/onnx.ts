// PT4xxx. One line a code: what is wrong, without the particulars.

export const onnxProblems = {
  PT4001: 'An operator has no ONNX lowering',
  PT4002: 'A lowering needs a fact about an input that is not known',
  PT4004: 'Branches or turns that give values of different kinds, where ONNX knows one',
  PT4003: 'A part of the model cannot be computed at build time',
  PT4010: 'Option precision or prune names a path without weights',
  PT4011: 'A notice: weights beyond the range of fp16 stay fp32',
  PT4012: 'Precision int8-static needs data to calibrate on',
  PT4013: 'A notice: nothing computes in bytes on WebGPU',
  PT4014: 'A notice: weights that are not finite stay fp32',
  PT4015: 'A notice: operators that run on the CPU between others on the GPU',
  PT4016: 'A notice: the model has data types that onnxruntime with WebGPU does not compute',
} as const
