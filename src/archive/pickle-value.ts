// From a pickle record to a checked value: nothing on the way that is only a part of a value, no cycle, no depth that a later reader
// could not take. Answers to torch/csrc/jit/serialization/unpickler.cpp as a whole.

import type { IValue } from '../ir/ivalue.ts'
import { MAX_PICKLE_EXPANDED_VALUES, MAX_PICKLE_NESTING } from './limits.ts'
import { itemName, type PickleItem, type PickleFail } from './pickle-item.ts'
import { PickleMachine, type PickleRules } from './pickle-machine.ts'

const INT64 = 1n << 63n

/**
 * Reads a record that is one pickle and nothing else.
 * @throws CompileError PT12xx, and PT13xx for its tensors
 */
export function readPickle(bytes: Uint8Array, member: string, rules: PickleRules): IValue {
  const machine = new PickleMachine(bytes, member, rules)
  const root = machine.run()
  if (machine.end !== bytes.length) {
    machine.fail('PT1212', `the pickle stops at byte ${machine.end}, but the record has ${bytes.length} bytes`)
  }
  checkValue(root, machine.fail)
  return root as IValue
}

interface Visit {
  readonly node: object
  readonly children: readonly PickleItem[]
  next: number
  height: number
  size: number
}

/** Depth-first over containers, each visited once however often it is shared. */
function checkValue(root: PickleItem, fail: PickleFail): void {
  const done = new Map<object, { readonly height: number; readonly size: number }>()
  const active = new Set<object>()
  const path: Visit[] = []

  const enter = (item: PickleItem): void => {
    const children = childrenOf(item, fail)
    if (children === undefined) return
    const node = item as object
    const known = done.get(node)
    if (known !== undefined) {
      leave(known.height, known.size)
      return
    }
    if (active.has(node)) fail('PT1215', `${itemName(item)} contains itself`)
    active.add(node)
    path.push({ node, children, next: 0, height: 1, size: 1 + children.length })
    if (path.length > MAX_PICKLE_NESTING) tooDeep()
  }
  const leave = (height: number, size: number): void => {
    const parent = path.at(-1)
    if (parent === undefined) return
    parent.height = Math.max(parent.height, height + 1)
    parent.size += size
    if (path.length - 1 + parent.height > MAX_PICKLE_NESTING) tooDeep()
    if (parent.size > MAX_PICKLE_EXPANDED_VALUES)
      fail('PT1210', `the value has more than ${MAX_PICKLE_EXPANDED_VALUES} parts when all that it shares is counted`)
  }
  const tooDeep = (): never => fail('PT1211', `the value is nested more than ${MAX_PICKLE_NESTING} deep`)

  enter(root)
  for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
    if (top.next < top.children.length) {
      enter(top.children[top.next++]!)
      continue
    }
    path.pop()
    active.delete(top.node)
    done.set(top.node, top)
    leave(top.height, top.size)
  }
}

/** What an item holds; undefined for a leaf. Refuses what is no value. */
function childrenOf(item: PickleItem, fail: PickleFail): readonly PickleItem[] | undefined {
  if (typeof item === 'bigint' && (item >= INT64 || item < -INT64)) fail('PT1208', 'an int does not fit in 64 bits')
  if (item === null || typeof item !== 'object') return undefined
  switch (item.kind) {
    case 'list':
    case 'tuple':
      return item.items
    case 'dict':
      for (const [key] of item.entries) {
        if (key === null || (typeof key === 'object' && key.kind !== 'tensor' && key.kind !== 'complex')) {
          fail('PT1207', `${itemName(key)} cannot be the key of a dict`)
        }
      }
      return item.entries.flat()
    case 'object':
      return item.state === undefined ? [...item.attributes.values()] : [...item.attributes.values(), item.state]
    case 'enum':
    case 'complex':
    case 'device':
    case 'tensor':
      return undefined
    default:
      return fail('PT1213', `${itemName(item)} is no value of a model`)
  }
}
