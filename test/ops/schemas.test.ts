// The imported schema table: names, order within a name, old versions.
import { expect, test } from 'vitest'
import { oldSchema, operatorNames, schemaTexts } from '../../src/ops/schemas/index.ts'

test('every schema of a name, in registration order', () => {
  const overloads = schemaTexts('aten::add').map((text) => /^aten::add(?:\.(\w+))?\(/.exec(text)?.[1] ?? '')
  expect(overloads).toEqual(
    ['Tensor', 'Scalar', 'out', 'Scalar_out', 't', 'str', 'int', 'complex', 'float', 'int_complex', 'complex_int', 'float_complex'].concat([
      'complex_float',
      'int_float',
      'float_int',
      '',
    ]),
  )
})

test('alias annotations and defaults are kept', () => {
  expect(schemaTexts('aten::append')).toEqual(['aten::append.t(t[](a!) self, t(c -> *) el) -> t[](a!)'])
  expect(schemaTexts('aten::gelu')[0]).toBe('aten::gelu(Tensor self, *, str approximate="none") -> Tensor')
})

test('names without overloads, other namespaces and unknown names', () => {
  expect(schemaTexts('aten::format')).toEqual(['aten::format(str self, ...) -> str'])
  expect(schemaTexts('quantized::linear')).toHaveLength(1)
  expect(schemaTexts('aten::no_such_operator')).toEqual([])
  expect(operatorNames().length).toBeGreaterThan(1500)
})

test('old versions', () => {
  expect(oldSchema('aten::gelu', 9)?.schema).toBe('aten::gelu(Tensor self) -> Tensor')
  expect(oldSchema('aten::gelu', 10)).toBeUndefined()
})
