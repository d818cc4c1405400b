// P: pickles that name, build or claim what no model needs.

import { archiveWith, minimal, modulePickle, withAttribute, withData, type HostileCase } from './control.ts'
import * as p from './pickle-writer.ts'
import { concat, join } from './zip-writer.ts'

type Bytes = Uint8Array
const reject = (name: string, codes: readonly string[], file: () => Bytes): HostileCase => ({ name, expect: 'reject', codes, bytes: file })
const attribute = (name: string, codes: readonly string[], value: () => Bytes): HostileCase =>
  reject(name, codes, () => withAttribute(value()))
const command = 'touch hostile-canary'
const text = (value: string): Bytes => new TextEncoder().encode(value)

/** Names that run something in Python, and torch's own that do. */
const CALLABLES =
  `os system|posix system|nt system|os popen|os execv|os remove|builtins eval|builtins exec|builtins open|builtins compile|builtins __import__
builtins getattr|builtins setattr|builtins globals|builtins map|__builtin__ eval|__builtin__ execfile|__builtin__ apply|subprocess Popen|subprocess run
subprocess check_output|runpy run_path|runpy _run_code|pty spawn|timeit timeit|cProfile run|profile run|pdb run|bdb Bdb.run|trace Trace.run|pydoc pipepager|ctypes CDLL
ctypes.util find_library|pip main|idlelib.pyshell ModifiedInterpreter|code interact|codeop compile_command|logging FileHandler|logging.config fileConfig|io FileIO|io open
shutil rmtree|socket create_connection|urllib.request urlopen|http.client HTTPConnection|asyncio.unix_events _UnixSubprocessTransport._start|uuid _get_command_stdout
_osx_support _read_output|distutils.file_util write_file|importlib import_module|imp load_source|types FunctionType|types CodeType|functools partial|functools reduce
operator attrgetter|operator methodcaller|operator itemgetter|itertools starmap|pickle loads|_pickle loads|dill loads|cloudpickle loads|joblib load|marshal loads|shelve open|webbrowser open
numpy.testing._private.utils runstring|numpy load|pandas read_pickle|torch load|torch.serialization load|torch.hub load|torch.storage _load_from_bytes|torch.jit load
torch.jit.unsupported_tensor_ops execWrapper|torch.utils.collect_env run|torch.utils._config_module load_config|torch._utils _rebuild_device_tensor_from_numpy
torch._dynamo.guards GuardBuilder.get|torch.fx.experimental.symbolic_shapes ShapeEnv.evaluate_guards_expression|torch.distributed.rpc remote|torch.ops load_library|torch classes`
    .split(/[|\n]/)
    .map((row) => row.split(' ') as [string, string])

