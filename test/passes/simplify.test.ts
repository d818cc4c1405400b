// The simplifying passes, one by one: text in, text out.
import { describe, expect, test } from 'vitest'
import { tensorFact } from '../../src/ops/fact.ts'
import { eliminateCommonSubexpressions } from '../../src/passes/eliminate-common-subexpressions.ts'
import { eliminateDeadCode } from '../../src/passes/eliminate-dead-code.ts'
import { foldConstants } from '../../src/passes/fold-constants.ts'
import { peephole } from '../../src/passes/peephole.ts'
import { poolWholePlane } from '../../src/passes/pool-whole-plane.ts'
import { removeDropout } from '../../src/passes/remove-dropout.ts'
import { removeMutation } from '../../src/passes/remove-mutation.ts'
import { simplifyControlFlow } from '../../src/passes/simplify-control-flow.ts'
import { unrollLoops } from '../../src/passes/unroll-loops.ts'
import { FileCheck } from '../support/file-check.ts'
import { rewrite } from '../support/run-passes.ts'

describe('simplify-control-flow', () => {
  const optional = (flag: string): string => `graph(%c : bool, %d : bool, %x : Tensor):
  %t : bool = prim::Constant[value=1]()
  %f : bool = prim::Constant[value=0]()
  %a : Tensor = prim::If(%c)
    block0():
      %n : Tensor = aten::neg(%x)
      -> (%n)
    block1():
      -> (%x)
  %has : bool, %b : Tensor = prim::If(%d)
    block0():
      %m : Tensor = aten::abs(%x)
      -> (%t, %m)
    block1():
      -> (${flag}, %a)
  %y : Tensor = prim::If(%has)
    block0():
      %e : Tensor = aten::exp(%b)
      -> (%e)
    block1():
      -> (%x)
  return (%y)`

  test('what leaves a branch beside its flag is only read where the flag holds', () => {
    const { text } = rewrite(optional('%c'), [simplifyControlFlow])
    new FileCheck().check('prim::If(%c)').check('aten::neg').check('block1()').checkNext('prim::Uninitialized').run(text)
  })

  test('and not at all beside a flag that says no', () => {
    const { text } = rewrite(optional('%f'), [simplifyControlFlow, eliminateDeadCode])
    new FileCheck().checkNot('aten::neg').check('aten::abs').run(text)
  })

  test('but everywhere beside another flag', () => {
    new FileCheck()
      .checkNot('prim::Uninitialized')
      .check('return')
      .run(rewrite(optional('%t'), [simplifyControlFlow]).text)
  })
})

