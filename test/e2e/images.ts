// Goldens that begin at the pixels of an image: test/fixtures/image-preprocess/<stem>.images.json, as its make.py writes them.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { PreprocessOption } from '../../src/compiler/types.ts'
import type { Leaf } from '../support/leaf.ts'
import { fixtureFolder } from './fixtures.ts'

export interface ImageCase {
  readonly name: string
  readonly png: string
  readonly width: number
  readonly height: number
  /** Base64 of the bytes that a canvas gives for the PNG. */
  readonly rgba: string
  /** What torch makes of the pixels. */
  readonly input: Leaf
  readonly outputs: Leaf
  readonly label: string
}
export interface ImageModel {
  /** `image-preprocess/model`. */
  readonly name: string
  /** Path of the .pt. */
  readonly file: string
  readonly golden: {
    readonly preprocess: PreprocessOption
    readonly labels: readonly string[]
    readonly cases: readonly ImageCase[]
  }
}

export function imageModels(): readonly ImageModel[] {
  return ['model', 'channels-last'].map((stem) => {
    const path = join(fixtureFolder, 'image-preprocess', stem)
    const golden = JSON.parse(readFileSync(`${path}.images.json`, 'utf8')) as ImageModel['golden']
    return { name: `image-preprocess/${stem}`, file: `${path}.pt`, golden }
  })
}
