// Ifs whose branches do the same, and those whose branches nearly do.

import { describe, expect, it } from 'vitest'
import { equalBranches } from '../../src/passes/equal-branches.ts'
import { rewrite } from '../support/run-passes.ts'

const ifs = (text: string): number =>
  [...rewrite(`graph(%x : Tensor, %y : Tensor, %c : bool, %d : bool):\n${text}\n  return (%a)`, [equalBranches]).text.matchAll(/prim::If/g)]
    .length

const choice = (first: string, second: string): string => `  %a : Tensor = prim::If(%c)
    block0():
${first}
    block1():
${second}`
const relu = (value: string): string => `      %${value} : Tensor = aten::relu(%x)\n      -> (%${value})`

describe('equal-branches', () => {
  it('joins equal branches, nested ones and constants too', () => {
    expect(ifs(choice(relu('1'), relu('2')))).toBe(0)
    expect(ifs(choice('      -> (%x)', '      -> (%x)'))).toBe(0)
    const nested = (n: string): string => `      %${n} : Tensor = prim::If(%d)
        block0():
          %k${n} : float = prim::Constant[value=0.5]()
          %m${n} : Tensor = aten::mul(%x, %k${n})
          -> (%m${n})
        block1():
          -> (%y)
      -> (%${n})`
    expect(ifs(choice(nested('1'), nested('2')))).toBe(1)
  })
  it('leaves others', () => {
    expect(ifs(choice(relu('1'), '      %2 : Tensor = aten::tanh(%x)\n      -> (%2)'))).toBe(1)
    expect(ifs(choice(relu('1'), '      %2 : Tensor = aten::relu(%y)\n      -> (%2)'))).toBe(1)
    expect(ifs(choice(relu('1'), '      %2 : Tensor = aten::relu(%x)\n      -> (%x)'))).toBe(1)
    expect(ifs(choice(relu('1'), '      -> (%x)'))).toBe(1)
    const scaled = (n: string, factor: string): string =>
      `      %k${n} : float = prim::Constant[value=${factor}]()\n      %${n} : Tensor = aten::mul(%x, %k${n})\n      -> (%${n})`
    expect(ifs(choice(scaled('1', '0.'), scaled('2', '-0.')))).toBe(1)
    expect(ifs(choice(scaled('1', '2.'), scaled('2', '2.')))).toBe(0)
  })
})
