// Operators whose rules put extents together, with inputs of known rank and not a single known extent, not even by a name: an extent that
// nobody knows is none, and must not be taken for another.

import { describe, it } from 'vitest'
import { casesOf, check } from './cases.ts'

for (const family of ['indexing', 'joining', 'movement', 'slicing']) {
  describe(family, () => {
    for (const one of casesOf(family)) it(one.name, () => check(one, 'unknown'))
  })
}
