// Signatures of host programs: what a page hands in and gets back, told by static types, since values of any structure may come and go.

import { fail } from '../diagnostics/compile-error.ts'
import { annotationText } from '../ir/print-type.ts'
import { isComplex } from '../ir/scalar-type.ts'
import type { ValueSpec } from '../ir/signature.ts'
import { unshaped, type Type } from '../ir/type.ts'
import type { Value } from '../ir/value.ts'
import { fieldName } from '../loader/host/names.ts'
import { realType } from '../ops/complex-types.ts'
import type { Fact } from '../ops/fact.ts'
import { parameters, type HostCapture, type HostProgram } from '../passes/host/capture-host.ts'
import type { PipelineOptions, PipelineResult } from '../passes/pipeline.ts'
import { constantOf } from '../passes/signature/plan.ts'

// Classes of which each holds another.
const MAX_OBJECTS = 20

/** ValueSpecs by static type. */
export class HostSpecs {
  readonly tensors: PipelineResult['inputs'][number][] = []
  readonly #capture: HostCapture
  readonly #options: PipelineOptions
  readonly #program: HostProgram
  /** Classes that are being described. */
  readonly #open: string[] = []
  #isResult = false

  constructor(captured: HostCapture, options: PipelineOptions, program: HostProgram) {
    this.#capture = captured
    this.#options = options
    this.#program = program
  }

  parameter(type: Type, id: string, fact: Fact): ValueSpec {
    if (type.kind === 'Tensor') {
      const { dtype = 'float32', dims } = fact
      const value = parameters(this.#capture.graph).find((param) => param.debugName === id)
      const known = value === undefined ? 'assumed' : this.#capture.known.get(value)
      this.tensors.push({ name: id, dtype, ...(dims === undefined ? {} : { dims }), ...(known === undefined ? {} : { known }) })
    }
    return this.#spec(type, id, fact, (text) =>
      fail('PT3101', `parameter '${id}' is of type ${text}, which a page cannot hand in.`, {
        fix: 'give the method tensors, numbers, strings, or tuples, lists, dicts and Optionals of them.',
      }),
    )
  }

  result(value: Value | undefined): ValueSpec {
    if (value === undefined) return { kind: 'constant', value: null }
    this.#isResult = true
    const refuse = (text: string): never =>
      fail('PT3103', `the result is of type ${text}, which has no form in JavaScript.`, {
        fix: 'return tensors, numbers, strings, or tuples, lists, dicts and Optionals of them.',
      })
    return this.#spec(value.type, 'output', this.#program.facts.of(value), refuse, sourcesOf([value]))
  }

  /** The fields of an object, as its class declares them. */
  #object(name: string, id: string, refuse: (text: string) => never): ValueSpec {
    const fields = this.#options.fieldsOf?.(name) ?? []
    // A node that holds nodes has no type that could be written down.
    if (this.#open.includes(name) || this.#open.length >= MAX_OBJECTS) return { kind: 'any' }
    this.#open.push(name)
    const items = fields.map(([field, type]) => this.#spec(unshaped(type), `${id}.${field}`, {}, refuse))
    this.#open.pop()
    return { kind: 'object', name: name.slice(name.lastIndexOf('.') + 1), keys: fields.map(([field]) => fieldName(field)), items }
  }

  /** `values`: those of the program that it may be, or that hold it. */
  #spec(type: Type, id: string, fact: Fact, refuse: (text: string) => never, values: readonly Value[] = []): ValueSpec {
    const inner = (of: Type, name: string, part: Fact = {}, sources = values): ValueSpec => this.#spec(of, name, part, refuse, sources)
    switch (type.kind) {
      case 'Tensor': {
        const { dims } = fact
        const held = new Set(fact.dtype === undefined ? values.flatMap((value) => this.#program.dtypes.held(value)) : [])
        if (held.size > 1)
          return { kind: 'union', items: [...held].map((dtype) => inner(type, id, { dtype, ...(dims === undefined ? {} : { dims }) }, [])) }
        const dtype = fact.dtype ?? [...held][0] ?? 'float32'
        const complex = isComplex(dtype)
        return {
          kind: 'tensor',
          id,
          dtype: complex ? realType(dtype) : dtype,
          ...(dims === undefined ? {} : { dims: complex ? [...dims, 2] : dims }),
        }
      }
      case 'int':
      case 'float':
      case 'bool':
        return { kind: type.kind, id, dtype: type.kind === 'int' ? 'int64' : type.kind === 'float' ? 'float64' : 'bool' }
      case 'number':
        return { kind: 'float', id, dtype: 'float64' }
      case 'str':
        return { kind: 'str' }
      case 'None':
        return { kind: 'constant', value: null }
      case 'Device':
        return { kind: 'constant', value: 'cpu' }
      case 'Union':
        return { kind: 'union', items: type.of.map((of, i) => inner(of, `${id}.${i}`)) }
      case 'Optional':
        return { kind: 'optional', flag: '', of: inner(type.of, id, fact) }
      case 'List':
        return { kind: 'list', of: inner(type.of, `${id}.0`, fact.element) }
      case 'Tuple': {
        const parts = (i: number): Value[] =>
          values.flatMap(({ node }) => (node.kind === 'prim::TupleConstruct' && node.inputs.length > i ? node.input(i) : []))
        const items = type.of.map((of, i) => inner(of, `${id}.${type.fields?.[i] ?? i}`, fact.items?.[i], sourcesOf(parts(i))))
        return type.fields === undefined ? { kind: 'tuple', items } : { kind: 'record', keys: type.fields, items }
      }
      case 'complex':
        return { kind: 'tensor', id, dtype: 'float64', dims: [2] }
      case 'Enum': {
        const members = this.#options.enumOf?.(type.name) ?? []
        const name = type.name.slice(type.name.lastIndexOf('.') + 1)
        return {
          kind: 'enum',
          name,
          members: members.map((member) => [
            member.name ?? '',
            typeof member.value === 'bigint' ? { bigint: String(member.value) } : constantOf(member.value),
          ]),
        }
      }
      case 'Any':
        return this.#isResult ? { kind: 'any' } : refuse('Any')
      case 'Class':
        return this.#isResult ? this.#object(type.name, id, refuse) : refuse(annotationText(type))
      case 'Interface':
        return this.#isResult ? { kind: 'any' } : refuse(annotationText(type))
      case 'Dict': {
        const keys = type.key.kind
        if (keys !== 'str' && keys !== 'int' && keys !== 'float' && keys !== 'bool') return refuse(annotationText(type))
        return { kind: 'dict', keys, of: inner(type.value, `${id}.*`) }
      }
      default:
        return refuse(annotationText(type))
    }
  }
}

/** Values that a result may be: those of both branches of an If, what stands behind a refinement. */
function sourcesOf(values: readonly Value[]): Value[] {
  const found = new Set<Value>()
  const stack = [...values]
  for (let value = stack.pop(); value !== undefined; value = stack.pop()) {
    const { node, index } = value
    if (found.has(value) || node.kind === 'prim::Uninitialized') continue
    if (node.kind === 'prim::If') stack.push(...node.blocks.map(({ returns }) => returns[index]!))
    else if (node.kind === 'prim::unchecked_cast' || node.kind === 'prim::unchecked_unwrap_optional') stack.push(node.input())
    else found.add(value)
  }
  return [...found]
}
