// Image files → RGBA pixels. PNG is decoded here; JPEG, WebP, AVIF and GIF by the package sharp, where the project has it: no dependency of ours.

import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { fail } from '../diagnostics/compile-error.ts'
import { decodePng, isPng, MAX_PIXELS, type Pixels } from './decode-png.ts'

export const IMAGE_FILE = /\.(?:png|jpe?g|webp|avif|gif)$/i

/** The part of sharp's API that is used: https://sharp.pixelplumbing.com/api-constructor */
interface Sharp {
  rotate(): Sharp
  toColourspace(space: 'srgb'): Sharp
  ensureAlpha(): Sharp
  raw(): Sharp
  toBuffer(options: { readonly resolveWithObject: true }): Promise<{
    readonly data: Uint8Array
    readonly info: { readonly width: number; readonly height: number; readonly channels: number }
  }>
}
type MakeSharp = (bytes: Uint8Array, options: { readonly limitInputPixels: number }) => Sharp

/** `root`: the project whose packages are used. Throws PT6016, and PT6040 where sharp is needed and is not there. */
export async function decodeImage(bytes: Uint8Array, file: string, root: string): Promise<Pixels> {
  if (isPng(bytes)) return decodePng(bytes, file)
  if (!isOtherImage(bytes)) return fail('PT6016', 'The file is no image.', { file, fix: 'give PNG, JPEG, WebP, AVIF or GIF files.' })
  const sharp = await loadSharp(root)
  if (sharp === undefined)
    return fail('PT6040', 'The package sharp is not installed; images other than PNG are decoded with it.', {
      file,
      fix: 'npm install --save-dev sharp, or save the image as PNG.',
    })
  try {
    // Turned as its EXIF orientation says, as a page does.
    const image = sharp(bytes, { limitInputPixels: MAX_PIXELS }).rotate().toColourspace('srgb').ensureAlpha().raw()
    const { data, info } = await image.toBuffer({ resolveWithObject: true })
    if (info.channels === 4) return { data, width: info.width, height: info.height }
  } catch {
    // Told below.
  }
  return fail('PT6016', 'The image cannot be decoded.', { file, fix: 'save the image again, as PNG or JPEG.' })
}

/** By the first bytes: JPEG, GIF, WebP, AVIF. */
function isOtherImage(bytes: Uint8Array): boolean {
  const text = String.fromCharCode(...bytes.subarray(0, 12))
  return text.startsWith('\xff\xd8\xff') || text.startsWith('GIF8') || /^RIFF[^]{4}WEBP/.test(text) || text.startsWith('ftypavi', 4)
}

async function loadSharp(root: string): Promise<MakeSharp | undefined> {
  try {
    const path = createRequire(join(root, 'package.json')).resolve('sharp')
    const { default: sharp } = (await import(pathToFileURL(path).href)) as { readonly default: MakeSharp }
    return sharp
  } catch {
    return undefined
  }
}
