// The types of the plugin's options, as configurations write them. Their check is options.ts.

import type { CalibrationValue, ModelOptions } from '../compiler/types.ts'
import type { ScalarType } from '../ir/scalar-type.ts'

export type NestedNumbers = readonly (number | bigint | boolean | NestedNumbers)[]

/** One example input: typed data with dims, a nested array, or the path of an `.npy` or `.json` file (of a nested array), relative to the project's root. */
export type ExampleInput =
  | { readonly data: ArrayLike<number | bigint>; readonly dims: readonly number[]; readonly dtype?: ScalarType }
  | NestedNumbers
  | string

/** Inputs of one call by name, or position: as examples, RGBA pixels, or paths of images. */
export type CalibrationInput = Readonly<Record<string, ExampleInput | CalibrationValue>>

/** A number of bytes, or `'2 MB'`, `'500 kB'`, `'1.5 MiB'`. */
export type ByteSize = number | string

/** Bytes that the graph of a model may have: as it is, or compressed as well. */
export type Budget = ByteSize | { readonly raw?: ByteSize; readonly gzip?: ByteSize; readonly brotli?: ByteSize }

/** Options of one model as the plugin's configuration takes them. */
export interface PluginModelOptions extends Omit<ModelOptions, 'exampleInputs' | 'calibration'> {
  /**
   * Inputs by name (or position: `'0'`). In every mode they tell dtypes and ranks that nothing else tells; in mode `trace` the first one decides
   * branches and loops, and the others are checked to go the same way. What is missing is generated, with a notice.
   */
  readonly exampleInputs?: readonly Readonly<Record<string, ExampleInput>>[]
  /**
   * Typical inputs that precision `int8-static` measures the ranges of activations on; `exampleInputs` where it is left out. `data`: files, folders and
   * patterns (`'samples/*.png'`), relative to the project's root, or items of the first parameter's or of named inputs. Images are prepared as option
   * `preprocess` says; PNG is read as it is, other formats with the package sharp. An `.npy` file with one more axis is a stack of inputs;
   * an `.npz` file has one array for each input.
   */
  readonly calibration?: Omit<NonNullable<ModelOptions['calibration']>, 'data'> & {
    readonly data: string | readonly (string | CalibrationInput)[]
  }
  /** Bytes that the graph may have: `'2 MB'`, or `{ gzip: '500 kB' }`. A build fails beyond it (a watching one and a dev server warn), and shows what the bytes are. */
  readonly budget?: Budget
}

export interface PluginOptions {
  /** Options by model: the key is the model's path relative to the project's root, e.g. `'src/net.pt'`. */
  readonly models?: Readonly<Record<string, PluginModelOptions>>
  /** Options of every model; those under `models` and those of an import's query win over them. */
  readonly defaults?: PluginModelOptions
  /** Write a declaration beside each model. Default true: `net.pt.d.ts`, or `net.d.pt.ts` where tsconfig.json has `allowArbitraryExtensions` or a `node` module resolution. */
  readonly dts?: boolean
  /** Keep converted models: true, false, or a folder relative to the root. Default true: Vite's `cacheDir`, else `node_modules/.cache/unplugin-torch`. */
  readonly cache?: boolean | string
  /** Bytes the cache folder may hold; the entries unused for longest go first. Default 2 GiB. */
  readonly cacheLimit?: number
  /** Vite only: send `Cross-Origin-Opener-Policy` and `Cross-Origin-Embedder-Policy` from the dev and preview servers, which WebAssembly threads need. Default false. */
  readonly isolate?: boolean
  /**
   * What is printed of models. Default true: a table when a build is done, with gzip and brotli sizes of all but graphs over 20 MB; a dev server prints one
   * line per conversion. `'table'`: the sizes of those as well. Notices about a model are printed when it is converted, not when it comes from the cache.
   */
  readonly report?: boolean | 'table'
}
