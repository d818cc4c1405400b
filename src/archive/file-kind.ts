// The kinds of file that may be found where a model is expected.

import type { Problem } from '../diagnostics/compile-error.ts'
import type { ZipArchive } from './zip-archive.ts'

/** What a file is: a TorchScript archive, opened, or something else with what to say about it. */
export type Sniffed = { readonly kind: 'torchscript'; readonly zip: ZipArchive } | { readonly kind: OtherKind; readonly problem: Problem }

export type OtherKind =
  | 'empty'
  | 'unknown'
  | 'zeros'
  | 'git-lfs-pointer'
  | 'html'
  | 'json'
  | 'text'
  | 'python'
  | 'compressed'
  | 'wrapped'
  | 'onnx'
  | 'safetensors'
  | 'flatbuffer'
  | 'exported-program'
  | 'state-dict'
  | 'pickled-module'
  | 'checkpoint'
  | 'saved-value'
  | 'legacy-save'
  | 'pickle'
  | 'tar'
  | 'hdf5'
  | 'numpy'
  | 'media'
  | 'torchscript-1.0'
  | 'lite-interpreter'
  | 'torch-package'
  | 'zip'
  | 'other-framework'

export type Other = Exclude<Sniffed, { readonly kind: 'torchscript' }>

/** Text for every kind that lacks the model's code. */
export const SAVE_WITH_CODE =
  "in Python, build the model, load its weights, and save it with its code: torch.jit.script(model).save('net.pt')."

export function other(kind: OtherKind, problem: Problem): Other {
  return { kind, problem }
}