function* names(): Generator<HostileCase> {
  for (const [module, name] of CALLABLES) {
    yield attribute(`P1-4 ${module}.${name}`, ['PT1206'], () => p.reduce(p.global(module, name), p.str(command)))
  }
  const stackGlobal = p.bytes(0x93)
  yield attribute('P5 STACK_GLOBAL', ['PT1206'], () =>
    concat(p.str('os'), p.str('system'), stackGlobal, p.tuple(p.str(command)), p.reduceOp),
  )
  yield attribute('P5 STACK_GLOBAL from the memo', ['PT1206'], () =>
    concat(
      p.str('os'),
      p.put(90),
      p.pop,
      p.str('system'),
      p.put(91),
      p.pop,
      p.get(90),
      p.get(91),
      stackGlobal,
      p.tuple(p.str(command)),
      p.reduceOp,
    ),
  )
  yield attribute('P5 STACK_GLOBAL behind POP', ['PT1206'], () => concat(p.str('os'), p.str('path'), p.pop, p.str('system'), stackGlobal))
  yield attribute('P5 STACK_GLOBAL by DUP', ['PT1206'], () => concat(p.str('os'), p.dup, stackGlobal))
  yield attribute('P5 STACK_GLOBAL of bytes', ['PT1207'], () =>
    concat(p.bytes(0x43, 2, 0x6f, 0x73), p.bytes(0x43, 2, 0x6f, 0x73), stackGlobal),
  )
  yield attribute('P5 STACK_GLOBAL of ints', ['PT1207'], () => concat(p.int(1), p.int(2), stackGlobal))
  yield attribute('P6 INST', ['PT1206'], () => concat(p.mark, p.str(command), p.ascii('ios\nsystem\n')))
  yield attribute('P6 OBJ', ['PT1206'], () => concat(p.mark, p.global('os', 'system'), p.str(command), p.ascii('o')))
  yield attribute('P6 NEWOBJ', ['PT1206'], () => concat(p.global('subprocess', 'Popen'), p.tuple(p.str(command)), p.newObjOp))
  yield attribute('P6 NEWOBJ_EX', ['PT1206'], () =>
    concat(p.global('subprocess', 'Popen'), p.tuple(p.str(command)), p.emptyDict, p.bytes(0x92)),
  )
  yield attribute('P6 NEWOBJ_EX with keywords', ['PT1207'], () =>
    concat(p.global('__torch__', 'M'), p.emptyTuple, p.dict([p.str('a'), p.int(1)]), p.bytes(0x92)),
  )
  yield attribute('P6 OBJ on nothing', ['PT1207'], () => concat(p.mark, p.ascii('o')))
  yield attribute('P7 getattr chain', ['PT1206'], () =>
    p.reduce(p.reduce(p.global('builtins', 'getattr'), p.global('torch', 'Size'), p.str('__class__')), p.str('x')),
  )
  for (const [name, op] of [
    ['EXT1', p.bytes(0x82, 1)],
    ['EXT2', p.bytes(0x83, 1, 0)],
    ['EXT4', p.bytes(0x84, 1, 0, 0, 0)],
    ['NEXT_BUFFER', p.bytes(0x97)],
    ['READONLY_BUFFER', p.bytes(0x98)],
    ['PERSID', p.ascii('P../../evil\n')],
  ] as const) {
    yield attribute(`P8 ${name}`, ['PT1203'], () => op)
  }
  yield attribute('P9 nested pickle', ['PT1206'], () => p.reduce(p.global('_pickle', 'loads'), p.bytes(0x43, 3, 0x4e, 0x2e, 0x2e)))
  for (const name of ['constructor', '__proto__', 'toString', 'hasOwnProperty', '', 'constructor.constructor']) {
    yield attribute(`P10 module ${JSON.stringify(name)}`, ['PT1206'], () => p.reduce(p.global(name, 'x'), p.str('globalThis.polluted = 1')))
    yield attribute(`P10 name ${JSON.stringify(name)}`, ['PT1206'], () =>
      p.reduce(p.global('torch', name), p.str('globalThis.polluted = 1')),
    )
  }
  yield reject('P10 whole root is os.system', ['PT1206'], () =>
    withData(concat(p.proto(), p.reduce(p.global('os', 'system'), p.str(command)), p.stop)),
  )
  yield attribute('P25 dotted name', ['PT1206'], () => p.global('torch', '_utils._rebuild_tensor_v2'))
  yield attribute('P25 homoglyph', ['PT1206'], () => p.global('tоrch._utils', '_rebuild_tensor_v2'))
  yield attribute('P25 space at the end', ['PT1206'], () => p.global('torch._utils', '_rebuild_tensor_v2 '))
  yield attribute('P25 carriage return and more', ['PT1206'], () => p.global('torch._utils\t', '_rebuild_tensor_v2'))
  yield attribute('P25 own class with a path in it', ['PT1206'], () => p.global('__torch__', '../M'))
  yield attribute('P25 own class called by its look-alike', ['PT1206'], () => p.global('__torch__x', 'M'))
}

const object = concat(p.global('__torch__', 'M'), p.emptyTuple, p.newObjOp)

