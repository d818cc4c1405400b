// TypeScript types and short descriptions of the values in a signature: what a parameter takes, what a result is.

import type { Dim } from '../ir/dim.ts'
import type { Constant, TensorSpec, ValueSpec } from '../ir/signature.ts'
import { isIdentifierName, printString } from './literal.ts'

export interface TypeOptions {
  /** Tensor parameters take image sources too. */
  readonly images: boolean
  /** Tensor parameters take tensors on the device too. */
  readonly onDevice: boolean
  /** How many class names there are. */
  readonly labels: number | undefined
  /** Notes that a type of the runtime is used; returns its name. */
  readonly use: (name: string) => string
}

const reserved = new Set(
  (
    'arguments await break case catch class const continue debugger default delete do else enum eval export extends false finally for function if ' +
    'implements import in instanceof interface let new null package private protected public return static super switch this throw true try ' +
    'typeof var void while with yield'
  ).split(' '),
)

export function isOptional(spec: ValueSpec): boolean {
  return spec.kind === 'optional'
}

/** A parameter's own name, or one near it that TypeScript can spell. */
export function parameterName(name: string, taken: Set<string>): string {
  let label = isIdentifierName(name) && !reserved.has(name) ? name : `_${name.replace(/[^\p{ID_Continue}$]/gu, '_')}`
  while (taken.has(label)) label += '_'
  taken.add(label)
  return label
}

export function argumentType(spec: ValueSpec, options: TypeOptions): string {
  const { use } = options
  switch (spec.kind) {
    case 'tensor': {
      const device = options.onDevice ? ` | ${use('DeviceTensor')}<${tensorParameters(spec)}>` : ''
      const tensor = `${use('TensorArg')}<${tensorParameters(spec)}>${device}`
      return options.images && takesImages(spec) ? `${tensor} | ${use('ImageSource')} | readonly ${use('ImageSource')}[]` : tensor
    }
    case 'scalars':
      return `ArrayLike<${scalarType(spec.of, options)}>`
    case 'tensors':
      return `readonly ${use('TensorArg')}<${printString(spec.dtype)}>[]`
    case 'optional':
      return `${argumentType(spec.of, options)} | null`
    case 'tuple':
      return `readonly [${spec.items.map((item) => argumentType(item, options)).join(', ')}]`
    case 'record':
      return record(spec.keys, spec.items, (item) => argumentType(item, options), isOptional)
    case 'map':
      return `ReadonlyMap<${mapParameters(spec.keys, spec.items, (item) => argumentType(item, options))}>`
    case 'union':
      return union(spec.items.map((item) => argumentType(item, options)))
    case 'list':
      return `readonly ${listOf(argumentType(spec.of, options))}`
    case 'dict': {
      const of = argumentType(spec.of, options)
      return spec.keys === 'str' ? `Readonly<Record<string, ${of}>>` : `ReadonlyMap<${scalarType(spec.keys, options)}, ${of}>`
    }
    default:
      return leafType(spec, options)
  }
}

/** `whole`: the spec is the result itself, not a part of it. */
export function resultType(spec: ValueSpec, options: TypeOptions, whole = false): string {
  const { use } = options
  const inner = (item: ValueSpec): string => resultType(item, options)
  switch (spec.kind) {
    case 'tensor': {
      const tensor = `${use('Tensor')}<${tensorParameters(spec)}>`
      const labelled = labelsOf(spec, options, whole)
      return labelled === 'no' ? tensor : `${tensor} & ${labelled === 'yes' ? use('Labelled') : `Partial<${use('Labelled')}>`}`
    }
    case 'scalars':
      return spec.of === 'int' ? `${use('Int')}[]` : `${scalarType(spec.of, options)}[]`
    case 'tensors':
      return `${use('Tensor')}<${printString(spec.dtype)}>[]`
    case 'optional':
      return `${resultType(spec.of, options, whole)} | null`
    case 'tuple':
      return `[${spec.items.map(inner).join(', ')}]`
    case 'record':
      return record(spec.keys, spec.items, inner)
    case 'map':
      return `Map<${mapParameters(spec.keys, spec.items, inner)}>`
    case 'union':
      return union(spec.items.map(inner))
    case 'object':
      return record(spec.keys, spec.items, inner)
    case 'list':
      return listOf(inner(spec.of))
    case 'dict':
      return spec.keys === 'str' ? `Record<string, ${inner(spec.of)}>` : `Map<${scalarType(spec.keys, options)}, ${inner(spec.of)}>`
    default:
      return leafType(spec, options)
  }
}

const listOf = (type: string): string => (/[|&]|^readonly /.test(type) ? `(${type})[]` : `${type}[]`)

function leafType(
  spec: Extract<ValueSpec, { kind: 'int' | 'float' | 'bool' | 'constant' | 'choice' | 'str' | 'enum' | 'object' | 'any' }>,
  options: TypeOptions,
): string {
  if (spec.kind === 'constant') return constantType(spec.value)
  if (spec.kind === 'str') return 'string'
  if (spec.kind === 'enum') return union(spec.members.map(([name]) => printString(name)))
  // Arguments are neither.
  if (spec.kind === 'object' || spec.kind === 'any') return 'unknown'
  if (spec.kind === 'choice') return union(spec.of.map(constantType))
  return scalarType(spec.kind, options)
}

