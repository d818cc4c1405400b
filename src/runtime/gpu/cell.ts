// The elements of one tensor where a model left them: in a buffer of the GPU, or in memory. Counted, since state, results and calls under way may
// share them: who lets go last frees the buffer. What nobody lets go of is freed when it is garbage.

import type { DataType, TypedArray } from '../tensor-types.ts'

/** What is needed of an onnxruntime Tensor. */
export interface OrtTensor {
  readonly type: DataType
  readonly dims: readonly number[]
  readonly location: string
  /** Throws unless the location is `cpu`. */
  readonly data: TypedArray
  getData(release?: boolean): Promise<TypedArray>
  dispose(): void
}

let last: Promise<unknown> = Promise.resolve()

/** One after the other: onnxruntime takes no second call into its WebGPU build while one waits for the GPU. */
export function exclusively<T>(task: () => T | Promise<T>): Promise<T> {
  const done = last.then(task)
  last = done.catch(() => {})
  return done
}

export class Cell {
  /** On the GPU; nothing where the elements are in memory. */
  device: OrtTensor | undefined
  owners = 0
  #data: TypedArray | undefined
  readonly #home: Set<Cell> | undefined

  /** Either `data`, or a tensor on the GPU. `home`: the cells of its session that are there. */
  constructor(data: TypedArray | undefined, device?: OrtTensor, home?: Set<Cell>) {
    this.#data = data
    this.device = device
    this.#home = home?.add(this)
  }

  /** The elements, in the turn of a call; nobody may write them. */
  async elements(): Promise<TypedArray> {
    return (this.#data ??= await this.device!.getData())
  }

  /** The elements, in a turn of their own. */
  read(): Promise<TypedArray> {
    return exclusively(() => this.elements())
  }

  /** Frees the buffer, and keeps the elements: the session is about to end. */
  async unload(): Promise<void> {
    await this.read()
    this.free()
  }

  free(): void {
    const { device } = this
    this.device = undefined
    this.#home?.delete(this)
    if (device !== undefined) void exclusively(() => device.dispose())
  }
}

function letGo(cells: readonly Cell[]): void {
  for (const cell of cells) if (--cell.owners === 0) cell.free()
}

const forgotten = new FinalizationRegistry(letGo)

/** A share in cells, until it is released. */
export class Hold {
  readonly #cells: readonly Cell[]
  #released = false

  constructor(cells: readonly Cell[]) {
    this.#cells = cells
    for (const cell of cells) cell.owners++
    forgotten.register(this, cells, this)
  }

  get released(): boolean {
    return this.#released
  }

  release(): void {
    if (this.#released) return
    this.#released = true
    forgotten.unregister(this)
    letGo(this.#cells)
  }
}
