// Storages behind the persistent ids of one pickle: `('storage', <class>, key, location, element count)` → bytes of `<folder>/<key>`.
// Answers to Unpickler's BINPERSID in torch/csrc/jit/serialization/unpickler.cpp. The device is ignored: everything is read as CPU memory.

import { scalarTypeInfo, type ScalarType } from '../ir/scalar-type.ts'
import type { Storage } from '../ir/tensor.ts'
import { isKind, itemName, shown, type PickleFail, type PickleItem } from './pickle-item.ts'

export interface StorageFolder {
  /** `data` or `constants`; for messages. */
  readonly name: string
  /** The record of a key; undefined when there is none. */
  readonly read: (key: string) => Uint8Array | undefined
  /** `traced_inputs` declare elements but keep no bytes. */
  readonly mayBeEmpty: boolean
}

/** Elements that `bytes` hold; the sub-byte quantized types count bytes, as torch does. */
const elementsIn = (bytes: number, dtype: ScalarType | 'untyped'): number =>
  dtype === 'untyped' ? bytes : Math.floor(bytes / scalarTypeInfo(dtype).bytes)

/** Gives each key one Storage, so that tensors that share bytes share the object. */
export function storageReader(folder: StorageFolder): (id: PickleItem, fail: PickleFail) => PickleItem {
  const known = new Map<string, Storage>()

  const recordOf = (key: string, numel: number, fail: PickleFail): Storage => {
    const cached = known.get(key)
    if (cached !== undefined) return cached
    const bytes = folder.read(key)
    // torch does not read the record of a storage without elements; some writers leave it out.
    if (bytes === undefined && numel > 0) fail('PT1301', `the record ${folder.name}/${shown(key)} with the bytes of a tensor is missing`)
    const storage: Storage = { bytes: bytes ?? new Uint8Array(0) }
    known.set(key, storage)
    return storage
  }

  return (id, fail) => {
    if (!isKind(id, 'tuple')) return fail('PT1214', `a persistent id must be a tuple, not ${itemName(id)}`)
    // torch 1.4 writes a sixth item, the view, which is always None.
    const parts = id.items.length === 6 && id.items[5] === null ? 5 : id.items.length
    if (parts !== 5) return fail('PT1214', `a persistent id must have 5 parts, not ${parts}`)
    const [tag, type, key, location, count] = id.items as readonly PickleItem[]
    if (tag !== 'storage') return fail('PT1214', 'a persistent id must start with "storage"')
    if (!isKind(type, 'global') || type.entry.role !== 'storage')
      return fail('PT1214', `a storage must have a storage class, not ${itemName(type)}`)
    if (typeof key !== 'string' || typeof location !== 'string') return fail('PT1214', 'the key and location of a storage must be strings')
    if (typeof count !== 'bigint' || count < 0n || count > BigInt(Number.MAX_SAFE_INTEGER)) {
      return fail('PT1302', `a storage declares ${typeof count === 'bigint' ? count : itemName(count)} elements`)
    }
    if (location === 'meta') {
      return fail('PT1307', 'a tensor lies on the meta device, which has no data', 'load real weights before saving the model.')
    }
    const numel = Number(count)
    const { dtype } = type.entry
    const storage = recordOf(key, numel, fail)
    const shapeOnly = folder.mayBeEmpty && storage.bytes.length === 0
    if (!shapeOnly && numel !== elementsIn(storage.bytes.length, dtype)) {
      return fail(
        'PT1302',
        `storage ${folder.name}/${shown(key)} declares ${numel} elements of ${dtype}, but its record has ${storage.bytes.length} bytes`,
      )
    }
    return { kind: 'storage', storage, dtype, shapeOnly }
  }
}