function scalarType(kind: 'int' | 'float' | 'bool', { use }: TypeOptions): string {
  return { int: () => use('Int'), float: () => 'number', bool: () => 'boolean' }[kind]()
}

function constantType(constant: Constant): string {
  if (typeof constant === 'string') return printString(constant)
  if (typeof constant === 'number') return Number.isFinite(constant) ? String(constant) : 'number'
  if (typeof constant !== 'object' || constant === null) return String(constant)
  return 'bigint' in constant ? 'bigint' : `readonly [${constant.map(constantType).join(', ')}]`
}

function record(
  keys: readonly string[],
  items: readonly ValueSpec[],
  type: (item: ValueSpec) => string,
  mayOmit: (item: ValueSpec) => boolean = () => false,
): string {
  const fields = keys.map((key, i) => {
    const item = items[i]!
    const name = isIdentifierName(key) ? key : printString(key)
    return mayOmit(item) ? `readonly ${name}?: ${type(item)} | undefined` : `readonly ${name}: ${type(item)}`
  })
  return fields.length === 0 ? 'object' : layOut('{', fields, '}')
}

/** A list on one line, or one part to a line where it would be too long. */
export function layOut(open: string, parts: readonly string[], close: string, indent = ''): string {
  const [separator, space] = open === '(' ? [',', ''] : [';', ' ']
  const line = `${open}${space}${parts.join(`${separator} `)}${space}${close}`
  if (line.length + indent.length <= 110) return line
  return `${open}\n${parts.map((part) => `${indent}  ${part.replaceAll('\n', '\n  ')}${separator}\n`).join('')}${indent}${close}`
}

function mapParameters(keys: readonly Constant[], items: readonly ValueSpec[], type: (item: ValueSpec) => string): string {
  return `${union(keys.map(constantType))}, ${union(items.map(type))}`
}

function union(types: readonly string[]): string {
  return types.length === 0 ? 'never' : [...new Set(types)].join(' | ')
}

/** `'float32', readonly [n: number, 3, 64, 64]`; only the data type where the rank is not known. */
function tensorParameters({ dtype, dims }: TensorSpec): string {
  if (dims === undefined) return `'${dtype}'`
  const seen = new Set<string>()
  const parts = dims.map((dim) => {
    if (typeof dim === 'number') return String(dim)
    if (dim === null || !isIdentifierName(dim) || reserved.has(dim) || seen.has(dim)) return 'number'
    seen.add(dim)
    return `${dim}: number`
  })
  return `'${dtype}', readonly [${parts.join(', ')}]`
}

function takesImages({ dims }: TensorSpec): boolean {
  return dims === undefined || dims.length === 3 || dims.length === 4
}

function labelsOf({ dtype, dims }: TensorSpec, { labels }: TypeOptions, whole: boolean): 'yes' | 'maybe' | 'no' {
  if (labels === undefined) return 'no'
  if (dtype === 'int64') return whole ? 'yes' : 'no'
  if (!dtype.startsWith('float')) return 'no'
  const last: Dim | undefined = dims?.at(-1)
  if (typeof last === 'number') return last === labels ? 'yes' : 'no'
  return dims?.length === 0 ? 'no' : 'maybe'
}

/** `float32[1, 3, n]`, `(float32[n], int)`, `{ logits: … }`: for comments. */
export function describeSpec(spec: ValueSpec): string {
  switch (spec.kind) {
    case 'tensor':
      return `${spec.dtype}[${spec.dims?.map((dim) => dim ?? '?').join(', ') ?? '...'}]`
    case 'scalars':
      return `list of ${spec.of}`
    case 'tensors':
      return `list of ${spec.dtype} tensors`
    case 'constant':
      return constantType(spec.value)
    case 'choice':
      return union(spec.of.map(constantType))
    case 'optional':
      return `${describeSpec(spec.of)} or None`
    case 'tuple':
      return `(${spec.items.map(describeSpec).join(', ')})`
    case 'record':
      return `{ ${spec.keys.map((key, i) => `${key}: ${describeSpec(spec.items[i]!)}`).join(', ')} }`
    case 'object':
      return `${spec.name} { ${spec.keys.map((key, i) => `${key}: ${describeSpec(spec.items[i]!)}`).join(', ')} }`
    case 'enum':
      return union(spec.members.map(([name]) => printString(name)))
    case 'union':
      return spec.items.map(describeSpec).join(' or ')
    case 'list':
      return `list of ${describeSpec(spec.of)}`
    case 'dict':
      return `dict of ${spec.keys} to ${describeSpec(spec.of)}`
    case 'map':
      return `Map { ${spec.keys.map((key, i) => `${constantType(key)}: ${describeSpec(spec.items[i]!)}`).join(', ')} }`
    default:
      return spec.kind
  }
}
