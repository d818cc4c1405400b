// One call of a method that is a graph, where tensors may stay on the GPU: its state always does, its result where that is asked for.
// What runtime/model.ts does for tensors in memory.

import { encodeArguments, type Feeds } from '../arguments.ts'
import type { Preprocess } from '../image.ts'
import { scalars, type Raw } from '../read-tensor.ts'
import { decodeResult, type Outputs } from '../results.ts'
import type { Signature } from '../signature.ts'
import { arrayOf, tensor } from '../tensor.ts'
import type { Tensor } from '../tensor-types.ts'
import { Cell, Hold } from './cell.ts'
import { HeldTensor, isPlaced, takingPlaced, type Placed } from './device-tensor.ts'
import type { GpuSession } from './gpu-engine.ts'
import { numberIds, tensorIds } from './tensor-outputs.ts'

/** Behind the arguments of a call whose result stays where it is. */
export const STAY = Symbol('stay')

/** State of an instance on the GPU: tensors by attribute. Instances share it as long as none has made its own. */
export class GpuState {
  readonly tensors: ReadonlyMap<string, Placed>
  readonly #hold: Hold
  #instances = 1

  constructor(tensors: ReadonlyMap<string, Placed>) {
    this.tensors = tensors
    this.#hold = new Hold(Array.from(tensors.values(), ({ data }) => data))
  }

  /** One instance more has it, or one less. */
  share(more: boolean): void {
    this.#instances += more ? 1 : -1
    if (this.#instances === 0) this.#hold.release()
  }
}

interface Call {
  readonly stays: boolean
  /** The arguments on the GPU, until the graph has read them. */
  readonly hold: Hold
}

/** `signature` with the means to take, keep and give tensors on the GPU. */
export function gpuMethod(signature: Signature): Signature {
  const { name, result, entry, state: carried, error } = signature
  const calls = new WeakMap<Feeds, Call>()
  const results = new Set(tensorIds(result).map(([id]) => id))
  const numbers = numberIds(result)
  const attributes = (carried?.slots ?? []).map(({ output }) => output)

  const begin = (feeds: Feeds, stays: boolean): Feeds => {
    calls.set(feeds, { stays, hold: new Hold([...feeds.values()].flatMap((raw) => (isPlaced(raw) ? [raw.data] : []))) })
    return feeds
  }

  return {
    ...signature,
    encode: (own, values, preprocess?: Preprocess) => {
      const stays = values.at(-1) === STAY
      const feeds = takingPlaced(() => encodeArguments(own, stays ? values.slice(0, -1) : values, preprocess))
      return feeds instanceof Promise ? feeds.then((made) => begin(made, stays)) : begin(feeds, stays)
    },
    run: async (feeds, session, state, signal, labels) => {
      const before = state as unknown as GpuState | undefined
      const { stays, hold } = calls.get(feeds)!
      if (entry) feeds.set(entry.id, scalars('int64', [entry.value], [], name))
      if (carried) {
        feeds.set(carried.cold, scalars('bool', [!before], [], name))
        if (before) for (const { attribute, input } of carried.slots) feeds.set(input, before.tensors.get(attribute)! as unknown as Raw)
      }
      const kept = new Set([...attributes, ...(stays ? results : [])])
      if (!('keeps' in session)) await inFeeds(feeds)
      const outputs = await (session as GpuSession).run(feeds, kept).finally(() => hold.release())
      const places = new Map([...kept].map((id) => [id, placed(outputs.get(id)!)]))
      // Frees what neither the result nor the state takes.
      const made = new Hold(Array.from(places.values(), ({ data }) => data))
      try {
        signal?.throwIfAborted()
        const raised = error?.raises[Number(outputs.get(error.id)!.data[0]) - 1]
        if (raised) throw Object.assign(new Error(raised.message), { name: raised.type, code: 'PT5301' })
        const value = stays
          ? decodeResult(result, onDevice(await inMemory(outputs, places, numbers), places, results))
          : decodeResult(result, await inMemory(outputs, places, [...results, ...numbers]), labels)
        const after = carried && new GpuState(new Map(carried.slots.map(({ attribute, output }) => [attribute, places.get(output)!])))
        before?.share(false)
        return [after as unknown as typeof state, value]
      } finally {
        made.release()
      }
    },
  }
}

/** An output in a cell, wherever the session left it. */
function placed({ type, data, dims }: Tensor): Placed {
  const cell = (data as unknown) instanceof Cell ? (data as unknown as Cell) : new Cell(data)
  return { type, data: cell, dims }
}

/** The outputs, those of `ids` in memory: a copy, which the page may write. */
async function inMemory(outputs: Outputs, places: ReadonlyMap<string, Placed>, ids: Iterable<string>): Promise<Outputs> {
  const all = new Map(outputs)
  for (const id of ids) {
    const { type, data, dims } = places.get(id) ?? {}
    if (data !== undefined) all.set(id, tensor(type!, arrayOf(type!, await data.read()) as never, dims!))
  }
  return all
}

/** The outputs, those of `ids` as what the page holds; each is made when it is asked for. */
function onDevice(outputs: Outputs, places: ReadonlyMap<string, Placed>, ids: ReadonlySet<string>): Outputs {
  const made = new Map<string, Tensor>()
  const get = (id: string): Tensor | undefined => {
    if (!ids.has(id)) return outputs.get(id)
    if (!made.has(id)) made.set(id, new HeldTensor(places.get(id)!) as unknown as Tensor)
    return made.get(id)
  }
  return { get } as unknown as Outputs
}

/** A session of another thread takes elements only. */
async function inFeeds(feeds: Feeds): Promise<void> {
  for (const [id, raw] of feeds) if (isPlaced(raw)) feeds.set(id, { type: raw.type, data: await raw.data.read(), dims: raw.dims })
}