function* building(): Generator<HostileCase> {
  for (const name of ['__setstate__', '__proto__', 'constructor', '__class__']) {
    yield {
      name: `P11 BUILD with ${name}`,
      expect: 'either',
      holds: 'any',
      bytes: () => withAttribute(concat(object, p.dict([p.str(name), p.dict([p.str('polluted'), p.yes])]), p.buildOp)),
    }
  }
  yield attribute('P11 BUILD twice', ['PT1207'], () => concat(object, p.emptyDict, p.buildOp, p.emptyDict, p.buildOp))
  yield attribute('P11 BUILD with a list', ['PT1207'], () => concat(object, p.emptyList, p.buildOp))
  yield attribute('P11 BUILD with int keys', ['PT1207'], () => concat(object, p.dict([p.int(1), p.int(2)]), p.buildOp))
  yield attribute('P11 NEWOBJ without BUILD', ['PT1207'], () => object)
  yield attribute('P11 NEWOBJ with arguments', ['PT1207'], () => concat(p.global('__torch__', 'M'), p.tuple(p.int(1)), p.newObjOp))
  const pair = concat(p.str('a'), p.int(1))
  yield attribute('P12 SETITEM on a tensor', ['PT1207'], () => concat(p.tensor(), pair, p.ascii('s')))
  yield attribute('P12 SETITEMS on a tensor', ['PT1207'], () => concat(p.tensor(), p.mark, pair, p.ascii('u')))
  yield attribute('P12 APPEND on a tensor', ['PT1207'], () => concat(p.tensor(), p.int(1), p.ascii('a')))
  yield attribute('P12 APPENDS on a dict', ['PT1207'], () => concat(p.emptyDict, p.mark, p.int(1), p.ascii('e')))
  yield attribute('P12 SETITEMS on a list', ['PT1207'], () => concat(p.emptyList, p.mark, pair, p.ascii('u')))
  yield attribute('P12 SETITEMS of an odd number', ['PT1207'], () => concat(p.emptyDict, p.mark, p.int(1), p.ascii('u')))
  yield attribute('P12 BUILD on a tensor', ['PT1207'], () => concat(p.tensor(), p.dict([p.str('data'), p.int(1)]), p.buildOp))
  yield attribute('P12 list as key', ['PT1207'], () => p.dict([p.emptyList, p.int(1)]))
  yield attribute('P12 tuple as key', ['PT1207'], () => p.dict([p.tuple(p.int(1)), p.int(1)]))
  yield attribute('P12 key twice', ['PT1207'], () => p.dict([p.str('a'), p.int(1)], [p.str('a'), p.int(2)]))
  yield attribute('P12 set as value', ['PT1213'], () => p.bytes(0x8f))
  yield attribute('P12 bytes as value', ['PT1213'], () => p.bytes(0x43, 1, 0x61))
  yield attribute('P12 name as value', ['PT1213'], () => p.global('torch._utils', '_rebuild_tensor_v2'))
  const id = (parts: p.TensorParts): Bytes => p.tensor(parts)
  yield attribute('P13 persistent id is text', ['PT1214'], () => id({ id: p.str('../../etc/passwd') }))
  yield attribute('P13 persistent id is a list', ['PT1214'], () => id({ id: p.list(p.str('storage')) }))
  yield attribute('P13 persistent id is short', ['PT1214'], () => id({ id: p.tuple(p.str('storage')) }))
  yield attribute('P13 persistent id has a view', ['PT1214'], () =>
    id({ id: p.tuple(p.str('storage'), p.global('torch', 'FloatStorage'), p.str('0'), p.str('cpu'), p.int(4), p.tuple(p.int(1))) }),
  )
  yield attribute('P13 persistent id of a list that holds itself', ['PT1214'], () =>
    id({ id: concat(p.emptyList, p.put(50), p.get(50), p.ascii('a')) }),
  )
  yield attribute('P13 tag module', ['PT1214'], () => id({ tag: p.str('module') }))
  yield attribute('P13 class in place of a storage', ['PT1214'], () => id({ storageClass: p.global('__torch__', 'M') }))
  yield attribute('P13 string in place of a storage', ['PT1214'], () => id({ storageClass: p.str('FloatStorage') }))
  yield attribute('P13 unknown storage class', ['PT1206'], () => id({ storageClass: p.global('torch', 'EvilStorage') }))
  for (const key of ['../data/0', '/etc/passwd', '0\0', '__proto__', '7', '', '0/../0', '..\\0']) {
    yield attribute(`P14 storage key ${JSON.stringify(key)}`, ['PT1301'], () => id({ key: p.str(key) }))
  }
  yield attribute('P14 storage key is an int', ['PT1214'], () => id({ key: p.int(0) }))
  for (const n of [-1n, 2n ** 31n, 2n ** 53n + 1n, 2n ** 63n, 3n, 5n])
    yield attribute(`P15 numel ${n}`, ['PT1302'], () => id({ numel: p.int(n) }))
  yield attribute('P15 numel NaN', ['PT1302'], () => id({ numel: p.float(Number.NaN) }))
  yield attribute('P24 REDUCE with a tensor', ['PT1207'], () => concat(p.global('torch', 'Size'), p.tensor(), p.reduceOp))
  yield attribute('P24 REDUCE with a string', ['PT1207'], () => concat(p.global('torch', 'device'), p.str('cpu'), p.reduceOp))
  yield attribute('P24 REDUCE on a string', ['PT1207'], () => concat(p.str('os.system'), p.tuple(p.str(command)), p.reduceOp))
  yield attribute('P24 REDUCE on a storage class', ['PT1207'], () => p.reduce(p.global('torch', 'FloatStorage'), p.int(4)))
  yield attribute('P24 enum of a list', ['PT1207'], () => concat(p.global('__torch__', 'M'), p.emptyList, p.reduceOp))
  for (const [what, value] of [
    ['build_intlist of strings', p.reduce(p.global('torch.jit._pickle', 'build_intlist'), p.list(p.str('a')))],
    ['build_intlist of nothing', p.reduce(p.global('torch.jit._pickle', 'build_intlist'))],
    ['build_tensorlist of ints', p.reduce(p.global('torch.jit._pickle', 'build_tensorlist'), p.list(p.int(1)))],
    ['build_boollist of a dict', p.reduce(p.global('torch.jit._pickle', 'build_boollist'), p.emptyDict)],
    ['restore_type_tag without a type', p.reduce(p.global('torch.jit._pickle', 'restore_type_tag'), p.emptyList)],
    ['complex of strings', p.reduce(p.global('builtins', 'complex'), p.str('1'), p.str('2'))],
    ['device of a path', p.reduce(p.global('torch', 'device'), p.str('../../dev/sda'))],
    ['OrderedDict of pairs', p.reduce(p.global('collections', 'OrderedDict'), p.list(p.tuple(p.int(1), p.int(2))))],
  ] as const) {
    yield attribute(`P24 ${what}`, ['PT1207'], () => value)
  }
  yield attribute('P16 memo slot unset', ['PT1205'], () => p.get(77))
  yield attribute('P16 memo slot 2^32 - 1 unset', ['PT1205'], () => p.get(0xffffffff))
  yield attribute('P16 memo slot of 20 digits', ['PT1205'], () => p.ascii('g99999999999999999999\n'))
  yield attribute('P16 memo slot negative', ['PT1205'], () => concat(p.int(1), p.ascii('p-1\n')))
  yield attribute('P16 memo slot __proto__', ['PT1208'], () => p.ascii('g__proto__\n'))
  yield attribute('P16 memo slot overwritten', ['PT1205'], () => concat(p.global('torch', 'Size'), p.put(5), p.pop, p.int(1), p.put(5)))
  yield attribute('P16 memo of an empty stack', ['PT1204'], () => concat(p.mark, p.put(5)))
}

