// Types of tensors, and of what a tensor parameter takes. No code.

type Float16Data = typeof globalThis extends { Float16Array: { prototype: infer A } } ? A | Uint16Array : Uint16Array

/** Data type → the typed array that holds it. float16 without `Float16Array` is raw bits. */
export interface DataTypeMap {
  float32: Float32Array
  float64: Float64Array
  float16: Float16Data
  int8: Int8Array
  int16: Int16Array
  int32: Int32Array
  int64: BigInt64Array
  uint8: Uint8Array
  uint16: Uint16Array
  uint32: Uint32Array
  uint64: BigUint64Array
  bool: Uint8Array
}
export type DataType = keyof DataTypeMap
export type TypedArray = DataTypeMap[DataType]

/**
 * Carries the extents of a type, never a value: two different numbers do not fit, a dim or a rank that is not known fits every other.
 * Parameters of methods are compared both ways, which says just that, dim by dim.
 */
declare const extents: unique symbol
interface Extent<N extends number> {
  fits(size: N): void
}
type Extents<D extends readonly number[]> = { readonly [K in keyof D]: Extent<D[K]> }

/**
 * A tensor: row-major `data` of `dims`. What a model returns; on the main thread it is onnxruntime's own Tensor, from a worker a plain object.
 * `D` tells the extents that are known, as in `Tensor<'float32', readonly [n: number, 3, 64, 64]>`.
 */
export interface Tensor<T extends DataType = DataType, D extends readonly number[] = readonly number[]> {
  readonly type: T
  readonly data: DataTypeMap[T]
  readonly dims: D
  /** Number of elements. */
  readonly size: number
  [extents]?(known: Extents<D>): void
}

/** What a tensor parameter takes as a tensor: ours, onnxruntime's, or a plain object. */
export interface TensorLike<T extends DataType = DataType, D extends readonly number[] = readonly number[]> {
  readonly type?: T
  readonly data: DataTypeMap[T]
  readonly dims: readonly number[]
  [extents]?(known: Extents<D>): void
}

/**
 * A tensor where the model ran: on the GPU, or in memory when the page has none. Models of device webgpu take it as it is.
 * It lives until it is disposed, or garbage; disposing of its model only moves it to memory.
 */
export interface DeviceTensor<T extends DataType = DataType, D extends readonly number[] = readonly number[]> {
  readonly type: T
  readonly dims: D
  /** Number of elements. */
  readonly size: number
  /** The same in memory. */
  read(): Promise<Tensor<T, D>>
  /** Frees its memory. A call that has taken it still ends. */
  dispose(): void
  [extents]?(known: Extents<D>): void
}

/** A result with its tensors on the device. Lists whose length is not known stay in memory. */
export type OnDevice<R> =
  R extends Tensor<infer T, infer D>
    ? DeviceTensor<T, D>
    : R extends ReadonlyMap<infer K, infer V>
      ? Map<K, OnDevice<V>>
      : R extends readonly unknown[]
        ? number extends R['length']
          ? R
          : { [K in keyof R]: OnDevice<R[K]> }
        : R extends object
          ? { readonly [K in keyof R]: OnDevice<R[K]> }
          : R

type Element<T extends DataType> = T extends 'bool' ? boolean : number | bigint
interface Nested<E> extends ReadonlyArray<E | Nested<E>> {}
type NestedOf<E, D extends readonly number[]> = number extends D['length']
  ? E | Nested<E>
  : D extends readonly [number, ...infer Rest extends readonly number[]]
    ? readonly NestedOf<E, Rest>[]
    : E

/** What a tensor parameter takes: a tensor, a typed array where the shape can be known, nested arrays of numbers (a number for rank 0). */
export type TensorArg<T extends DataType = DataType, D extends readonly number[] = readonly number[]> =
  | TensorLike<T, D>
  | DataTypeMap[T]
  | NestedOf<Element<T>, D>

/** What `preprocess` turns into a tensor. A plain `{ data, width, height }` holds RGBA bytes. */
export type ImageSource =
  | HTMLImageElement
  | HTMLCanvasElement
  | HTMLVideoElement
  | OffscreenCanvas
  | ImageBitmap
  | Blob
  | { readonly data: Uint8Array | Uint8ClampedArray; readonly width: number; readonly height: number }

/** A Python int: a number, or a bigint beyond ±2^53. */
export type Int = number | bigint

/** A tensor of class scores with the configured name of each row's highest score (or, of class indices, of each index). */
export interface Labelled {
  /** Name of the first row. */
  readonly label: string
  /** One name a row, in order. */
  readonly labels: readonly string[]
}
