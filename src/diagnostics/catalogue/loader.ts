// PT5xxx. One line a code: what is wrong, without the particulars. Codes from PT5100 on are thrown in the page, by the runtime.

export const loaderProblems = {
  PT5001: 'Two exported methods have the same name',
  PT5101: 'A call has more arguments than the method has parameters',
  PT5102: 'A call names an argument or key that the method does not have',
  PT5103: 'A call leaves out an argument that has no default',
  PT5104: 'An argument is another kind of value than the method takes',
  PT5105: 'A tensor has another data type than the method takes',
  PT5106: 'A tensor has another shape than the method takes',
  PT5107: 'The shape of a bare array cannot be known',
  PT5108: 'A number does not fit the data type of its tensor',
  PT5109: 'An image cannot be read, or the model has no preprocess option',
  PT5201: 'The model could not be fetched',
  PT5202: 'The server answered with an HTML page instead of the model',
  PT5203: 'The fetched model has another length than the one that was built',
  PT5204: 'The fetched model has another SHA-256 than the one that was built',
  PT5205: 'onnxruntime could not be loaded',
  PT5206: 'onnxruntime could not open the model',
  PT5208: 'The model was disposed while it was in use',
  PT5209: "The model's worker failed",
  PT5301: 'The model raised an exception',
} as const
