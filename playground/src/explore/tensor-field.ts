// One tensor input: its shape, and where its numbers come from: a seed, a picture, typed text, or a case that PyTorch answered.

import { element } from '../find.ts'
import { labelled, numberInput, select } from './controls.ts'
import { paintSample, pictureTensor, SCALES, type Scale } from './picture-input.ts'
import { planes } from './planes.ts'
import { elementsOf, fromNested, isTensor, numbersOf, toNested, type DataType, type PlainTensor } from './plain-tensor.ts'
import { fill, type Filling } from './random.ts'
import { likelySize, type Sizes } from './sizes.ts'
import type { Field } from './fields.ts'

type Dims = readonly (number | string | null)[]
type Source = Filling | 'picture' | 'numbers' | 'given'

const MOST_ELEMENTS = 2 ** 26
const MOST_TYPED = 4096

export function tensorField(name: string, type: DataType, dims: Dims | undefined, sizes: Sizes): Field {
  const channels = dims?.at(-3)
  const isPicture = type.startsWith('float') && (channels === 1 || channels === 3 || (dims?.length === 4 && typeof channels !== 'number'))
  let given: PlainTensor | undefined
  let seed = 1
  let picture: CanvasImageSource | undefined

  const shape = shapeControls(name, dims, sizes)
  const source = select(`Values of ${name}`, [
    ['random', type.startsWith('float') ? 'random, normal' : 'random'],
    ['ramp', type.startsWith('float') ? 'a ramp from −1 to 1' : 'counting'],
    ['zeros', 'zeros'],
    ['ones', 'ones'],
    ...(isPicture ? ([['picture', 'a picture']] as const) : []),
    ['numbers', 'numbers, typed in'],
  ])
  const below = numberInput(`Random values of ${name} lie below`, 2, 1)
  const again = element('button', 'plain', 'Other numbers')
  again.type = 'button'
  const scale = select(`Values of the pixels of ${name}`, SCALES)
  const file = element('input', 'file-small')
  Object.assign(file, { type: 'file', accept: 'image/*', ariaLabel: `Picture for ${name}` })
  const preview = element('canvas', 'input-preview')
  preview.setAttribute('role', 'img')
  preview.setAttribute('aria-label', `The picture for ${name}`)
  const text = element('textarea')
  Object.assign(text, { rows: 3, spellcheck: false, ariaLabel: `Numbers of ${name}`, placeholder: '[[0.5, -1], [2, 3]]' })
  const details = element('div', 'field-details')

  const kind = (): Source => source.value as Source
  const show = (): void => {
    const needsBelow = !type.startsWith('float') && type !== 'bool' && (kind() === 'random' || kind() === 'ramp')
    details.replaceChildren(
      ...(needsBelow ? [labelled('below', below)] : []),
      ...(kind() === 'random' ? [again] : []),
      ...(kind() === 'picture' ? [preview, element('div', 'picture-controls', file, scale)] : []),
      ...(kind() === 'numbers' ? [text] : []),
      ...(kind() === 'given' && given !== undefined && isPicture ? [pictureOf(given)] : []),
    )
    shape.element.hidden = kind() === 'numbers'
    if (kind() === 'picture') paint()
  }
  const paint = (): void => {
    const current = shape.read()
    if (current === undefined) return
    ;[preview.height, preview.width] = [current.at(-2)!, current.at(-1)!]
    paintSample(preview, picture, seed)
  }
  source.addEventListener('change', show)
  sizes.onChange(() => kind() === 'picture' && paint())
  again.addEventListener('click', () => seed++)
  file.addEventListener('change', async () => {
    const [chosen] = file.files ?? []
    if (chosen === undefined) return
    picture = await createImageBitmap(chosen).catch(() => undefined)
    paint()
  })
  show()

  const whole = (): readonly number[] => {
    const current = shape.read()
    if (current === undefined) throw new RangeError(`${name}: the shape is a list of sizes, such as 2, 3.`)
    if (current.reduce((n, dim) => n * dim, 1) > MOST_ELEMENTS)
      throw new RangeError(`${name}: more than 64 million elements are too many for a page.`)
    return current
  }
  return {
    element: element('div', 'field-body', shape.element, element('div', 'field-source', source, details)),
    read() {
      if (kind() === 'given') return given
      if (kind() === 'numbers') return typed(name, type, text.value)
      const current = whole()
      if (kind() === 'picture') {
        paint()
        return pictureTensor(preview, type, current, scale.value as Scale)
      }
      return fill(type, current, kind() as Filling, seed, Math.max(1, below.valueAsNumber || 1))
    },
    set(value) {
      if (!isTensor(value)) return
      given = value
      shape.write(value.dims)
      if (value.data.length <= MOST_TYPED) text.value = JSON.stringify(toNested(value))
      if (source.querySelector('[value=given]') === null) source.prepend(option('given', 'as PyTorch was given'))
      source.value = 'given'
      show()
    },
  }
}

