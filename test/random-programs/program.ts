// One random program through the compiler and the runtime: what became of it, and the first difference from torch.

import { CompileError } from '../../src/diagnostics/compile-error.ts'
import type { ScalarType } from '../../src/ir/scalar-type.ts'
import { compile } from '../../src/compiler/compile.ts'
import type { ModelOptions } from '../../src/compiler/types.ts'
import { nodeHost } from '../../src/plugin/host.ts'
import { zipOf } from '../hostile/zip-writer.ts'
import { compareJs, toJs } from '../support/js-value.ts'
import { decodeLeaf, type Leaf } from '../support/leaf.ts'
import { instantiate } from '../support/model.ts'

/** A row of programs.json.gz; outcome.py writes it. */
export interface Program {
  readonly name: string
  /** What the archive was made of, for whoever looks into a failure. */
  readonly source: string
  /** Records of the archive: text as it is, bytes as Latin-1. */
  readonly files: Readonly<Record<string, string | { readonly latin1: string }>>
  readonly declared: Readonly<Record<string, { readonly dtype: ScalarType; readonly shape: readonly (number | string)[] }>>
  /** Whether the inputs lead a branch both ways, or a loop to no turn and to several. */
  readonly both: boolean
  readonly cases: readonly {
    readonly inputs: readonly Leaf[]
    readonly outputs?: Leaf
    readonly raises?: { readonly type: string; readonly message: string }
  }[]
}

export interface Verdict {
  /** How it was compiled, where it was. */
  readonly form?: 'graph' | 'host'
  /** Code of the refusal. */
  readonly refused?: string
  /** What differs from torch. */
  readonly wrong?: string
}

export function archiveOf({ files }: Pick<Program, 'files'>): Uint8Array {
  return zipOf(
    Object.entries(files).map(([name, content]) => ({
      name: `archive/${name}`,
      data: typeof content === 'string' ? new TextEncoder().encode(content) : Buffer.from(content.latin1, 'latin1'),
    })),
  )
}

/** Compiles the program and calls it with its inputs in turn, one instance for all of them. */
export async function judge(program: Program, controlFlow: NonNullable<ModelOptions['controlFlow']> = 'auto'): Promise<Verdict> {
  const options = { file: program.name, inputs: program.declared, controlFlow }
  let compiled
  try {
    compiled = await compile(archiveOf(program), options, nodeHost())
  } catch (error) {
    if (!(error instanceof CompileError)) return { wrong: `compiler: ${String((error as Error).stack)}` }
    return { refused: `${error.code} ${error.problems.map(({ message }) => message).join(' | ')}` }
  }
  const form = compiled.program === undefined ? 'graph' : 'host'
  const [net] = instantiate(compiled)
  try {
    for (const [i, { inputs, outputs, raises }] of program.cases.entries()) {
      let found: string | undefined
      try {
        const result = await net!(...inputs.map((leaf) => toJs(decodeLeaf(leaf))))
        found = raises === undefined ? compareJs(result, decodeLeaf(outputs!)) : `no ${raises.type}`
      } catch (error) {
        const { name, message, stack } = error as Error
        if (raises === undefined) found = `raised ${String(stack)}`
        else if (name !== raises.type || message !== raises.message)
          found = `raised ${name}: ${message}, expected ${raises.type}: ${raises.message}`
      }
      if (found !== undefined) return { form, wrong: `case ${i}: ${found}` }
    }
  } finally {
    await net!.dispose()
  }
  return { form }
}
