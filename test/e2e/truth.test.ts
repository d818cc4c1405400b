// The truth modules through the whole compiler: every language feature and everyday layer that test/truth/make.py holds, on onnxruntime-web
// in Node against torch's numbers.

import { describe, expect, it } from 'vitest'
import type { Signature } from '../../src/ir/signature.ts'
import { compareJs, toJs } from '../support/js-value.ts'
import { decodeLeaf } from '../support/leaf.ts'
import { instantiate } from '../support/model.ts'
import { methodsOf, otherDtype } from './check-case.ts'
import type { GoldenCase } from './fixtures.ts'
import { compileTruth, truthGolden, truthNames } from './truth-modules.ts'
import { needsDeclaration, programs } from './truth-options.ts'

/** True for a case that hands in another text than the default of a parameter whose text the code works on: such texts are fixed at build time. */
function takesText({ params }: Signature, { inputs }: GoldenCase): boolean {
  return inputs.some((leaf, i) => typeof leaf === 'string' && params[i]?.spec.kind === 'constant' && params[i].spec.value !== leaf)
}

describe('truth modules on onnxruntime-web', () => {
  for (const name of truthNames) {
    it(name, async () => {
      const result = await compileTruth(name)
      expect(result.program !== undefined, 'a host program').toBe(programs.has(name))
      for (const one of truthGolden(name).cases) {
        // Each case was recorded on a freshly loaded module.
        const [net] = instantiate(result)
        const run = net!(...one.inputs.map((leaf) => toJs(decodeLeaf(leaf))))
        if (takesText(result.signatures[0]!, one)) await expect(run, one.name).rejects.toMatchObject({ code: 'PT5104' })
        else if (needsDeclaration.has(name) && otherDtype(methodsOf(result), one))
          await expect(run, one.name).rejects.toMatchObject({ code: 'PT5105' })
        else if (one.raises === undefined)
          expect(compareJs(await run, decodeLeaf(one.outputs), { network: 1e-3 }), one.name).toBeUndefined()
        else await expect(run, one.name).rejects.toMatchObject({ name: one.raises.type })
      }
    })
  }
})
