// `inspect`: what a model is, without writing anything: torch's operators with what becomes of each, and what a conversion would give, or why
// it would be refused; or its graph, its code, or what each optimisation did.

import type { ModelOptions } from '../compiler/types.ts'
import { modelCode, modelGraphs } from '../compiler/inspect.ts'
import { modelOperators } from '../compiler/operators.ts'
import { CompileError, formatProblem, type Problem } from '../diagnostics/compile-error.ts'
import { plainProblem } from '../diagnostics/plain-problem.ts'
import { compileModel } from '../plugin/compile-model.ts'
import type { CompiledHeader } from '../plugin/compiled-model.ts'
import { nodeHost } from '../plugin/host.ts'
import { readModel } from '../plugin/read-model.ts'
import { lintLines, operatorLines, passLines, printReport, reportOf, torchOperatorLines } from './report.ts'
import { printNotices } from './run-command.ts'

export interface InspectArguments {
  readonly file: string
  readonly view: 'summary' | 'graph' | 'code' | 'ops' | 'passes'
  readonly options: ModelOptions
  readonly json: boolean
}

/** Throws CompileError. */
export async function inspect({ file, view, options, json }: InspectArguments): Promise<void> {
  const { bytes } = await readModel(file, file)
  if (view === 'code' || view === 'graph') {
    const texts = withFile(file, () => (view === 'code' ? modelCode : modelGraphs)(bytes, nodeHost()))
    if (json) return void console.log(JSON.stringify({ file, [view]: texts }, null, 2))
    for (const { name, text } of texts) console.log(`# ${name}\n${text.trimEnd()}\n`)
    return
  }
  if (view === 'passes') {
    const { passes } = (await compileModel(bytes, options, file)).report
    if (json) return void console.log(JSON.stringify({ file, passes }, null, 2))
    return void console.log(passLines(passes).join('\n'))
  }
  const torch = withFile(file, () => modelOperators(bytes, nodeHost()))
  const attempt = await tryModel(bytes, options, file)
  const refused = 'problems' in attempt ? { refused: attempt.problems.map(plainProblem) } : {}
  const emitted = 'model' in attempt ? attempt.model.report.operators : undefined
  if (json) {
    const more = { torchOperators: torch.operators, ...refused }
    const report = 'model' in attempt && view === 'summary' ? reportOf(attempt.model, file) : { file, operators: emitted }
    return void console.log(JSON.stringify({ ...report, ...more }, null, 2))
  }
  if (view === 'summary' && 'model' in attempt) {
    printNotices(attempt.model.report.notices)
    printReport(attempt.model, file)
    for (const line of lintLines(attempt.model.report.lints)) console.log(line)
  }
  for (const line of torchOperatorLines(torch)) console.log(line)
  if (emitted !== undefined) console.log(['ONNX operators:', ...operatorLines(emitted)].join('\n'))
  if ('problems' in attempt) {
    console.log('A conversion would be refused:')
    for (const problem of attempt.problems) console.log(formatProblem(problem))
  }
}

type Attempt = { readonly model: CompiledHeader } | { readonly problems: readonly Problem[] }

async function tryModel(bytes: Uint8Array, options: ModelOptions, file: string): Promise<Attempt> {
  try {
    return { model: await compileModel(bytes, options, file) }
  } catch (error) {
    if (error instanceof CompileError) return { problems: error.problems }
    throw error
  }
}

function withFile<T>(file: string, make: () => T): T {
  try {
    return make()
  } catch (error) {
    throw error instanceof CompileError ? error.inFile(file) : error
  }
}