describe('fold-constants', () => {
  test('known values become constants and decided branches their live side', () => {
    const { text, changed } = rewrite(
      `graph(%x : Tensor):
  %two : int = prim::Constant[value=2]()
  %three : int = prim::Constant[value=3]()
  %n : int = aten::mul(%two, %three)
  %six : int = prim::Constant[value=6]()
  %c : bool = aten::eq(%n, %six)
  %y : Tensor = prim::If(%c)
    block0():
      %a : Tensor = aten::relu(%x)
      %b : Tensor = aten::neg(%a)
      -> (%b)
    block1():
      -> (%x)
  return (%y, %n)`,
      [foldConstants, eliminateDeadCode],
    )
    expect(changed).toBe(true)
    expect(text).toBe(
      'graph(%x : Tensor):\n  %n : int = prim::Constant[value=6]()\n  %a : Tensor = aten::relu(%x)\n  %b : Tensor = aten::neg(%a)\n  return (%b, %n)\n',
    )
  })

  test('branches inside of a taken branch are decided, too', () => {
    const { text } = rewrite(
      `graph(%x : Tensor):
  %t : bool = prim::Constant[value=1]()
  %f : bool = prim::Constant[value=0]()
  %y : Tensor = prim::If(%t)
    block0():
      %z : Tensor = prim::If(%f)
        block0():
          -> (%x)
        block1():
          %n : Tensor = aten::neg(%x)
          -> (%n)
      -> (%z)
    block1():
      -> (%x)
  return (%y)`,
      [foldConstants, eliminateDeadCode],
    )
    expect(text).toBe('graph(%x : Tensor):\n  %n : Tensor = aten::neg(%x)\n  return (%n)\n')
  })

  test('a loop of no turns gives its initial values', () => {
    const { text } = rewrite(
      `graph(%x : Tensor):
  %t : bool = prim::Constant[value=1]()
  %zero : int = prim::Constant[value=0]()
  %y : Tensor = prim::Loop(%zero, %t, %x)
    block0(%i : int, %x.2 : Tensor):
      %n : Tensor = aten::neg(%x.2)
      -> (%t, %n)
  return (%y)`,
      [foldConstants, eliminateDeadCode],
    )
    expect(text).toBe('graph(%x : Tensor):\n  return (%x)\n')
  })

  test('division by zero stays for run time', () => {
    const { changed } = rewrite(
      `graph():
  %one : int = prim::Constant[value=1]()
  %zero : int = prim::Constant[value=0]()
  %n : int = aten::floordiv(%one, %zero)
  return (%n)`,
      [foldConstants],
    )
    expect(changed).toBe(false)
  })

  test('traced shape arithmetic becomes a constant where the extents are declared', () => {
    const text = `graph(%x : Tensor):
  %zero : int = prim::Constant[value=0]()
  %one : int = prim::Constant[value=1]()
  %a : int = aten::size(%x, %zero)
  %at : Tensor = prim::NumToTensor(%a)
  %b : int = aten::size(%x, %one)
  %bt : Tensor = prim::NumToTensor(%b)
  %p : Tensor = aten::mul(%at, %bt)
  %n : int = aten::Int(%p)
  %s : int[] = prim::ListConstruct(%n)
  %y : Tensor = aten::view(%x, %s)
  return (%y)`
    new FileCheck()
      .check('%n : int = prim::Constant[value=12]()')
      .check('prim::ListConstruct(%n)')
      .checkNot('NumToTensor')
      .check('return')
      .run(rewrite(text, [foldConstants, eliminateDeadCode], [tensorFact('float32', [3, 4])]).text)
    new FileCheck()
      .check('NumToTensor')
      .check('aten::view')
      .run(rewrite(text, [foldConstants, eliminateDeadCode], [tensorFact('float32', ['n', 4])]).text)
  })
})

describe('eliminate-dead-code', () => {
  test('single results of branches and carried values that nobody needs go', () => {
    const { text } = rewrite(
      `graph(%c : bool, %m : int, %x : Tensor):
  %t : bool = prim::Constant[value=1]()
  %a : Tensor, %b : Tensor = prim::If(%c)
    block0():
      %p : Tensor = aten::relu(%x)
      %q : Tensor = aten::neg(%x)
      -> (%p, %q)
    block1():
      -> (%x, %x)
  %y : Tensor, %k : Tensor = prim::Loop(%m, %t, %a, %x)
    block0(%i : int, %y.2 : Tensor, %k.2 : Tensor):
      %y.3 : Tensor = aten::neg(%y.2)
      %k.3 : Tensor = aten::exp(%k.2)
      -> (%t, %y.3, %k.3)
  return (%y)`,
      [eliminateDeadCode],
    )
    new FileCheck()
      .check('%a : Tensor = prim::If')
      .checkNot('%q')
      .checkNot('aten::exp')
      .check('prim::Loop(%m, %t, %a)')
      .checkNot('aten::exp')
      .check('return (%y)')
      .run(text)
  })

  test('writes and exceptions stay', () => {
    const { changed } = rewrite(
      `graph(%c : bool, %x : Tensor):
  %one : int = prim::Constant[value=1]()
  %m : str = prim::Constant[value="bad"]()
  %none : NoneType = prim::Constant()
  %y : Tensor = aten::add_(%x, %x, %one)
   = prim::If(%c)
    block0():
       = prim::RaiseException(%m, %none)
      -> ()
    block1():
      -> ()
  return (%x)`,
      [eliminateDeadCode],
    )
    expect(changed).toBe(false)
  })
})

