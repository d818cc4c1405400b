// A result that stays where the model ran. Handed to a model it is not uploaded; its elements are read when asked for.

import { TorchInputError } from '../errors.ts'
import type { Held, Raw } from '../read-tensor.ts'
import { mismatch } from '../show.ts'
import type { TensorSpec } from '../signature.ts'
import { arrayOf, count, tensor } from '../tensor.ts'
import type { DataType, DeviceTensor, Tensor } from '../tensor-types.ts'
import { Cell, Hold } from './cell.ts'

/** A tensor in a cell on its way into the graph, or out of it: what a Raw is for elements that are elsewhere. */
export interface Placed {
  readonly type: DataType
  readonly data: Cell
  readonly dims: readonly number[]
}

export const isPlaced = (value: object): value is Placed => 'data' in value && value.data instanceof Cell

let isTaken = false

/** Runs `encode`, which may take tensors on the device as they are. */
export function takingPlaced<T>(encode: () => T): T {
  isTaken = true
  try {
    return encode()
  } finally {
    isTaken = false
  }
}

export class HeldTensor implements DeviceTensor, Held {
  readonly type: DataType
  readonly dims: readonly number[]
  readonly size: number
  readonly #cell: Cell
  readonly #hold: Hold

  constructor({ type, data, dims }: Placed) {
    this.type = type
    this.dims = dims
    this.size = count(dims)
    this.#cell = data
    this.#hold = new Hold([data])
  }

  /** Whoever takes it for a tensor in memory is told what to do. */
  get data(): never {
    throw new TorchInputError('PT5110', 'A tensor on the device has no data: expected await t.read(), found t.data.')
  }

  /** Throws TorchInputError: PT5105 dtype, PT5110 where only elements are of use, PT5111 disposed. */
  raw(spec: TensorSpec, at: string): Raw {
    this.#check(at)
    if (spec.dtype !== this.type) mismatch('PT5105', at, spec, `${this.type}[${this.dims.join(', ')}]`)
    // Items of a list are joined in memory.
    if (!isTaken || 'ranks' in spec)
      throw new TorchInputError('PT5110', `${at}: expected a tensor in memory, found one on the device: await t.read().`)
    const placed: Placed = { type: this.type, data: this.#cell, dims: this.dims }
    return placed as unknown as Raw
  }

  async read(): Promise<Tensor> {
    this.#check('read()')
    const data = await this.#cell.read()
    return tensor(this.type, arrayOf(this.type, data) as never, this.dims)
  }

  dispose(): void {
    this.#hold.release()
  }

  #check(at: string): void {
    if (this.#hold.released) throw new TorchInputError('PT5111', `${at}: expected a tensor, found one that was disposed.`)
  }
}
