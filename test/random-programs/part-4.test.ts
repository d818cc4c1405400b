// Random programs, part 4 of 4; see random-programs.test.ts.

import { partOf } from './programs.ts'

partOf(3)
