// Ifs whose condition is a constant: what is left is the branch that runs, with the numbers of before.

import { describe, expect, it } from 'vitest'
import { tensorFromElements } from '../../../src/ir/tensor-elements.ts'
import { inlineBranches } from '../../../src/onnx/passes/inline-branches.ts'
import { input, passed } from './run-pass.ts'

const model = (outer: string, inner: string): string => `main (float32[n] x, bool[] c) => (float32[n] y)
<bool[] no = {0},
 bool[] yes = {1}>
{
  z = If (${outer}) <
    then_branch = graph () => (float32[n] a)
    {
      a = Neg (x)
    }
    else_branch = graph () => (float32[n] d)
    {
      d = If (${inner}) <
        then_branch = graph () => (float32[n] e)
        {
          e = Abs (x)
        }
        else_branch = graph () => (float32[n] g)
        {
          g = Identity (x)
        }
      >
    }
  >
  y = Relu (z)
}`

const both = [false, true].map((c) => [input([4]), tensorFromElements('bool', [], [c])])

describe('inline-branches', () => {
  it('the branch that runs, and what runs inside of it', async () => {
    const inline = async (outer: string, inner: string) => (await passed(model(outer, inner), [inlineBranches], both)).operators
    expect(await inline('yes', 'c')).toEqual(['Neg', 'Relu'])
    expect(await inline('no', 'yes')).toEqual(['Abs', 'Relu'])
    expect(await inline('no', 'no')).toEqual(['Relu'])
    expect(await inline('no', 'c')).toEqual(['If', 'Relu'])
  })

  it('not what an input decides, but the branches inside of it', async () => {
    const { model: left, operators } = await passed(model('c', 'yes'), [inlineBranches], both)
    expect(operators).toEqual(['If', 'Relu'])
    expect(JSON.stringify([...left.graph.nodes[0]!.attributes.entries()])).not.toContain('"If"')
  })
})
