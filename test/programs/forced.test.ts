// `controlFlow: 'host'`: models that one graph holds, as host programs, against the same goldens. So the two forms of a program are compared with each other
// on every fixture and every truth module. What has no such form is named here with its code.

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { compile } from '../../src/compiler/compile.ts'
import { nodeHost } from '../../src/plugin/host.ts'
import { checkCase, methodsOf, otherDtype, runCase } from '../e2e/check-case.ts'
import { fixtures } from '../e2e/fixtures.ts'
import { compileTruth, truthGolden, truthNames } from '../e2e/truth-modules.ts'
import { needsDeclaration } from '../e2e/truth-options.ts'

/** Model → the code of its refusal. */
const REFUSED: ReadonlyMap<string, string> = new Map([
  // The list of what is scaled is made by the program, and the operator wants it at build time.
  ['interpolate', 'PT4002'],
])

const forced = { controlFlow: 'host' } as const

describe('fixtures', () => {
  for (const { name, file, golden } of fixtures()) {
    const compiled = (): ReturnType<typeof compile> =>
      compile(readFileSync(file), { file: name, verifyGraphs: true, ...forced }, nodeHost())
    const code = REFUSED.get(name)
    if (code !== undefined) it(`${name} is refused with ${code}`, () => expect(compiled()).rejects.toMatchObject({ code }))
    else
      it(name, async () => {
        const result = await compiled()
        expect(result.program).toBeDefined()
        const methods = methodsOf(result)
        for (let round = 0; round < (golden.sequence === true ? 2 : 1); round++) {
          for (const one of golden.cases) await checkCase(golden.sequence === true ? methods : methodsOf(result), one)
          if (golden.sequence === true) methods.get('forward')!.run.reset()
        }
      })
  }
})

describe('truth modules', () => {
  for (const name of truthNames) {
    const compiled = (): ReturnType<typeof compile> => compileTruth(name, forced, nodeHost())
    const code = REFUSED.get(name)
    if (code !== undefined) it(`${name} is refused with ${code}`, () => expect(compiled()).rejects.toMatchObject({ code }))
    else
      it(name, async () => {
        const result = await compiled()
        expect(result.program).toBeDefined()
        // Each case was recorded on a freshly loaded module.
        for (const one of truthGolden(name).cases) {
          const methods = methodsOf(result)
          if (needsDeclaration.has(name) && otherDtype(methods, one))
            await expect(runCase(methods, one)).rejects.toMatchObject({ code: 'PT5105' })
          else await checkCase(methods, one)
        }
      })
  }
})
