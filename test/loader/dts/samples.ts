// Signatures whose declarations are printed, and then used by use.ts under three versions of TypeScript.

import type { Signature } from '../../../src/ir/signature.ts'
import type { EmitDtsOptions } from '../../../src/loader/emit-dts.ts'

const image = { kind: 'tensor', id: 'x', dtype: 'float32', dims: ['n', 3, 64, 64] } as const

export const samples: Readonly<Record<string, { readonly signatures: readonly Signature[]; readonly options: EmitDtsOptions }>> = {
  detector: {
    options: { preprocess: { resize: [64, 64] }, labels: ['cat', 'dog'] },
    signatures: [
      {
        name: 'forward',
        params: [
          { name: 'x', spec: image },
          { name: 'mask', spec: { kind: 'optional', flag: 'f', of: { kind: 'tensor', id: 'mask', dtype: 'bool', dims: ['n'] } } },
          { name: 'scale', spec: { kind: 'float', id: 'scale', dtype: 'float32' }, default: 1.5 },
          { name: 'mode', spec: { kind: 'choice', id: 'mode', of: ['mean', 'sum'] }, default: 'mean' },
        ],
        result: {
          kind: 'record',
          keys: ['scores', 'boxes', 'count', 'then', 'a-b'],
          items: [
            { kind: 'tensor', id: 'scores', dtype: 'float32', dims: ['n', 2] },
            { kind: 'optional', flag: 'g', of: { kind: 'tensors', id: 'b', ranks: 'r', sizes: 's', dtype: 'int64' } },
            { kind: 'int', id: 'count', dtype: 'int64' },
            { kind: 'constant', value: 'fixed' },
            { kind: 'bool', id: 'flag', dtype: 'bool' },
          ],
        },
      },
    ],
  },
  counter: {
    options: {},
    signatures: [
      {
        name: 'forward',
        params: [{ name: 'x', spec: { kind: 'tensor', id: 'x', dtype: 'float32', dims: [1, 3] } }],
        result: { kind: 'tensor', id: 'y', dtype: 'float32', dims: [1, 4] },
        state: { cold: 'cold', slots: [{ input: 'i', output: 'o', dtype: 'float32', attribute: 'h' }] },
      },
      {
        name: 'delete',
        params: [
          {
            name: 'in',
            spec: {
              kind: 'tuple',
              items: [
                { kind: 'int', id: 'a', dtype: 'int64' },
                { kind: 'scalars', of: 'float', id: 'b', dtype: 'float32' },
              ],
            },
          },
          {
            name: 'of',
            spec: {
              kind: 'map',
              keys: [1, 2],
              items: [
                { kind: 'int', id: 'c', dtype: 'int64' },
                { kind: 'int', id: 'd', dtype: 'int64' },
              ],
            },
          },
        ],
        result: {
          kind: 'tuple',
          items: [
            {
              kind: 'map',
              keys: [1, { bigint: '9007199254740993' }],
              items: [
                { kind: 'int', id: 'e', dtype: 'int64' },
                { kind: 'constant', value: null },
              ],
            },
            { kind: 'scalars', of: 'bool', id: 'l', dtype: 'bool' },
          ],
        },
      },
      { name: 'then', params: [], result: { kind: 'constant', value: null } },
    ],
  },
  object: {
    options: {},
    signatures: [
      {
        name: 'forward',
        params: [
          {
            name: 'batch',
            spec: {
              kind: 'record',
              keys: ['ids', 'mask'],
              items: [
                { kind: 'tensor', id: 'i', dtype: 'int64', dims: [null, null] },
                { kind: 'optional', flag: 'f', of: { kind: 'tensor', id: 'm', dtype: 'float32' } },
              ],
            },
          },
          { name: 'scale', spec: { kind: 'int', id: 's', dtype: 'int64' }, default: 2 },
        ],
        result: { kind: 'tensor', id: 'y', dtype: 'float16' },
      },
    ],
  },
  // What only host programs take and give: text, lists of anything, dicts with keys made at run time.
  program: {
    options: {},
    signatures: [
      {
        name: 'forward',
        params: [
          { name: 'text', spec: { kind: 'str' } },
          { name: 'beams', spec: { kind: 'list', of: { kind: 'list', of: { kind: 'int', id: 'b', dtype: 'int64' } } } },
          { name: 'cache', spec: { kind: 'dict', keys: 'str', of: { kind: 'tensor', id: 'c', dtype: 'float32', dims: [null, 4] } } },
          { name: 'counts', spec: { kind: 'dict', keys: 'int', of: { kind: 'float', id: 'n', dtype: 'float64' } } },
          { name: 'name', spec: { kind: 'optional', flag: '', of: { kind: 'str' } } },
        ],
        result: {
          kind: 'tuple',
          items: [
            { kind: 'list', of: { kind: 'tuple', items: [{ kind: 'int', id: 'i', dtype: 'int64' }, { kind: 'str' }] } },
            { kind: 'dict', keys: 'str', of: { kind: 'tensor', id: 'd', dtype: 'float32', dims: [null, 4] } },
            { kind: 'dict', keys: 'float', of: { kind: 'list', of: { kind: 'optional', flag: '', of: { kind: 'str' } } } },
            { kind: 'optional', flag: '', of: { kind: 'str' } },
          ],
        },
        state: { cold: '', slots: [] },
      },
      {
        name: 'lookup',
        params: [{ name: 'words', spec: { kind: 'dict', keys: 'str', of: { kind: 'str' } } }],
        result: { kind: 'list', of: { kind: 'list', of: { kind: 'bool', id: 'o', dtype: 'bool' } } },
        state: { cold: '', slots: [] },
      },
    ],
  },
  device: {
    options: { device: 'webgpu', labels: ['cat', 'dog'], inMemory: new Set(['search']) },
    signatures: [
      {
        name: 'forward',
        params: [{ name: 'x', spec: { kind: 'tensor', id: 'x', dtype: 'float32', dims: ['n', 3] } }],
        result: {
          kind: 'record',
          keys: ['scores', 'parts', 'count', 'list'],
          items: [
            { kind: 'tensor', id: 'y', dtype: 'float32', dims: ['n', 2] },
            {
              kind: 'tuple',
              items: [
                { kind: 'tensor', id: 'h', dtype: 'float32', dims: ['n', 3] },
                { kind: 'optional', flag: 'f', of: { kind: 'tensor', id: 'c', dtype: 'int64' } },
              ],
            },
            { kind: 'int', id: 'k', dtype: 'int64' },
            { kind: 'tensors', id: 'l', ranks: 'lr', sizes: 'ls', dtype: 'float32' },
          ],
        },
        state: { cold: 'cold', slots: [{ input: 'i', output: 'o', dtype: 'float32', attribute: 'h' }] },
      },
      {
        name: 'search',
        params: [{ name: 'x', spec: { kind: 'tensor', id: 'x', dtype: 'float32' } }],
        result: { kind: 'tensor', id: 'y', dtype: 'float32' },
        state: { cold: '', slots: [] },
      },
    ],
  },
}
