// The pickle stack machine: iterative, budgeted, and without any way to call what a file names. Which names mean something is the caller's
// allow-list (`PickleRules`). Answers to torch/csrc/jit/serialization/unpickler.cpp and Lib/pickle.py.

import { fail as raise } from '../diagnostics/compile-error.ts'
import { MAX_PICKLE_MEMO, MAX_PICKLE_OPCODES, MAX_PICKLE_STACK } from './limits.ts'
import { held, isKind, itemName, shown, type GlobalEntry, type OpenObject, type PickleFail, type PickleItem } from './pickle-item.ts'
import { opcodes } from './pickle-opcodes.ts'
import { PickleReader } from './pickle-reader.ts'

/** What the names and persistent ids of a pickle mean. */
export interface PickleRules {
  /** The allow-list; undefined for everything else. */
  readonly resolve: (module: string, name: string) => GlobalEntry | undefined
  /** The storage behind a persistent id. */
  readonly persistent: (id: PickleItem, fail: PickleFail) => PickleItem
  /** Whether instances of a class are pickled as what `__getstate__` returned, rather than as a dict of attributes. */
  readonly hasState: (className: string) => boolean
}

const DAMAGED = 'the file is damaged or not written by torch: export the model again.'

export class PickleMachine {
  readonly #rules: PickleRules
  readonly #member: string
  readonly #reader: PickleReader
  readonly #stack: PickleItem[] = []
  /** Heights of the stack at each open MARK. */
  readonly #marks: number[] = []
  readonly #memo = new Map<number, PickleItem>()
  /** Keys already in each dict: a key that comes twice has no one meaning. */
  readonly #keys = new Map<object, Set<PickleItem>>()
  readonly #built = new Set<object>()
  /** Objects made by NEWOBJ that no BUILD has filled yet. */
  readonly #open = new Set<object>()
  #at = 0
  #stopped = false

  constructor(bytes: Uint8Array, member: string, rules: PickleRules) {
    this.#member = member
    this.#rules = rules
    this.#reader = new PickleReader(bytes, this.fail)
  }

