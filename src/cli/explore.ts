// `inspect --html`: a model at every step of its conversion, as a page of one file. A model that cannot be converted gets its page, too.

import { basename, extname } from 'node:path'
import { explore } from '../compiler/explore/explore.ts'
import type { ModelOptions } from '../compiler/types.ts'
import { nodeHost } from '../plugin/host.ts'
import { readModel } from '../plugin/read-model.ts'
import { formatBytes } from '../plugin/report-line.ts'
import { explorerPage } from './explorer-page.ts'
import { writeAll } from './write-all.ts'

export interface ExploreArguments {
  readonly file: string
  /** Where STEM.html goes. */
  readonly folder: string
  readonly options: ModelOptions
  readonly json: boolean
}

/** Throws CompileError where the file cannot be read or the page not be written. */
export async function exploreToPage({ file, folder, options, json }: ExploreArguments): Promise<void> {
  const { bytes } = await readModel(file, file)
  const exploration = await explore(bytes, { ...options, file }, nodeHost())
  const written = await writeAll(folder, [[`${basename(file, extname(file))}.html`, explorerPage(exploration)]])
  if (json) return void console.log(JSON.stringify({ file, files: written, problems: exploration.problems }, null, 2))
  for (const { text } of exploration.problems) console.error(text)
  if (exploration.problems.length > 0) console.log(`${file} cannot be converted; the page shows how far it came.`)
  console.log(`written  ${written.map(({ path, bytes: size }) => `${path} (${formatBytes(size)})`).join(', ')}`)
}