describe('peephole', () => {
  const one = (line: string, dims: readonly (number | string)[] = ['n', 4]): string =>
    rewrite(`graph(%x : Tensor):\n${line}\n  return (%y)`, [peephole, eliminateDeadCode], [tensorFact('float32', dims)]).text

  test('identities', () => {
    expect(one('  %y : Tensor = aten::detach(%x)')).toContain('return (%x)')
    expect(
      one(
        '  %f : bool = prim::Constant[value=0]()\n  %d : int = prim::Constant[value=6]()\n  %n : NoneType = prim::Constant()\n  %y : Tensor = aten::to(%x, %d, %f, %f, %n)',
      ),
    ).toContain('return (%x)')
    expect(
      one(
        '  %f : bool = prim::Constant[value=0]()\n  %d : int = prim::Constant[value=7]()\n  %n : NoneType = prim::Constant()\n  %y : Tensor = aten::to(%x, %d, %f, %f, %n)',
      ),
    ).toContain('return (%y)')
    expect(
      one(
        '  %a : int = prim::Constant[value=0]()\n  %b : int = prim::Constant[value=1]()\n  %z : Tensor = aten::transpose(%x, %a, %b)\n  %y : Tensor = aten::transpose(%z, %b, %a)',
      ),
    ).toContain('return (%x)')
    expect(one('  %z : Tensor = aten::t(%x)\n  %y : Tensor = aten::t(%z)')).toContain('return (%x)')
  })

  test('the size asked of a list of sizes is asked of the tensor', () => {
    const { text } = rewrite(
      `graph(%x : Tensor):
  %zero : int = prim::Constant[value=0]()
  %s : int[] = aten::size(%x)
  %n : int = aten::__getitem__(%s, %zero)
  return (%n)`,
      [peephole, eliminateDeadCode],
    )
    new FileCheck().check('int = aten::size(%x, %zero)').checkNot('getitem').check('return').run(text)
  })
})

describe('simplify-control-flow', () => {
  const passes = [simplifyControlFlow, foldConstants, eliminateDeadCode]

  test('branches that give the condition, and conditions asked twice', () => {
    const { text } = rewrite(
      `graph(%c : bool, %x : Tensor):
  %t : bool = prim::Constant[value=1]()
  %f : bool = prim::Constant[value=0]()
  %d : bool = prim::If(%c)
    block0():
      -> (%t)
    block1():
      -> (%f)
  %y : Tensor = prim::If(%d)
    block0():
      %z : Tensor = prim::If(%c)
        block0():
          %a : Tensor = aten::relu(%x)
          -> (%a)
        block1():
          -> (%x)
      -> (%z)
    block1():
      -> (%x)
  return (%y)`,
      passes,
    )
    new FileCheck().checkCount('prim::If', 1, true).run(text)
    expect(text).toContain('prim::If(%c)')
  })

  test('an int that equals one constant equals no other', () => {
    const { text } = rewrite(
      `graph(%n : int, %x : Tensor):
  %one : int = prim::Constant[value=1]()
  %two : int = prim::Constant[value=2]()
  %c : bool = aten::eq(%n, %one)
  %d : bool = aten::eq(%n, %two)
  %y : Tensor = prim::If(%c)
    block0():
      %z : Tensor = prim::If(%d)
        block0():
          %a : Tensor = aten::relu(%x)
          -> (%a)
        block1():
          -> (%x)
      -> (%z)
    block1():
      %b : Tensor = aten::neg(%x)
      -> (%b)
  return (%y)`,
      passes,
    )
    new FileCheck().checkNot('aten::relu').check('return').run(text)
  })

  test('what a loop does not change is no business of the loop', () => {
    const { text } = rewrite(
      `graph(%m : int, %x : Tensor, %w : Tensor):
  %t : bool = prim::Constant[value=1]()
  %y : Tensor, %v : Tensor = prim::Loop(%m, %t, %x, %w)
    block0(%i : int, %y.2 : Tensor, %v.2 : Tensor):
      %y.3 : Tensor = aten::matmul(%y.2, %v.2)
      -> (%t, %y.3, %v.2)
  return (%y, %v)`,
      passes,
    )
    new FileCheck().check('prim::Loop(%m, %t, %x)').check('aten::matmul(%y.2, %w)').check('return (%y, %w)').run(text)
  })
})

