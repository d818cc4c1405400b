// The host programs of a model as text: the classes and functions that its loader module holds, what they need of the runtime, and how each
// is tied to its regions and its saved state. Plain data, so that it can lie in the cache.

import { fail } from '../../diagnostics/compile-error.ts'
import type { Graph } from '../../ir/graph.ts'
import type { IValue } from '../../ir/ivalue.ts'
import type { AbsentRegion, Signature } from '../../ir/signature.ts'
import { HostClasses } from './classes.ts'
import { emitHost } from './emit-host.ts'
import { fieldName, Names } from './names.ts'
import { programMap } from './program-map.ts'
import type { SourceMap } from './source-map.ts'
import type { Mapping } from './statement.ts'
import { printString } from '../literal.ts'

/** A region, or what it is for each data type. */
export type RegionText = Signature | AbsentRegion | readonly (Signature | AbsentRegion)[]

/** A method that JavaScript runs. */
export interface HostPart {
  /** Index among the model's signatures. */
  readonly method: number
  readonly graph: Graph
  readonly params: readonly string[]
  readonly regions: readonly RegionText[]
  /** Attributes that it changes, with the saved values. */
  readonly state: readonly { readonly attribute: string; readonly initial: IValue }[]
  /** The tensors in there, in the order of the results of the last region. */
  readonly tensors: readonly IValue[]
}

export interface HostModule {
  /** Classes and functions. */
  readonly code: string
  /** From `code` to the model's Python. */
  readonly map: SourceMap
  /** Functions of unplugin-torch/runtime/host that it calls. */
  readonly imports: readonly string[]
  readonly methods: readonly {
    readonly method: number
    /** Of its function. */
    readonly name: string
    readonly regions: readonly RegionText[]
    /** A function from the saved tensors to the state, as source. */
    readonly init?: string
  }[]
}

/** Names that a loader module has besides. */
const TAKEN = ['model', 'createModel', 'serveModel', 'hostMethod']

/** @throws CompileError PT5002 with every operator that has no JavaScript form */
export function emitHostModule(parts: readonly HostPart[], names: readonly string[]): HostModule {
  const taken = [...TAKEN, ...names.map((_, i) => `model${i}`)]
  const classes = new HostClasses(taken)
  for (const { state } of parts) for (const { initial } of state) classes.hold(initial)
  for (const { graph } of parts) classes.scan(graph)
  const functions = parts.map((part) => {
    // Names of the runtime's functions are known when the text is written; one that is a method's name too gets it another.
    const free = new Names([...taken, ...classes.names])
    for (let name = free.fresh(names[part.method]!); ; name = free.fresh(names[part.method]!)) {
      const emitted = emitHost(part.graph, { name, params: part.params, classes })
      if (!emitted.imports.includes(name)) return { ...emitted, name, part }
    }
  })
  const states = functions.map(({ part }) => (part.state.length === 0 ? undefined : printState(part, classes)))
  const imports = new Set(functions.flatMap((f) => f.imports))
  for (const printed of states) for (const name of printed?.imports ?? []) imports.add(name)
  for (const name of classes.names) imports.delete(name)
  const mappings: Mapping[] = []
  const texts = [classes.code()].filter((text) => text !== '')
  for (const { code, mappings: own } of functions) {
    const above = texts.reduce((n, text) => n + text.split('\n').length, 0)
    mappings.push(...own.map((mapping) => ({ ...mapping, line: mapping.line + above })))
    texts.push(code)
  }
  return {
    code: texts.join('\n'),
    map: programMap(mappings),
    imports: [...imports].toSorted(),
    methods: functions.map(({ name, part }, i) => ({
      method: part.method,
      name,
      regions: part.regions,
      ...(states[i] === undefined ? {} : { init: states[i].text }),
    })),
  }
}

/** The saved state as source: what is held by several names is made once. */
function printState({ state, tensors }: HostPart, classes: HostClasses): { readonly text: string; readonly imports: ReadonlySet<string> } {
  const order = new Map(tensors.map((tensor, i) => [tensor, i]))
  const held = new Map<IValue, number>()
  const stack = state.map(({ initial }) => initial)
  for (let value = stack.pop(); value !== undefined; value = stack.pop()) {
    held.set(value, (held.get(value) ?? 0) + 1)
    if (held.get(value) === 1) stack.push(...partsOf(value))
  }
  const lines: string[] = []
  const names = new Map<IValue, string>()
  const imports = new Set<string>()
  const print = (value: IValue): string => {
    if (partsOf(value).length === 0 || held.get(value) === 1 || isTuple(value)) return plain(value)
    let name = names.get(value)
    if (name === undefined) {
      const text = plain(value)
      names.set(value, (name = `shared${names.size}`))
      lines.push(`const ${name} = ${text}`)
    }
    return name
  }
  const plain = (value: IValue): string => {
    if (value === null) return 'null'
    if (typeof value === 'bigint') return `${value}n`
    if (typeof value === 'string') return printString(value)
    if (typeof value !== 'object') return Object.is(value, -0) ? '-0' : String(value)
    switch (value.kind) {
      case 'tensor':
        return `tensors[${order.get(value)!}]`
      case 'list':
      case 'tuple':
        return `[${value.items.map(print).join(', ')}]`
      case 'dict':
        return `new Map([${value.entries.map(([key, item]) => `[${print(key)}, ${print(item)}]`).join(', ')}])`
      case 'device':
        return printString(value.name)
      case 'enum':
        imports.add('member')
        return `member(${printString(value.className.split('.').at(-1)!)}, ${printString(value.name ?? '')}, ${print(value.value)})`
      case 'complex':
        imports.add('complex')
        return `complex(${print(value.re)}, ${print(value.im)})`
      case 'object': {
        const fields = [...value.attributes].map(([name, item]) => `${fieldName(name)}: ${print(item)}`)
        return `Object.assign(new ${classes.nameOf(value.className)}(), { ${fields.join(', ')} })`
      }
      default:
        return fail('PT3023', `a value that the model keeps as state has no form in JavaScript.`)
    }
  }
  const object = `{ ${state.map(({ attribute, initial }) => `${fieldName(attribute)}: ${print(initial)}`).join(', ')} }`
  const text =
    lines.length === 0
      ? `(tensors) => (${object})`
      : `(tensors) => {\n${lines.map((line) => `        ${line}\n`).join('')}        return ${object}\n      }`
  return { text, imports }
}

const isTuple = (value: IValue): boolean => value !== null && typeof value === 'object' && value.kind === 'tuple'

/** Values that a list, dict or object holds. An empty one is a thing of its own, too. */
function partsOf(value: IValue): readonly IValue[] {
  if (value === null || typeof value !== 'object') return []
  if (value.kind === 'list' || value.kind === 'tuple') return [null, ...value.items]
  if (value.kind === 'dict') return [null, ...value.entries.flat()]
  return value.kind === 'object' ? [null, ...value.attributes.values()] : []
}
