// `inspect`: what a model is, without writing anything: signature, sizes, operators; or its graph, or its code.

import type { ModelOptions } from '../compiler/types.ts'
import { modelCode, modelGraphs } from '../compiler/inspect.ts'
import { CompileError } from '../diagnostics/compile-error.ts'
import { compileModel } from '../plugin/compile-model.ts'
import { nodeHost } from '../plugin/host.ts'
import { readModel } from '../plugin/read-model.ts'
import { operatorLines, printReport, reportOf } from './report.ts'
import { printNotices } from './run-command.ts'

export interface InspectArguments {
  readonly file: string
  readonly view: 'summary' | 'graph' | 'code' | 'ops'
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
  const model = await compileModel(bytes, options, file)
  if (json)
    return void console.log(JSON.stringify(view === 'ops' ? { file, operators: model.report.operators } : reportOf(model, file), null, 2))
  if (view === 'ops') return void console.log(operatorLines(model.report.operators).join('\n'))
  printNotices(model.report.notices)
  printReport(model, file)
  for (const line of operatorLines(model.report.operators)) console.log(line)
}

function withFile<T>(file: string, make: () => T): T {
  try {
    return make()
  } catch (error) {
    throw error instanceof CompileError ? error.inFile(file) : error
  }
}
