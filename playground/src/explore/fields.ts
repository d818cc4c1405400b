// A form for the parameters of a method: one field each, by what its signature says.

import type { ParamSpec, ValueSpec } from 'unplugin-torch/compiler'
import { element } from '../find.ts'
import { numberInput, select } from './controls.ts'
import { isDataType, isTensor, toNested } from './plain-tensor.ts'
import type { Sizes } from './sizes.ts'
import { tensorField } from './tensor-field.ts'

export interface Field {
  readonly element: HTMLElement
  /** Throws, with a sentence for the reader, when what is entered is nothing. */
  read(): unknown
  set(value: unknown): void
}

/** A field with its label. */
export function paramField({ name, spec, default: preset }: ParamSpec, sizes: Sizes): Field {
  const field = fieldOf(name, spec, sizes)
  if (preset !== undefined && (typeof preset !== 'object' || preset === null)) field.set(preset)
  const head = element('div', 'field-head', element('code', 'field-name', name), element('span', 'field-type', typeText(spec)))
  return { ...field, element: element('div', 'field', head, field.element) }
}

function fieldOf(name: string, spec: ValueSpec, sizes: Sizes): Field {
  switch (spec.kind) {
    case 'tensor': {
      const dims = spec.dims?.map((dim) => (typeof dim === 'number' || dim === null ? dim : String(dim)))
      return isDataType(spec.dtype) ? tensorField(name, spec.dtype, dims, sizes) : jsonField(name, '[]')
    }
    case 'int': {
      const box = numberInput(name, 2, -(2 ** 53))
      return { element: box, read: () => whole(name, box.valueAsNumber), set: (value) => (box.value = String(Number(value))) }
    }
    case 'float': {
      const box = numberInput(name, 0.5, -Number.MAX_VALUE)
      box.step = 'any'
      return { element: box, read: () => box.valueAsNumber, set: (value) => (box.value = String(value)) }
    }
    case 'bool': {
      const box = element('input')
      Object.assign(box, { type: 'checkbox', ariaLabel: name })
      return { element: box, read: () => box.checked, set: (value) => (box.checked = value === true) }
    }
    case 'str': {
      const box = element('input', 'text')
      Object.assign(box, { type: 'text', value: 'the quick brown fox', ariaLabel: name, spellcheck: false })
      return { element: box, read: () => box.value, set: (value) => (box.value = String(value)) }
    }
    case 'choice':
    case 'enum': {
      const options = spec.kind === 'enum' ? spec.members.map(([member]) => member) : spec.of
      const box = select(
        name,
        options.map((option, i) => [String(i), String(option)]),
      )
      return {
        element: box,
        read: () => options[Number(box.value)],
        set: (value) => (box.value = String(options.indexOf(value as string))),
      }
    }
    case 'constant':
      return { element: element('code', '', String(spec.value)), read: () => spec.value, set: () => undefined }
    case 'optional':
      return optionalField(name, spec.of, sizes)
    case 'tuple':
      return tupleField(name, spec.items, sizes)
    default:
      return jsonField(name, exampleOf(spec))
  }
}

function whole(name: string, value: number): number {
  if (!Number.isInteger(value)) throw new TypeError(`${name}: expected a whole number.`)
  return value
}

function optionalField(name: string, of: ValueSpec, sizes: Sizes): Field {
  const inner = fieldOf(name, of, sizes)
  const box = element('input')
  Object.assign(box, { type: 'checkbox', ariaLabel: `${name} is given` })
  const update = (): void => void (inner.element.hidden = !box.checked)
  box.addEventListener('change', update)
  update()
  return {
    element: element('div', 'field-optional', element('label', 'labelled', box, ' given'), inner.element),
    read: () => (box.checked ? inner.read() : null),
    set(value) {
      box.checked = value !== null && value !== undefined
      if (box.checked) inner.set(value)
      update()
    },
  }
}

function tupleField(name: string, items: readonly ValueSpec[], sizes: Sizes): Field {
  const fields = items.map((item, i) => fieldOf(`${name}[${i}]`, item, sizes))
  return {
    element: element('div', 'field-list', ...fields.map((field) => field.element)),
    read: () => fields.map((field) => field.read()),
    set: (value) => fields.forEach((field, i) => Array.isArray(value) && field.set(value[i])),
  }
}

/** Lists, dicts and all else: as JSON, an object for a dict of text. */
function jsonField(name: string, example: string): Field {
  const box = element('textarea')
  Object.assign(box, { rows: 2, value: example, ariaLabel: `${name}, as JSON`, spellcheck: false })
  let given: { readonly text: string; readonly value: unknown } | undefined
  return {
    element: box,
    read() {
      // What JSON cannot say stays as it was given, while its text is not touched.
      if (given?.text === box.value) return given.value
      try {
        return JSON.parse(box.value) as unknown
      } catch {
        throw new TypeError(`${name}: expected JSON, such as ${example}.`)
      }
    },
    set(value) {
      box.value = JSON.stringify(jsonable(value))
      given = { text: box.value, value }
    },
  }
}

function jsonable(value: unknown): unknown {
  if (isTensor(value)) return toNested(value)
  if (value instanceof Map) return Object.fromEntries(Array.from(value, ([key, item]) => [String(key), jsonable(item)]))
  return Array.isArray(value) ? value.map(jsonable) : value
}

function exampleOf(spec: ValueSpec): string {
  if (spec.kind === 'scalars') return spec.of === 'bool' ? '[true, false]' : '[1, 2]'
  if (spec.kind === 'tensors') return '[[0.5, 1], [2, 3]]'
  if (spec.kind === 'list') return `[${exampleOf(spec.of)}]`
  if (spec.kind === 'dict') return `{"a": ${exampleOf(spec.of)}}`
  if (spec.kind === 'record') return `{${spec.keys.map((key, i) => `${JSON.stringify(key)}: ${exampleOf(spec.items[i]!)}`).join(', ')}}`
  if (spec.kind === 'str') return '"a"'
  if (spec.kind === 'tensor') return '[1, 2]'
  return spec.kind === 'bool' ? 'true' : '1'
}

/** `float32[n, 3, 64, 64]`, `int`, `list of str`. */
export function typeText(spec: ValueSpec): string {
  switch (spec.kind) {
    case 'tensor':
      return `${spec.dtype}${spec.dims === undefined ? ', any shape' : `[${spec.dims.map((dim) => (dim === null ? '?' : String(dim))).join(', ')}]`}`
    case 'optional':
      return `${typeText(spec.of)} or nothing`
    case 'tuple':
      return `(${spec.items.map(typeText).join(', ')})`
    case 'scalars':
      return `list of ${spec.of}`
    case 'tensors':
      return 'list of tensors'
    case 'list':
      return `list of ${typeText(spec.of)}`
    case 'dict':
      return `dict of ${typeText(spec.of)}`
    case 'str':
      return 'text'
    default:
      return spec.kind
  }
}
