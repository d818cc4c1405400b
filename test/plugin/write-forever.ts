// Writes entries into a cache until it is killed: `node write-forever.ts FOLDER`.

import { openCache } from '../../src/plugin/cache.ts'
import { entry, keyOf } from './cache-entry.ts'

const cache = openCache({ folder: process.argv[2]!, limit: 2 ** 40, warn: () => process.exit(3) })
for (let i = 0; ; i++) await cache.write(keyOf(i % 8), entry(i % 8))
