// All host rows by schema text.

import type { HostRow } from '../row.ts'
import { complexRows } from './complex.ts'
import { dictRows } from './dict.ts'
import { listRows } from './list.ts'
import { scalarRows } from './scalar.ts'
import { stringRows } from './string.ts'
import { tensorRows } from './tensor.ts'

export const hostRows: readonly HostRow[] = [...scalarRows, ...listRows, ...dictRows, ...stringRows, ...tensorRows, ...complexRows]

const byText = new Map(hostRows.map((row) => [row.schema, row]))

export const hostRow = (schema: string): HostRow | undefined => byText.get(schema)
