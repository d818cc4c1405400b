// `convert`: the graph, a module that runs it, and its types, as files beside each other; a source map where control flow of the model is
// JavaScript. All of them or none.

import { basename, extname } from 'node:path'
import type { ModelOptions } from '../compiler/types.ts'
import { compileInNode, loadCompiler } from '../plugin/compile-model.ts'
import { readModel } from '../plugin/read-model.ts'
import { formatBytes } from '../plugin/report-line.ts'
import { printNotices } from './run-command.ts'
import { printReport, reportOf } from './report.ts'
import { standaloneModule } from './standalone-module.ts'
import { writeAll } from './write-all.ts'

export interface ConvertArguments {
  readonly file: string
  readonly folder: string
  readonly options: ModelOptions
  readonly json: boolean
}

/** Throws CompileError; nothing is written then. */
export async function convert({ file, folder, options, json }: ConvertArguments): Promise<void> {
  // Both at the same time: one waits for the disk, the other parses.
  const [{ bytes }] = await Promise.all([readModel(file, file), loadCompiler()])
  const model = await compileInNode(bytes, options, file)
  const stem = basename(file, extname(file))
  const { code, map } = standaloneModule(model, options, file)
  const written = await writeAll(folder, [
    [`${stem}.onnx`, model.pieces],
    [`${stem}.js`, code],
    ...(map === undefined ? [] : [[`${stem}.js.map`, map] as const]),
    [`${stem}.d.ts`, model.dts],
  ])
  const report = { ...reportOf(model, file), files: written }
  if (json) return void console.log(JSON.stringify(report, null, 2))
  printNotices(model.report.notices)
  printReport(model, file)
  console.log(`written  ${written.map(({ path, bytes: size }) => `${path} (${formatBytes(size)})`).join(', ')}`)
}
