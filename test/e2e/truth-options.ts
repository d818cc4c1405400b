// What the truth modules need declared, and which of them no graph holds.

/** Their code asks for the rank or the dtype of an input that nothing tells: a user declares it. Declared here from the first golden, all extents dynamic. */
export const needsDeclaration: ReadonlySet<string> = new Set([
  'activations', 'conversions', 'dynamic-index', 'find-first', 'interpolate', 'operator-forms', 'tensor-condition',
]) // prettier-ignore

/** What no graph can be handed, and so no trace. */
export const refusedAsGraph: ReadonlySet<string> = new Set(['comprehension', 'dict-branch', 'nested-data', 'union-input'])

/** Modules that no graph holds: their control flow becomes JavaScript. All others are one graph. */
export const programs: ReadonlySet<string> = new Set([
  'assert-rank', 'comprehension', 'conversions', 'dict-branch', 'named-tuple-out', 'nested-data', 'string-ops', 'union-input',
]) // prettier-ignore
