// A method whose control flow is generated JavaScript and whose tensor work is regions of the graph: what the loader wraps its function in.

import type { Feeds } from '../arguments.ts'
import type { Raw } from '../read-tensor.ts'
import type { Signature } from '../signature.ts'
import { copy } from './copy.ts'
import { openRegions, type Region, type RegionSpec } from './region.ts'
import { readArguments, toPage } from './values.ts'

/** The generated function: the module's state, the regions, then the method's parameters. */
export type HostFunction<State> = (state: State, regions: readonly Region[], ...values: never[]) => unknown

export interface HostMethodConfig<State> {
  readonly regions: readonly RegionSpec[]
  /** The saved state. `tensors` are the results of the region that holds its tensors: the last one. */
  readonly init?: (tensors: readonly unknown[]) => State
}

/** `signature` with the means to run it. State is the module's changed attributes as an object; a call works on its own copy of it. */
export function hostMethod<State extends object>(
  signature: Signature,
  method: HostFunction<State>,
  { regions, init }: HostMethodConfig<State>,
): Signature {
  return {
    ...signature,
    encode: (own, values, preprocess) => readArguments(own, values, preprocess) as unknown as Feeds,
    run: async (encoded, session, before, signal, labels) => {
      const open = openRegions(regions, session, signal)
      const saved = async (): Promise<State> => init!((await open.at(-1)!()) as readonly unknown[])
      const state = init && (before ? copy(before as unknown as State) : await saved())
      const value = await method(state as State, open, ...(encoded as unknown as never[]))
      // What the page is given is its own: the next call may write what the state refers to.
      return [state as unknown as ReadonlyMap<string, Raw>, toPage(signature.result, init ? copy(value) : value, labels, true)]
    },
  }
}
