// Tensors as pictures, from the darkest number to the lightest.

import { element } from '../find.ts'
import { numberAt, type PlainTensor } from './plain-tensor.ts'

/** The last two dims as pixels: three channels in colour, else in one, the first 16 side by side. */
export function planes(tensor: PlainTensor, least: number, most: number): HTMLElement {
  const [height = 1, width = 1] = tensor.dims.slice(-2)
  const plane = height * width
  const planes = tensor.data.length / plane
  const isColour = tensor.dims.length >= 3 && tensor.dims.at(-3) === 3
  const films = element('div', 'films-small')
  const range = most - least || 1
  for (let film = 0; film < Math.min(16, isColour ? Math.ceil(planes / 3) : planes); film++) {
    const canvas = element('canvas')
    ;[canvas.width, canvas.height] = [width, height]
    canvas.setAttribute('role', 'img')
    canvas.ariaLabel = `${isColour ? 'Picture' : 'Plane'} ${film} of the result, ${width} by ${height}`
    const context = canvas.getContext('2d')!
    const image = context.createImageData(width, height)
    for (let i = 0; i < plane; i++) {
      for (let c = 0; c < 3; c++) {
        const value = numberAt(tensor, isColour ? (film * 3 + c) * plane + i : film * plane + i)
        image.data[i * 4 + c] = (255 * (value - least)) / range
      }
      image.data[i * 4 + 3] = 255
    }
    context.putImageData(image, 0, 0)
    films.append(canvas)
  }
  return films
}
