// PT35xx. One line a code: what is wrong, without the particulars.

export const tracingProblems = {
  PT3501: 'A notice: the model was scripted; its control flow deserves a check on real inputs',
  PT3502: "PyTorch's TracerWarning: a tensor became a Python value that decided something",
  PT3503: 'A notice: example inputs were missing and have been generated',
  PT3504: 'Tracing needs values of tensors, and nothing is there to compute them',
  PT3505: 'A trace that grows too long',
  PT3506: 'The example inputs make the model raise an exception',
  PT3507: 'An example input that does not fit the model',
  PT3508: 'The model cannot be run on the example inputs',
  PT3509: 'On some inputs the trace is not the model: a decision goes another way there (a notice, or an error when asked)',
  PT3510: 'Control flow that random numbers decide',
  PT3511: 'A notice: no inputs were found that make a decision of the trace go another way',
  PT3512: 'A trace that could not be compared with the scripted model (a notice, or an error when asked)',
  PT3513: "PyTorch's TracerWarning: random numbers keep a trace from being compared",
} as const
