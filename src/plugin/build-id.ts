// What a cache entry depends on beside the file and the options: this build of unplugin-torch, and the format of an entry.

import { randomUUID } from 'node:crypto'

/** Hash of the sources, written in by tsup.config.ts. Absent when the sources themselves are run. */
declare const __UNPLUGIN_TORCH_BUILD__: string | undefined

// Sources under development change without a new build: what they converted is not taken over by another process.
const id = typeof __UNPLUGIN_TORCH_BUILD__ === 'string' ? __UNPLUGIN_TORCH_BUILD__ : randomUUID()

export const cacheKeyBase = (): string => `unplugin-torch ${id} entry 1`
