// Tells from its bytes what a file really is; its name plays no part. Every kind but TorchScript comes with a problem that says what to do.
// Does not check a TorchScript archive beyond its zip directory.

import type { HostPrimitives } from './archive.ts'
import { other, type Other, type Sniffed } from './file-kind.ts'
import { sniffBinary } from './sniff-binary.ts'
import { sniffText } from './sniff-text.ts'
import { sniffZip } from './sniff-zip.ts'
import { ZipArchive } from './zip-archive.ts'

/**
 * What `bytes` are.
 * @throws CompileError PT1003, PT11xx when they are a zip archive that is damaged, PT12xx when it holds a damaged pickle
 */
export function sniff(bytes: Uint8Array, host: HostPrimitives = {}): Sniffed {
  if (bytes.length === 0) {
    return other('empty', { code: 'PT1001', message: 'the file is empty (0 bytes)', fix: 'export or download the model again.' })
  }
  if (bytes.length < 8) return unknown(bytes)
  const zipped = bytes[0] === 0x50 && bytes[1] === 0x4b && ((bytes[2] === 3 && bytes[3] === 4) || (bytes[2] === 5 && bytes[3] === 6))
  if (zipped) return sniffZip(new ZipArchive(bytes, host))
  return sniffBinary(bytes) ?? sniffText(bytes) ?? unknown(bytes)
}

function unknown(bytes: Uint8Array): Other {
  const start = [...bytes.subarray(0, 8)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ')
  return other('unknown', {
    code: 'PT1002',
    message: `the file (${bytes.length} ${bytes.length === 1 ? 'byte' : 'bytes'}, starting with ${start}) is no model that is known here`,
    fix: 'a TorchScript archive is expected, as torch.jit.save writes it; if this should be one, download or export it again.',
  })
}
