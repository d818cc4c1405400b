// PT3xxx. One line a code: what is wrong, without the particulars.
// PT30 aliasing, mutation, freezing, exits.

export const passProblems = {
  PT3001: 'A write whose target cannot be told at build time',
  PT3002: 'A write through a view that cannot be written back',
  PT3003: 'An in-place operator without a functional form',
  PT3004: 'A reference into a list or dict that changed since it was taken',
  PT3005: 'A chain of views that is too long',
  PT3020: 'A submodule or object that cannot be told at build time',
  PT3021: 'An attribute that the module does not have',
  PT3022: 'A written attribute shares memory with another attribute in a way that cannot be kept',
  PT3023: 'An attribute value that cannot be a constant of a graph',
  PT3024: 'An object whose attributes cannot be followed',
  PT3025: 'A with-block whose context manager may change results',
  PT3026: 'Calls through interfaces that do not end',
  PT3030: 'An exception whose message is made at run time',
  PT3031: 'A print statement, which does nothing in the converted model',
  PT3040: 'A notice: the model was saved in training mode; it is converted for inference',
  PT3041: 'A notice: an operator was recorded in training mode; it is converted as in evaluation',

  // PT31 facts, structure of inputs and results.
  PT3101: 'A parameter of a type that a page cannot hand in',
  PT3102: 'A Dict parameter whose keys cannot be told',
  PT3103: 'A result whose structure is not known at build time',
  PT3104: 'A declared input that the model does not have',
  PT3105: 'A container that cannot be dissolved at build time',
  PT3106: 'A string or enum that is made at run time',
  PT3107: 'An Optional that reaches an operator undecided',
  PT3110: 'A constant that cannot be handed to JavaScript',
  PT3120: 'Memory is read by strides where the layout is not known',
  PT3130: 'An operator that has no form for quantized tensors here',
  PT3131: 'Packed weights, or a state to restore, that cannot be read',
  PT3132: 'A notice: a quantized result is handed out as its real numbers',
  PT3140: 'A write to a tensor that a host program knows by several names',
  PT3141: 'An operator on lists, dicts, strings or objects that generated JavaScript cannot run',
  PT3900: 'The model is nested too deep, or too big, to be compiled',
  PT3901: 'A method was asked for that the model does not have',
} as const