describe('eliminate-common-subexpressions', () => {
  test('across branches, but never random numbers', () => {
    const { text } = rewrite(
      `graph(%c : bool, %x : Tensor):
  %n : NoneType = prim::Constant()
  %a : Tensor = aten::relu(%x)
  %b : Tensor = prim::If(%c)
    block0():
      %d : Tensor = aten::relu(%x)
      -> (%d)
    block1():
      -> (%x)
  %r : Tensor = aten::rand_like(%x, %n, %n, %n, %n, %n)
  %s : Tensor = aten::rand_like(%x, %n, %n, %n, %n, %n)
  return (%a, %b, %r, %s)`,
      [eliminateCommonSubexpressions],
    )
    new FileCheck().checkCount('aten::relu', 1).checkCount('aten::rand_like', 2, true).run(text)
    expect(text).toContain('-> (%a)')
  })

  test('one sided branches do not serve the other side', () => {
    const { changed } = rewrite(
      `graph(%c : bool, %x : Tensor):
  %b : Tensor = prim::If(%c)
    block0():
      %d : Tensor = aten::relu(%x)
      -> (%d)
    block1():
      %e : Tensor = aten::relu(%x)
      -> (%e)
  return (%b)`,
      [eliminateCommonSubexpressions],
    )
    expect(changed).toBe(false)
  })
})

describe('remove-dropout', () => {
  const dropout = (train: 0 | 1): string =>
    rewrite(
      `graph(%x : Tensor):
  %p : float = prim::Constant[value=0.5]()
  %t : bool = prim::Constant[value=${train}]()
  %y : Tensor = aten::feature_dropout(%x, %p, %t)
  return (%y)`,
      [removeDropout, eliminateDeadCode],
    ).text

  test('goes outside of training only', () => {
    expect(dropout(0)).toBe('graph(%x : Tensor):\n  return (%x)\n')
    expect(dropout(1)).toContain('aten::feature_dropout')
  })
})

describe('unroll-loops', () => {
  const loop = (trips: number): string => `graph(%x : Tensor):
  %t : bool = prim::Constant[value=1]()
  %m : int = prim::Constant[value=${trips}]()
  %one : int = prim::Constant[value=1]()
  %y : Tensor = prim::Loop(%m, %t, %x)
    block0(%i : int, %x.2 : Tensor):
      %x.3 : Tensor = aten::add(%x.2, %i, %one)
      -> (%t, %x.3)
  return (%y)`

  test('short loops become their turns, long ones stay', () => {
    new FileCheck()
      .checkNot('prim::Loop')
      .checkCount('aten::add', 3, true)
      .run(rewrite(loop(3), [unrollLoops]).text)
    expect(rewrite(loop(100_000), [unrollLoops]).changed).toBe(false)
  })
})

describe('pool-whole-plane', () => {
  const pool = (name: string, inner: string) => `graph(%x : Tensor):
  %two : int = prim::Constant[value=2]()
  %three : int = prim::Constant[value=3]()
  %zero : int = prim::Constant[value=0]()
  %one : int = prim::Constant[value=1]()
  %no : bool = prim::Constant[value=0]()
  %none : NoneType = prim::Constant()
  %h : int = aten::size(%x, %two)
  %w : int = aten::size(%x, ${inner})
  %k : int[] = prim::ListConstruct(%h, %w)
  %s : int[] = prim::ListConstruct()
  %p : int[] = prim::ListConstruct(%zero, %zero)
  %d : int[] = prim::ListConstruct(%one, %one)
  %y : Tensor = aten::${name}
  return (%y)`
  const fact = tensorFact('float32', ['n', 'c', 'h', 'w'])

  test('the mean of a plane is an adaptive pool to one cell, its maximum amax', () => {
    const mean = rewrite(pool('avg_pool2d(%x, %k, %s, %p, %no, %no, %none)', '%three'), [poolWholePlane, eliminateDeadCode], [fact])
    expect(mean.text).toContain('aten::adaptive_avg_pool2d(%x, ')
    const max = rewrite(pool('max_pool2d(%x, %k, %s, %p, %d, %no)', '%three'), [poolWholePlane, eliminateDeadCode], [fact])
    expect(max.text).toContain('aten::amax(%x, ')
  })

  test('a window of another extent stays', () => {
    expect(rewrite(pool('avg_pool2d(%x, %k, %s, %p, %no, %no, %none)', '%two'), [poolWholePlane], [fact]).changed).toBe(false)
  })
})

test('dropout in place has a functional form, though its first argument has another name', () => {
  const { text } = rewrite(
    `graph(%x : Tensor):
  %p : float = prim::Constant[value=0.5]()
  %no : bool = prim::Constant[value=0]()
  %c : Tensor = aten::relu(%x)
  %y : Tensor = aten::dropout_(%c, %p, %no)
  %z : Tensor = aten::add(%y, %c, %p)
  return (%z)`,
    [removeMutation, removeDropout, eliminateDeadCode],
  )
  expect(text).not.toContain('dropout')
})
