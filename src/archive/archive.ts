// What reading a file gives: the kind it really is, and for TorchScript its parts. Interfaces only.

import type { IObject, IValue } from '../ir/ivalue.ts'
import type { Source, SourceRange } from '../diagnostics/source-range.ts'

/** Fast primitives that the caller may hand in; each has a plain TypeScript twin behind it. */
export interface HostPrimitives {
  /** CRC-32 (IEEE 802.3) of `bytes`. */
  readonly crc32?: (bytes: Uint8Array) => number
  /** Raw DEFLATE; must stop with an error once more than `maxBytes` come out. */
  readonly inflateRaw?: (bytes: Uint8Array, maxBytes: number) => Uint8Array
}

/** One `.py` text of the archive, and where each of its lines came from. */
export interface SerializedSource extends Source {
  /** The user's own Python range for an offset of this text, from `.debug_pkl`; undefined when the archive does not say. */
  readonly generatedFrom: (offset: number) => SourceRange | undefined
}

/** Example input of a traced module: dtype and sizes, no data (`traced_inputs.pkl`). */
export type TracedInputs = ReadonlyMap<string, readonly IValue[]>

/** A TorchScript archive, read and checked, nothing interpreted. */
export interface ScriptArchive {
  /** Number in `version`: decides which operator upgraders apply. */
  readonly version: number
  /** The pickled module: attributes and tensors, views on the file. */
  readonly root: IObject
  /** `constants.pkl`: what `CONSTANTS.c<N>` in the code refers to. */
  readonly constants: readonly IValue[]
  /** By qualifier: `__torch__.torch.nn.modules.conv` → text of `code/__torch__/torch/nn/modules/conv.py`. */
  readonly sources: ReadonlyMap<string, SerializedSource>
  readonly tracedInputs: TracedInputs
  /** `extra/<name>` records. */
  readonly extraFiles: ReadonlyMap<string, Uint8Array>
}

/** `readTorchScript(bytes, host)` in read-torchscript.ts; throws CompileError for everything else, naming what the file really is. */
export type ReadTorchScript = (bytes: Uint8Array, host?: HostPrimitives) => ScriptArchive
