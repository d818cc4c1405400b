// A TorchScript archive from its bytes: version, pickled module, constants, sources, recorded inputs. Reads and checks; interprets no code.
// Answers to torch/csrc/jit/serialization/import.cpp (ScriptModuleDeserializer).

import { CompileError, fail } from '../diagnostics/compile-error.ts'
import type { SourceRange } from '../diagnostics/source-range.ts'
import type { IValue } from '../ir/ivalue.ts'
import type { HostPrimitives, ReadTorchScript, ScriptArchive, SerializedSource, TracedInputs } from './archive.ts'
import { DebugRanges } from './debug-ranges.ts'
import { MAX_SOURCE_BYTES } from './limits.ts'
import { isNativeClass, resolveTorchScript } from './pickle-globals.ts'
import { shown } from './pickle-item.ts'
import { readPickle } from './pickle-value.ts'
import { Records } from './records.ts'
import { sniff } from './sniff.ts'
import { storageReader } from './storages.ts'

/** torch's kMinSupportedFileFormatVersion and kMaxSupportedFileFormatVersion. */
const MIN_VERSION = 1
const MAX_VERSION = 10
const AGAIN = 'the archive is incomplete or damaged: export the model again.'

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Reads a TorchScript archive of torch 1.4 or later.
 * @throws CompileError PT1xxx; for a file of another kind it names what the file really is and what to do
 */
export const readTorchScript: ReadTorchScript = (bytes: Uint8Array, host: HostPrimitives = {}): ScriptArchive => {
  const found = sniff(bytes, host)
  if (found.kind !== 'torchscript') throw new CompileError([found.problem])
  const records = new Records(found.zip)
  const version = readVersion(records)
  checkByteOrder(records)
  const sources = readSources(records)
  const hasState = statefulClasses(sources)
  const unpickle = (name: string, folder: string, mayBeEmpty = false): IValue =>
    readPickle(records.read(name), records.folder + name, {
      resolve: resolveTorchScript,
      hasState: (className) => isNativeClass(className) || hasState.has(className),
      persistent: storageReader({ name: folder, read: (key) => records.find(`${folder}/${key}`), mayBeEmpty }),
    })
  const constants = unpickle('constants.pkl', 'constants')
  if (!is(constants, 'tuple')) return unexpected(records, 'constants.pkl', 'a tuple of constants')
  const root = unpickle('data.pkl', 'data')
  if (!is(root, 'object')) return unexpected(records, 'data.pkl', 'a module')
  const tracedInputs = records.has('traced_inputs.pkl')
    ? readTracedInputs(unpickle('traced_inputs.pkl', 'traced_inputs', true), records)
    : new Map()
  const extraFiles = new Map<string, Uint8Array>()
  for (const name of records.names('extra/')) extraFiles.set(name.slice('extra/'.length), records.read(name))
  return { version, root, constants: constants.items, sources, tracedInputs, extraFiles }
}

type Kinded = Extract<IValue, { readonly kind: string }>
function is<K extends Kinded['kind']>(value: IValue, kind: K): value is Extract<Kinded, { readonly kind: K }> {
  return typeof value === 'object' && value !== null && value.kind === kind
}

function unexpected(records: Records, name: string, expected: string): never {
  return fail('PT1406', `the record does not hold ${expected}`, { member: records.folder + name, fix: AGAIN })
}

function readVersion(records: Records): number {
  const name = records.has('.data/version') ? '.data/version' : 'version'
  const member = records.folder + name
  const bytes = records.read(name)
  const text = bytes.length <= 12 ? String.fromCharCode(...bytes) : ''
  if (!/^\d{1,9}\r?\n?$/.test(text)) return fail('PT1402', 'the version record is not a number', { member, fix: AGAIN })
  const version = Number.parseInt(text, 10)
  if (version < MIN_VERSION || version > MAX_VERSION) {
    const newer = version > MAX_VERSION
    return fail('PT1402', `the archive has format version ${version}; versions ${MIN_VERSION} to ${MAX_VERSION} are known`, {
      member,
      fix: newer ? 'update unplugin-torch, or export the model with an older torch.' : AGAIN,
    })
  }
  return version
}

