// What the truth modules need declared, and which of them are refused.

/** Their code asks for the rank or the dtype of an input that nothing tells: a user declares it. Declared here from the first golden, all extents dynamic. */
export const needsDeclaration: ReadonlySet<string> = new Set([
  'activations', 'dynamic-index', 'find-first', 'in-place', 'index-assign', 'interpolate', 'losses', 'normalisations',
  'operator-forms', 'scripted-decoder', 'slicing', 'split-unpack', 'tensor-condition',
]) // prettier-ignore

/** Module → the code of its refusal: what a page cannot hand in or get back, and what ONNX cannot hold. */
export const refused: ReadonlyMap<string, string> = new Map([
  // Keys and texts that are made at run time.
  ['comprehension', 'PT3103'],
  ['nested-data', 'PT3103'],
  ['dict-branch', 'PT3102'],
  ['string-ops', 'PT3103'],
  ['named-tuple-out', 'PT3106'],
  // Lists of lists, complex numbers and unions have no form at the border yet.
  ['conversions', 'PT3103'],
  ['literals', 'PT3103'],
  ['union-input', 'PT3101'],
])
