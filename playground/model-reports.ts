// `virtual:model-reports`: what the compiler reports of each model of the playground, and the sizes of what goes over the wire.
// Nothing here is needed to use a model; the page shows its own figures with it.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { compile } from 'unplugin-torch/compiler'
import type { Plugin } from 'vite'

/** Figures of one model: bytes, counts, and milliseconds of this build. */
export interface ModelReport {
  readonly file: string
  readonly pt: Size
  readonly onnx: Size
  readonly parameters: number
  /** ONNX operator → how many, in the graph and its subgraphs. */
  readonly operators: Readonly<Record<string, number>>
  readonly stages: readonly (readonly [stage: string, milliseconds: number])[]
}
export interface Size {
  readonly bytes: number
  readonly gzip: number
}

const ID = 'virtual:model-reports'
const models = join(import.meta.dirname, 'models')

export function modelReports(): Plugin {
  return {
    name: 'playground:model-reports',
    resolveId: { filter: { id: new RegExp(`^${ID}$`) }, handler: () => `\0${ID}` },
    load: {
      filter: { id: new RegExp(`^\0${ID}$`) },
      async handler() {
        const files = readdirSync(models).filter((file) => file.endsWith('.pt'))
        for (const file of files) this.addWatchFile(join(models, file))
        const reports = await Promise.all(files.map(async (file) => [file, await reportOf(file)] as const))
        return { code: `export const reports = ${JSON.stringify(Object.fromEntries(reports))}`, moduleType: 'js' }
      },
    },
  }
}

async function reportOf(file: string): Promise<ModelReport> {
  const bytes = readFileSync(join(models, file))
  const { graph, report } = await compile(bytes, { file })
  const { parameters, operators, stages } = report
  return { file, pt: sizeOf(bytes), onnx: sizeOf(graph), parameters, operators, stages }
}

const sizeOf = (bytes: Uint8Array): Size => ({ bytes: bytes.length, gzip: gzipSync(bytes, { level: 9 }).length })
