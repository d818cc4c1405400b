// Every committed model, compiled and run on onnxruntime-web in Node, against torch's numbers on every branch.

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { compile } from '../../src/compiler/compile.ts'
import type { Signature } from '../../src/ir/signature.ts'
import type { Model } from '../../src/runtime/index.ts'
import { compareJs, toJs } from '../support/js-value.ts'
import { decodeLeaf } from '../support/leaf.ts'
import { instantiate } from '../support/model.ts'
import { fixtures, type GoldenCase } from './fixtures.ts'
import { tells } from './judge.ts'

// DESIGN §7: whole networks within 1e-3 of the golden's standard deviation.
const NETWORK = { network: 1e-3 }

interface Method {
  readonly run: Model
  readonly signature: Signature
}
type Methods = ReadonlyMap<string, Method>

const run = (methods: Methods, { method = 'forward', inputs }: GoldenCase): Promise<unknown> =>
  methods.get(method)!.run(...inputs.map((leaf) => toJs(decodeLeaf(leaf))))

/**
 * True when a case hands in a tensor of another rank than the signature has. A recorded or assumed rank is a promise: torch's trace would
 * take any, the emitted module says what it takes before the runtime sees it.
 */
function otherRank(methods: Methods, { method = 'forward', inputs }: GoldenCase): boolean {
  const { params } = methods.get(method)!.signature
  return inputs.some((leaf, i) => {
    const spec = params[i]?.spec
    const value = decodeLeaf(leaf)
    return (
      spec?.kind === 'tensor' &&
      spec.dims !== undefined &&
      value !== null &&
      typeof value === 'object' &&
      value.kind === 'tensor' &&
      value.sizes.length !== spec.dims.length
    )
  })
}

describe('fixtures on onnxruntime-web in Node', () => {
  for (const { name, file, golden } of fixtures()) {
    describe(name, () => {
      const model = compile(readFileSync(file), { file: name, verify: true }).then((result) => {
        const methods = instantiate(result)
        return new Map(result.signatures.map((signature, i): [string, Method] => [signature.name, { run: methods[i]!, signature }]))
      })
      model.catch(() => {})

      const check = async (methods: Methods, golden: GoldenCase): Promise<void> => {
        if (otherRank(methods, golden)) {
          await expect(run(methods, golden)).rejects.toMatchObject({ code: 'PT5106' })
          return
        }
        if (golden.raises === undefined) {
          expect(compareJs(await run(methods, golden), decodeLeaf(golden.outputs), NETWORK)).toBeUndefined()
          return
        }
        const { type, message } = golden.raises
        const error = await run(methods, golden).then(
          () => undefined,
          (thrown: unknown) => thrown as Error,
        )
        expect(error?.name).toBe(type)
        expect(tells(error!.message, message), error!.message).toBe(true)
      }

      if (golden.sequence === true) {
        it('runs its cases one after the other, and again after reset', async () => {
          const methods = await model
          for (let round = 0; round < 2; round++) {
            for (const one of golden.cases) await check(methods, one)
            methods.get('forward')!.run.reset()
          }
        })
      } else {
        for (const one of golden.cases) it(one.name, async () => check(await model, one))
        // A check that passes on the golden of another input would be no check.
        it('fails against the golden of another case', async () => {
          const methods = await model
          const plain = golden.cases.filter((one) => one.raises === undefined && !otherRank(methods, one))
          const outputs = plain.map(({ outputs: leaf }) => JSON.stringify(leaf))
          const other = plain.findIndex((_, i) => outputs[i] !== outputs[0] && plain[i]!.method === plain[0]!.method)
          if (other === -1) return
          expect(compareJs(await run(methods, plain[0]!), decodeLeaf(plain[other]!.outputs), NETWORK)).toEqual(expect.any(String))
        })
      }
    })
  }
})