  /** Fails at the opcode being run. */
  readonly fail: PickleFail = (code, message, fix = DAMAGED) => raise(code, message, { member: this.#member, offset: this.#at, fix })

  /** Where the pickle ended, after `run`. */
  get end(): number {
    return this.#reader.position
  }

  /** Runs to STOP; gives what is left on the stack. */
  run(): PickleItem {
    const reader = this.#reader
    for (let steps = 0; !this.#stopped; steps++) {
      this.#at = reader.position
      if (steps === MAX_PICKLE_OPCODES) this.fail('PT1210', `more than ${MAX_PICKLE_OPCODES} opcodes`)
      const byte = reader.u1()
      const opcode = opcodes.get(byte)
      if (opcode === undefined) return this.fail('PT1202', `0x${byte.toString(16).padStart(2, '0')} is no pickle opcode`)
      opcode.run(this, reader)
    }
    return this.#stack[0]!
  }

  stop(): void {
    if (this.#marks.length > 0) this.fail('PT1204', 'the pickle stops with an open MARK')
    if (this.#stack.length !== 1) this.fail('PT1204', `the pickle stops with ${this.#stack.length} values on its stack; one is expected`)
    if (this.#open.size > 0) this.fail('PT1207', 'the pickle stops before all its objects have a state')
    this.#stopped = true
  }

  push(item: PickleItem): void {
    if (this.#stack.length >= MAX_PICKLE_STACK) this.fail('PT1210', `more than ${MAX_PICKLE_STACK} values on the stack`)
    this.#stack.push(item)
  }

  /** How many values lie above the last MARK. */
  #free(): number {
    return this.#stack.length - (this.#marks.at(-1) ?? 0)
  }

  pop(): PickleItem {
    return this.popMany(1)[0]!
  }

  popMany(count: number): PickleItem[] {
    if (this.#free() < count) this.fail('PT1204', `${count} values are taken from a stack that has ${this.#free()}`)
    return this.#stack.splice(this.#stack.length - count, count)
  }

  peek(): PickleItem {
    if (this.#free() < 1) this.fail('PT1204', 'a value is taken from an empty stack')
    return this.#stack.at(-1)!
  }

  mark(): void {
    if (this.#marks.length >= MAX_PICKLE_STACK) this.fail('PT1210', `more than ${MAX_PICKLE_STACK} open marks`)
    this.#marks.push(this.#stack.length)
  }

  popToMark(): PickleItem[] {
    const height = this.#marks.pop()
    if (height === undefined) return this.fail('PT1204', 'there is no MARK to go back to')
    return this.#stack.splice(height)
  }

  /** POP also removes a MARK. */
  popAny(): void {
    if (this.#marks.length > 0 && this.#free() === 0) this.#marks.pop()
    else this.pop()
  }

  get memoSize(): number {
    return this.#memo.size
  }

  memoize(index: number | bigint): void {
    const slot = this.#slot(index)
    const item = this.peek()
    if (this.#memo.has(slot) && this.#memo.get(slot) !== item) this.fail('PT1205', `memo slot ${slot} is written twice`)
    if (this.#memo.size >= MAX_PICKLE_MEMO) this.fail('PT1210', `more than ${MAX_PICKLE_MEMO} memo slots`)
    this.#memo.set(slot, item)
  }

  recall(index: number | bigint): void {
    const slot = this.#slot(index)
    const item = this.#memo.get(slot)
    if (item === undefined) return this.fail('PT1205', `memo slot ${slot} is read before it is written`)
    return this.push(item)
  }

  #slot(index: number | bigint): number {
    if (index < 0 || index > 0xffffffff) this.fail('PT1205', `memo slot ${index} cannot be`)
    return Number(index)
  }

  pushGlobal(module: string, name: string): void {
    const path = `${module}.${name}`
    const entry = this.#rules.resolve(module, name)
    if (entry === undefined) {
      return this.fail(
        'PT1206',
        `the pickle names ${shown(path)}, which is not among the things a model may hold`,
        'nothing was run. If you trust where the file comes from, load it in Python and save it with torch.jit.save.',
      )
    }
    return this.push({ kind: 'global', path, entry })
  }

  /** REDUCE: a builder on its tuple of arguments, or an enum class on its value. */
  reduce(callee: PickleItem | undefined, args: PickleItem | undefined): PickleItem {
    if (!isKind(callee, 'global') || args === undefined) return this.fail('PT1207', `REDUCE on ${itemName(callee)}, which cannot be built`)
    const { entry, path } = callee
    if (entry.role === 'inert') return { kind: 'inert', path, args }
    if (entry.role === 'class') {
      if (typeof args !== 'bigint' && typeof args !== 'number' && typeof args !== 'string') {
        return this.fail('PT1207', `an enum value of ${shown(path)} must be an int, a float or a string, not ${itemName(args)}`)
      }
      return { kind: 'enum', className: path, value: args }
    }
    if (entry.role !== 'build') return this.fail('PT1207', `${shown(path)} takes no arguments`)
    if (!isKind(args, 'tuple')) return this.fail('PT1207', `the arguments of ${shown(path)} must be a tuple, not ${itemName(args)}`)
    return entry.build(args.items, { path, fail: this.fail })
  }

  newObject(type: PickleItem | undefined, args: PickleItem | undefined): PickleItem {
    if (!isKind(type, 'global')) return this.fail('PT1207', `an object is made of ${itemName(type)}, which is no class`)
    const { entry, path } = type
    if (!isKind(args, 'tuple')) return this.fail('PT1207', `the arguments of ${shown(path)} must be a tuple, not ${itemName(args)}`)
    if (entry.role === 'inert') return { kind: 'inert', path, args }
    if (entry.role === 'build') return entry.build(args.items, { path, fail: this.fail })
    if (entry.role !== 'class') return this.fail('PT1207', `${shown(path)} is no class`)
    if (args.items.length > 0) return this.fail('PT1207', `an object of ${shown(path)} takes no arguments`)
    const object: OpenObject = { kind: 'object', className: path, attributes: new Map() }
    this.#open.add(object)
    return object
  }

  /** BUILD: gives the object on top of the stack its state. */
  build(state: PickleItem): void {
    const target = this.peek()
    if (isKind(target, 'inert')) {
      target.state = state
      return
    }
    // The state of an OrderedDict is its `_metadata`, which only state_dicts carry.
    if (isKind(target, 'dict') && isKind(state, 'dict')) return
    if (!isKind(target, 'object')) return this.fail('PT1207', `a state is given to ${itemName(target)}, which is no object`)
    const object: OpenObject = target
    if (this.#built.has(object)) this.fail('PT1207', `an object of ${shown(object.className)} gets its state twice`)
    this.#built.add(object)
    this.#open.delete(object)
    if (this.#rules.hasState(object.className)) {
      object.state = held(state)
      return
    }
    if (!isKind(state, 'dict')) return this.fail('PT1207', `the state of ${shown(object.className)} must be a dict, not ${itemName(state)}`)
    for (const [name, value] of state.entries) {
      if (typeof name !== 'string') this.fail('PT1207', `an attribute of ${shown(object.className)} is named by ${itemName(name)}`)
      else object.attributes.set(name, value)
    }
  }

  /** SETITEMS: keys and values in turn, into the dict on top of the stack. */
  setItems(pairs: readonly PickleItem[]): void {
    const target = this.peek()
    if (isKind(target, 'inert')) return
    if (!isKind(target, 'dict')) return this.fail('PT1207', `entries are set in ${itemName(target)}, which is no dict`)
    if (pairs.length % 2 !== 0) this.fail('PT1207', 'a dict has a key without a value')
    let keys = this.#keys.get(target)
    if (keys === undefined) this.#keys.set(target, (keys = new Set()))
    for (let i = 0; i < pairs.length; i += 2) {
      const key = pairs[i]!
      if (isKind(key, 'list') || isKind(key, 'dict') || isKind(key, 'set'))
        this.fail('PT1207', `${itemName(key)} cannot be the key of a dict`)
      if (keys.has(key))
        this.fail('PT1207', `a dict has the key ${typeof key === 'string' ? shown(JSON.stringify(key)) : itemName(key)} twice`)
      keys.add(key)
      target.entries.push([held(key), held(pairs[i + 1]!)])
    }
  }

  persistent(id: PickleItem): PickleItem {
    return this.#rules.persistent(id, this.fail)
  }
}
