// Archives made in memory from the code of one file, for tests of the importer.

import type { ScriptArchive } from '../../src/archive/archive.ts'
import { CompileError, type Problem } from '../../src/diagnostics/compile-error.ts'
import { importScript, type ScriptModule } from '../../src/frontend/import-script.ts'
import type { IObject, IValue } from '../../src/ir/ivalue.ts'
import { maxOperatorVersion } from '../../src/ops/schemas/versions.ts'

export const object = (className: string, attributes: Readonly<Record<string, IValue>> = {}): IObject => ({
  kind: 'object',
  className,
  attributes: new Map(Object.entries(attributes)),
})

/** The code of `__torch__`, with a root of class `Net`. */
export function archiveOf(
  text: string,
  attributes: Readonly<Record<string, IValue>> = {},
  constants: readonly IValue[] = [],
): ScriptArchive {
  return {
    version: maxOperatorVersion,
    root: object('__torch__.Net', attributes),
    constants,
    sources: new Map([['__torch__', { name: 'code/__torch__.py', text, generatedFrom: () => undefined }]]),
    tracedInputs: new Map(),
    extraFiles: new Map(),
  }
}

export const moduleOf = (...args: Parameters<typeof archiveOf>): ScriptModule => importScript(archiveOf(...args))

/** The module whose `forward` takes `x : Tensor` and has this body. */
export const netWith = (body: string): string => `class Net(Module):
  __parameters__ = []
  training : bool
  def forward(self: __torch__.Net, x: Tensor) -> Tensor:
${body.trimEnd().replaceAll(/^/gm, '    ')}
`

export function problemsOf(run: () => unknown): readonly Problem[] {
  try {
    run()
  } catch (error) {
    if (error instanceof CompileError) return error.problems
    throw error
  }
  throw new TypeError('nothing was wrong')
}