function checkByteOrder(records: Records): void {
  const bytes = records.find('byteorder')
  if (bytes === undefined) return
  const order = bytes.length <= 16 ? String.fromCharCode(...bytes).trim() : ''
  if (order === 'little') return
  const found = order === 'big' ? 'the archive was written on a big-endian machine' : 'the byteorder record is neither "little" nor "big"'
  fail('PT1403', found, { member: `${records.folder}byteorder`, fix: 'export the model on a little-endian machine (x86 or ARM).' })
}

/** `code/__torch__/net.py` → `__torch__.net` */
function readSources(records: Records): Map<string, SerializedSource> {
  const sources = new Map<string, SerializedSource>()
  for (const name of records.names('code/')) {
    if (!name.endsWith('.py')) continue
    const member = records.folder + name
    const qualifier = name.slice('code/'.length, -'.py'.length).replaceAll('/', '.')
    if (sources.has(qualifier)) fail('PT1405', `two source files stand for the module ${shown(qualifier)}`, { member, fix: AGAIN })
    const text = decodeSource(records.read(name), member)
    sources.set(qualifier, { name, text, generatedFrom: rangesOf(records, name, text) })
  }
  if (sources.size === 0) fail('PT1401', 'the archive has no code', { member: `${records.folder}code/`, fix: AGAIN })
  return sources
}

function decodeSource(bytes: Uint8Array, member: string): string {
  const unreadable = (why: string): never => fail('PT1404', `the source file ${why}`, { member, fix: AGAIN })
  if (bytes.length > MAX_SOURCE_BYTES) return unreadable(`has ${bytes.length} bytes; the limit is ${MAX_SOURCE_BYTES}`)
  if (bytes.includes(0)) return unreadable('holds a NUL byte')
  try {
    return utf8.decode(bytes)
  } catch {
    return unreadable('is not UTF-8')
  }
}

/** The debug record is read when a place is asked for; one that cannot be read says nothing, and is no error. */
function rangesOf(records: Records, name: string, text: string): (offset: number) => SourceRange | undefined {
  let ranges: DebugRanges | null | undefined
  return (offset) => {
    if (ranges === undefined) ranges = readDebugRanges(records, `${name}.debug_pkl`, text)
    return ranges?.find(offset)
  }
}

function readDebugRanges(records: Records, name: string, text: string): DebugRanges | null {
  try {
    const bytes = records.find(name)
    if (bytes === undefined) return null
    const value = readPickle(bytes, records.folder + name, {
      resolve: resolveTorchScript,
      hasState: () => false,
      persistent: (_, refuse) => refuse('PT1214', 'a debug record refers to a storage'),
    })
    return new DebugRanges(value, text)
  } catch (error) {
    if (error instanceof CompileError) return null
    throw error
  }
}

/** Classes that define `__setstate__`: their objects are pickled as what `__getstate__` returned. The printer's layout makes lines enough. */
function statefulClasses(sources: ReadonlyMap<string, SerializedSource>): ReadonlySet<string> {
  const found = new Set<string>()
  for (const [qualifier, { text }] of sources) {
    if (!text.includes('__setstate__')) continue
    let current = ''
    for (const line of text.split('\n')) {
      const opened = /^class\s+([^\s(:]+)/.exec(line)
      if (opened !== null) current = `${qualifier}.${opened[1]}`
      else if (/^\s+def __setstate__\(/.test(line)) found.add(current)
    }
  }
  return found
}

/** A dict from method name to the list of its example arguments. */
function readTracedInputs(value: IValue, records: Records): TracedInputs {
  const inputs = new Map<string, readonly IValue[]>()
  const wrong = (): never => unexpected(records, 'traced_inputs.pkl', 'example inputs by method')
  if (!is(value, 'dict')) return wrong()
  for (const [method, args] of value.entries) {
    if (typeof method !== 'string' || !(is(args, 'list') || is(args, 'tuple'))) return wrong()
    inputs.set(method, args.items)
  }
  return inputs
}