function* claims(): Generator<HostileCase> {
  yield attribute('P17 LONG4 of 2 GiB', ['PT1210'], () => p.sized4(0x8b, 0x7fffffff))
  yield attribute('P17 LONG4 of -1', ['PT1210'], () => p.sized4(0x8b, 0xffffffff))
  yield attribute('P17 LONG1 of 255', ['PT1210'], () => concat(p.bytes(0x8a, 255), p.repeat(p.bytes(1), 255)))
  yield attribute('P17 BINUNICODE of 4 GiB', ['PT1201'], () => p.str('x', 0xffffffff))
  yield attribute('P17 BINUNICODE8 of 2^63', ['PT1201'], () => p.sized8(0x8d, 1n << 63n))
  yield attribute('P17 BINBYTES of 4 GiB', ['PT1201'], () => p.sized4(0x42, 0xffffffff))
  yield attribute('P17 BINBYTES8 of 2^40', ['PT1201'], () => p.sized8(0x8e, 1n << 40n))
  yield attribute('P17 BYTEARRAY8 of 2^62', ['PT1201'], () => p.sized8(0x96, 1n << 62n))
  yield attribute('P17 BINSTRING of -1', ['PT1208'], () => p.sized4(0x54, 0xffffffff))
  yield attribute('P17 FRAME of 2^64', ['PT1201'], () => concat(p.sized8(0x95, (1n << 64n) - 1n), p.int(1)))
  yield attribute('P17 string that is not UTF-8', ['PT1209'], () => p.sized4(0x58, 2, p.bytes(0xc3, 0x28)))
  for (const [op, name] of ['I INT', 'L LONG', 'F FLOAT'].map((row) => row.split(' ') as [string, string])) {
    yield attribute(`P18 ${name} of 5 million digits`, ['PT1210'], () =>
      concat(p.ascii(op), p.repeat(p.ascii('9'), 5_000_000), p.ascii('\n')),
    )
    yield attribute(`P18 ${name} that is no number`, ['PT1208'], () => p.ascii(`${op}0x1g\n`))
  }
  yield attribute('P18 LONG beyond 64 bits', ['PT1208'], () => p.int(1n << 70n))
  yield reject('P19 without STOP', ['PT1201'], () => withData(modulePickle().subarray(0, modulePickle().length - 1)))
  yield reject('P19 STOP first', ['PT1204'], () => withData(concat(p.proto(), p.stop)))
  yield reject('P19 empty pickle', ['PT1201'], () => withData(p.bytes()))
  yield reject('P19 two values at STOP', ['PT1204'], () => withData(concat(p.proto(), p.int(1), p.int(2), p.stop)))
  yield reject('P19 open MARK', ['PT1204'], () => withData(concat(p.proto(), p.mark, p.int(1), p.stop)))
  yield attribute('P19 stack underflow', ['PT1204'], () => concat(p.mark, p.ascii('a')))
  yield attribute('P19 TUPLE without MARK', ['PT1204', 'PT1207'], () => p.ascii('ttttt'))
  yield attribute('P19 unknown opcode', ['PT1202'], () => p.bytes(0xff))
  yield reject('P19 protocol 255', ['PT1202'], () => withData(concat(p.proto(255), modulePickle().subarray(2))))
  yield reject('P19 root is no module', ['PT1406'], () => withData(concat(p.proto(), p.emptyDict, p.stop)))
  yield reject('P19 zeros', ['PT1202'], () => withData(p.repeat(p.bytes(0), 1000)))
}

