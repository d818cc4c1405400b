// Entry of unplugin-torch/runtime/host: Python's values and operators for models whose control flow runs as JavaScript in the page.
// Every function stands alone, so that a bundler takes only what a model uses.

export * from './complex.ts'
export * from './dict.ts'
export * from './error.ts'
export * from './list.ts'
export * from './make-tensor.ts'
export * from './number.ts'
export * from './program.ts'
export * from './show.ts'
export * from './special-function.ts'
export * from './tensor.ts'
export * from './text.ts'
export * from './view.ts'
export { copy, assign } from './copy.ts'
