// Every committed model, compiled and run on onnxruntime-web in Node, against torch's numbers on every branch.

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { compile } from '../../src/compiler/compile.ts'
import { compareJs } from '../support/js-value.ts'
import { decodeLeaf } from '../support/leaf.ts'
import { checkCase, methodsOf, NETWORK, otherRank, runCase } from './check-case.ts'
import { fixtures } from './fixtures.ts'

describe('fixtures on onnxruntime-web in Node', () => {
  for (const { name, file, golden } of fixtures()) {
    describe(name, () => {
      const model = compile(readFileSync(file), { file: name, verifyGraphs: true }).then(methodsOf)
      model.catch(() => {})

      if (golden.sequence === true) {
        it('runs its cases one after the other, and again after reset', async () => {
          const methods = await model
          for (let round = 0; round < 2; round++) {
            for (const one of golden.cases) await checkCase(methods, one)
            methods.get('forward')!.run.reset()
          }
        })
      } else {
        for (const one of golden.cases) it(one.name, async () => checkCase(await model, one))
        // A check that passes on the golden of another input would be no check.
        it('fails against the golden of another case', async () => {
          const methods = await model
          const plain = golden.cases.filter((one) => one.raises === undefined && !otherRank(methods, one))
          const outputs = plain.map(({ outputs: leaf }) => JSON.stringify(leaf))
          const other = plain.findIndex((_, i) => outputs[i] !== outputs[0] && plain[i]!.method === plain[0]!.method)
          if (other === -1) return
          expect(compareJs(await runCase(methods, plain[0]!), decodeLeaf(plain[other]!.outputs), NETWORK)).toEqual(expect.any(String))
        })
      }
    })
  }
})