function* shapes(): Generator<HostileCase> {
  yield attribute('P20 lists nested 400 000 deep', ['PT1211'], () =>
    concat(p.repeat(p.emptyList, 400_000), p.repeat(p.ascii('a'), 399_999)),
  )
  yield attribute('P20 tuples nested 400 000 deep', ['PT1211'], () => concat(p.emptyTuple, p.repeat(p.bytes(0x85), 400_000)))
  yield attribute('P20 400 000 open marks', ['PT1204'], () => p.repeat(p.mark, 400_000))
  yield {
    name: 'P20 tuples nested 900 deep',
    expect: 'either',
    holds: 'any',
    bytes: () => withAttribute(concat(p.emptyTuple, p.repeat(p.bytes(0x85), 900))),
  }
  yield attribute('P20 nesting made deep by sharing', ['PT1211'], () => {
    const chain = concat(p.emptyTuple, p.repeat(p.bytes(0x85), 700))
    return p.tuple(concat(chain, p.put(60)), concat(p.get(60), p.repeat(p.bytes(0x85), 700)))
  })
  yield attribute('P21 list that holds itself', ['PT1215'], () => concat(p.emptyList, p.put(50), p.get(50), p.ascii('a')))
  yield attribute('P21 dict that holds itself', ['PT1215'], () => concat(p.emptyDict, p.put(50), p.str('me'), p.get(50), p.ascii('s')))
  yield attribute('P21 tuple that holds itself', ['PT1215'], () => concat(p.emptyList, p.put(50), p.get(50), p.bytes(0x85), p.ascii('a')))
  yield attribute('P21 dict that is its own key', ['PT1207'], () => concat(p.emptyDict, p.put(50), p.get(50), p.int(1), p.ascii('s')))
  yield attribute('P21 object that is its own attribute', ['PT1215'], () =>
    concat(object, p.put(50), p.emptyDict, p.str('me'), p.get(50), p.ascii('s'), p.buildOp),
  )
  yield attribute('P22 2^100 leaves by sharing', ['PT1210'], () => concat(p.emptyTuple, p.repeat(concat(p.dup, p.bytes(0x86)), 100)))
  yield attribute('P22 2^60 leaves in lists', ['PT1210'], () => {
    const level = (i: number): Bytes => concat(p.emptyList, p.put(100 + i), p.mark, p.get(99 + i), p.get(99 + i), p.ascii('e'), p.pop)
    return concat(p.emptyList, p.put(100), p.pop, ...Array.from({ length: 60 }, (_, i) => level(i + 1)), p.get(160))
  })
  yield attribute('P23 three million DUPs', ['PT1210'], () => concat(p.int(1), p.repeat(p.dup, 3_000_000)))
  yield attribute('P23 six million opcodes', ['PT1210'], () => p.repeat(concat(p.none, p.pop), 3_000_000))
  yield {
    name: 'P23 300 000 memo slots',
    expect: 'either',
    holds: 'any',
    bytes: () => withAttribute(concat(p.emptyList, join(Array.from({ length: 300_000 }, (_, i) => p.put(i + 100))))),
  }
  yield reject('P26 second pickle after STOP', ['PT1212'], () => withData(concat(modulePickle(), p.global('os', 'system'), p.stop)))
  yield reject('P26 hostile constants.pkl', ['PT1206'], () =>
    archiveWith({ 'constants.pkl': concat(p.proto(), p.reduce(p.global('os', 'system'), p.str(command)), p.stop) }),
  )
  yield reject('P26 constants.pkl is a list', ['PT1406'], () => archiveWith({ 'constants.pkl': concat(p.proto(), p.emptyList, p.stop) }))
  yield reject('P26 traced_inputs.pkl is a list', ['PT1406'], () =>
    archiveWith({ 'traced_inputs.pkl': concat(p.proto(), p.emptyList, p.stop) }),
  )
  yield reject('P26 hostile traced_inputs.pkl', ['PT1206'], () =>
    archiveWith({ 'traced_inputs.pkl': concat(p.proto(), p.global('os', 'system'), p.stop) }),
  )
  const evil = concat(p.proto(), p.reduce(p.global('os', 'system'), p.str(command)), p.stop)
  yield {
    name: 'P26 hostile debug record',
    expect: 'either',
    holds: 'same',
    bytes: () => archiveWith({ 'code/__torch__.py.debug_pkl': evil }),
  }
  yield { name: 'P26 hostile unused pickle', expect: 'either', holds: 'same', bytes: () => archiveWith({ 'unused.pkl': evil }) }
  yield { name: 'P26 hostile bytecode.pkl', expect: 'either', holds: 'same', bytes: () => archiveWith({ 'bytecode.pkl': evil }) }
  yield reject('P27 payload, then garbage', ['PT1206'], () =>
    withData(concat(p.proto(), p.global('os', 'system'), p.repeat(p.bytes(0xee), 100))),
  )
  yield reject('P27 garbage after the pickle', ['PT1212'], () => withData(concat(modulePickle(), text('garbage'))))
  const magic = p.bytes(0x80, 2, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e)
  yield reject('P28 legacy, payload as version', ['PT1017'], () => concat(magic, evil))
  yield reject('P28 payload as the whole file', ['PT1025'], () => evil)
  yield reject('P28 payload in protocol 0', ['PT1026'], () => p.ascii(`cos\nsystem\n(S'${command}'\ntR.`))
  yield reject('P28 payload in a torch.save archive', ['PT1024', 'PT1015'], () =>
    archiveWith({ 'constants.pkl': null, 'code/__torch__.py': null, 'data.pkl': evil }),
  )
  yield { name: 'P0 the control itself', expect: 'accept', holds: 'same', bytes: minimal }
}

export function* pickleCases(): Generator<HostileCase> {
  yield* names()
  yield* building()
  yield* claims()
  yield* shapes()
}
