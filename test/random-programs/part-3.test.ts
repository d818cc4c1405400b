// Random programs, part 3 of 4; see random-programs.test.ts.

import { partOf } from './programs.ts'

partOf(2)
