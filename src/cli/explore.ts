// `inspect --html`: a model at every step of its conversion, as a page of one file. A model that cannot be converted gets its page, too.

import { basename, extname } from 'node:path'
import type { NoRunData, RunData } from './page-data.ts'
import { exploreCompiled } from '../compiler/explore/explore.ts'
import type { ModelOptions } from '../compiler/types.ts'
import { nodeHost } from '../plugin/host.ts'
import { readModel } from '../plugin/read-model.ts'
import { formatBytes } from '../plugin/report-line.ts'
import { explorerPage } from './explorer-page.ts'
import { runData } from './run-data.ts'
import { writeAll } from './write-all.ts'

export interface ExploreArguments {
  readonly file: string
  /** Where STEM.html goes. */
  readonly folder: string
  /** The page also holds the model and onnxruntime. */
  readonly run: boolean
  readonly options: ModelOptions
  readonly json: boolean
}

/** Throws CompileError where the file cannot be read or the page not be written. */
export async function exploreToPage({ file, folder, run, options, json }: ExploreArguments): Promise<void> {
  const { bytes } = await readModel(file, file)
  const { exploration, result } = await exploreCompiled(bytes, { ...options, file }, nodeHost())
  const name = basename(file)
  const data: RunData | NoRunData | undefined =
    result === undefined
      ? undefined
      : run
        ? runData(result, options, file)
        : {
            reason: `To run the model in this page, it is written with npx unplugin-torch inspect ${name} --html --run; onnxruntime makes it 19 MB larger.`,
          }
  const written = await writeAll(folder, [[`${basename(file, extname(file))}.html`, explorerPage(exploration, data)]])
  if (json) return void console.log(JSON.stringify({ file, files: written, problems: exploration.problems }, null, 2))
  for (const { text } of exploration.problems) console.error(text)
  if (exploration.problems.length > 0) console.log(`${file} cannot be converted; the page shows how far it came.`)
  if (run && data !== undefined && 'reason' in data) console.log(data.reason)
  console.log(`written  ${written.map(({ path, bytes: size }) => `${path} (${formatBytes(size)})`).join(', ')}`)
}
