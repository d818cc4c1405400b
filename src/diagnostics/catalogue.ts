// Every problem code there is, with its one-line meaning. docs/errors.md is generated from this table.
// Ranges: PT1 archive, PT2 front end, PT3 analyses and passes, PT4 ONNX, PT5 loader and runtime, PT6 plugin, options and command line, PT9 internal.

import { archiveProblems } from './catalogue/archive.ts'
import { frontendProblems } from './catalogue/frontend.ts'
import { passProblems } from './catalogue/passes.ts'
import { tracingProblems } from './catalogue/tracing.ts'
import { onnxProblems } from './catalogue/onnx.ts'
import { loaderProblems } from './catalogue/loader.ts'
import { pluginProblems } from './catalogue/plugin.ts'

export const catalogue = {
  ...archiveProblems,
  ...frontendProblems,
  ...passProblems,
  ...tracingProblems,
  ...onnxProblems,
  ...loaderProblems,
  ...pluginProblems,
  PT9001: 'A bug in unplugin-torch: an invariant of the compiler does not hold',
} as const

export type ProblemCode = keyof typeof catalogue
