// The frame of a pickled module.

import { ascii, bytes, emptyDict, emptyTuple, global, mark } from './pickle-writer.ts'
import { concat } from './zip-writer.ts'

/** `M()`, still without its state. */
export const moduleObject = concat(global('__torch__', 'M'), emptyTuple, bytes(0x81))
export const dictStart = concat(emptyDict, mark)
export const dictEnd = ascii('u')
export const buildOp = ascii('b')
export const concatPickle = concat
