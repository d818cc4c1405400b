// One case of a golden on a model that is open in Node: torch's value, torch's exception, or the refusal of another rank than was promised.

import { expect } from 'vitest'
import type { CompileResult } from '../../src/compiler/types.ts'
import type { Signature, TensorSpec } from '../../src/ir/signature.ts'
import type { Tensor as TensorValue } from '../../src/ir/tensor.ts'
import type { Model } from '../../src/runtime/index.ts'
import { compareJs, toJs } from '../support/js-value.ts'
import { decodeLeaf } from '../support/leaf.ts'
import { instantiate } from '../support/model.ts'
import type { GoldenCase } from './fixtures.ts'
import { tells } from './judge.ts'

// DESIGN §7: whole networks within 1e-3 of the golden's standard deviation.
export const NETWORK = { network: 1e-3 }

export interface Method {
  readonly run: Model
  readonly signature: Signature
}
export type Methods = ReadonlyMap<string, Method>

/** A compiled model's methods by name, over one new state. */
export function methodsOf(result: CompileResult): Methods {
  const methods = instantiate(result)
  return new Map(result.signatures.map((signature, i): [string, Method] => [signature.name, { run: methods[i]!, signature }]))
}

export const runCase = (methods: Methods, { method = 'forward', inputs }: GoldenCase): Promise<unknown> =>
  methods.get(method)!.run(...inputs.map((leaf) => toJs(decodeLeaf(leaf))))

/**
 * True when a case hands in a tensor of another rank than the signature has. A recorded or assumed rank is a promise: torch's trace would
 * take any, the emitted module says what it takes before the runtime sees it.
 */
export const otherRank = (methods: Methods, one: GoldenCase): boolean =>
  someTensor(methods, one, ({ dims }, { sizes }) => dims !== undefined && sizes.length !== dims.length)

/** The same of data types: one is declared, and the case hands in another. */
export const otherDtype = (methods: Methods, one: GoldenCase): boolean =>
  someTensor(methods, one, (spec, { dtype }) => dtype !== spec.dtype)

function someTensor(
  methods: Methods,
  { method = 'forward', inputs }: GoldenCase,
  holds: (spec: TensorSpec, tensor: TensorValue) => boolean,
): boolean {
  const { params } = methods.get(method)!.signature
  return inputs.some((leaf, i) => {
    const spec = params[i]?.spec
    const value = decodeLeaf(leaf)
    return spec?.kind === 'tensor' && value !== null && typeof value === 'object' && value.kind === 'tensor' && holds(spec, value)
  })
}

/** Expects torch's result of a case, or its exception. */
export async function checkCase(methods: Methods, golden: GoldenCase): Promise<void> {
  if (otherRank(methods, golden)) {
    await expect(runCase(methods, golden)).rejects.toMatchObject({ code: 'PT5106' })
    return
  }
  if (golden.raises === undefined) {
    expect(compareJs(await runCase(methods, golden), decodeLeaf(golden.outputs), NETWORK)).toBeUndefined()
    return
  }
  const { type, message } = golden.raises
  const error = await runCase(methods, golden).then(
    () => undefined,
    (thrown: unknown) => thrown as Error,
  )
  expect(error?.name).toBe(type)
  expect(tells(error!.message, message), error!.message).toBe(true)
}