function pictureOf(tensor: PlainTensor): HTMLElement {
  const numbers = numbersOf(tensor)
  const [least, most] = numbers.reduce(([low, high], value) => [Math.min(low, value), Math.max(high, value)], [Infinity, -Infinity])
  return planes(tensor, least, most)
}

function typed(name: string, type: DataType, text: string): PlainTensor {
  let nested: ReturnType<typeof fromNested>
  try {
    nested = fromNested(JSON.parse(text))
  } catch {
    nested = undefined
  }
  if (nested === undefined) throw new TypeError(`${name}: expected numbers as nested lists of equal lengths, such as [[1, 2], [3, 4]].`)
  const { numbers, dims } = nested
  return { type, dims, data: elementsOf(type, numbers.length, (i) => numbers[i]!) }
}

interface ShapeControls {
  readonly element: HTMLElement
  read(): readonly number[] | undefined
  write(dims: readonly number[]): void
}

/** Boxes for dims that are open; one line of text where even their number is. */
function shapeControls(name: string, dims: Dims | undefined, sizes: Sizes): ShapeControls {
  if (dims === undefined) {
    const box = element('input', 'shape-text')
    Object.assign(box, { type: 'text', value: '2, 3', ariaLabel: `Shape of ${name}` })
    return {
      element: element('span', 'shape', '[', box, ']'),
      read() {
        const words = box.value.split(/[\s,]+/).filter((word) => word !== '')
        return words.every((word) => /^\d+$/.test(word)) ? words.map(Number) : undefined
      },
      write: (given) => (box.value = given.join(', ')),
    }
  }
  const boxes = dims.map((dim, i) => {
    if (typeof dim === 'number') return undefined
    const box = numberInput(`Size of dim ${i} of ${name}${dim === null ? '' : `, ${dim}`}`, sizes.of(dim, likelySize(dims, i)), 0)
    box.title = dim ?? 'any size'
    box.addEventListener('input', () => Number.isInteger(box.valueAsNumber) && sizes.set(dim, box.valueAsNumber))
    return box
  })
  sizes.onChange(() => {
    for (const [i, box] of boxes.entries())
      if (box !== undefined && box !== document.activeElement) box.value = String(sizes.of(dims[i]!, box.valueAsNumber))
  })
  const parts = dims.flatMap((dim, i): (Node | string)[] => [...(i === 0 ? [] : [', ']), boxes[i] ?? String(dim)])
  return {
    element: element('span', 'shape', '[', ...parts, ']'),
    read() {
      const read = dims.map((dim, i) => boxes[i]?.valueAsNumber ?? Number(dim))
      return read.every((size) => Number.isInteger(size) && size >= 0) ? read : undefined
    },
    write(given) {
      for (const [i, box] of boxes.entries()) {
        if (box === undefined || given[i] === undefined) continue
        box.value = String(given[i])
        sizes.set(dims[i]!, given[i])
      }
    },
  }
}

function option(value: string, text: string): HTMLOptionElement {
  const made = element('option', '', text)
  made.value = value
  return made
}
