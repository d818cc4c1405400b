// Random programs, part 2 of 4; see random-programs.test.ts.

import { partOf } from './programs.ts'

partOf(1)
