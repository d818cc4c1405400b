// Zip archives other than TorchScript, told by the names of their entries; torch.save's are looked into, to say what they hold.
// Answers to the layouts of torch.save, torch.export.save, torch.package and torch.jit.save.

import { itemName, isKind, shown, type GlobalEntry, type PickleItem } from './pickle-item.ts'
import { PickleMachine } from './pickle-machine.ts'
import { other, SAVE_WITH_CODE, type Other, type Sniffed } from './file-kind.ts'
import type { ZipArchive } from './zip-archive.ts'

const MODEL_NAME = /\.(pt|pth|ptl|pt2|jit|onnx|safetensors|bin|ckpt)$/i

export function sniffZip(zip: ZipArchive): Sniffed {
  const names = [...zip.entries.keys()]
  /** An entry at the top or in the one top folder. */
  const find = (name: string): string | undefined =>
    names.find((full) => full === name || (full.endsWith(`/${name}`) && full.indexOf('/') === full.length - name.length - 1))
  const hasCode = names.some((name) => /^([^/]*\/)?code\/.*\.py$/.test(name))

  const data = find('data.pkl')
  if (hasCode && data !== undefined) return { kind: 'torchscript', zip }
  if (find('constants.pkl') !== undefined && find('bytecode.pkl') === undefined) return { kind: 'torchscript', zip }
  if (find('bytecode.pkl') !== undefined) {
    return other('lite-interpreter', {
      code: 'PT1023',
      message: 'the file is a lite-interpreter archive (.ptl) whose source code was stripped',
      fix: 'import the file that torch.jit.save wrote; _save_for_lite_interpreter keeps the code unless it is removed afterwards.',
    })
  }
  if (find('archive_format') !== undefined || names.some((name) => /^([^/]*\/)?models\/[^/]+\.json$/.test(name))) {
    return other('exported-program', {
      code: 'PT1012',
      message: 'the file is a torch.export archive (.pt2), which this version does not read yet',
      fix: "save the model as TorchScript: torch.jit.script(model).save('net.pt').",
    })
  }
  if (find('serialized_exported_program.json') !== undefined) {
    return other('exported-program', {
      code: 'PT1013',
      message: 'the file is a torch.export archive (.pt2) of torch 2.7 or before, which this version does not read yet',
      fix: "save the model as TorchScript: torch.jit.script(model).save('net.pt').",
    })
  }
  if (names.some((name) => /^([^/]*\/)?\.data\/(extern_modules|python_version)$/.test(name))) {
    return other('torch-package', { code: 'PT1028', message: 'the file is a torch.package archive', fix: SAVE_WITH_CODE })
  }
  if (find('model.json') !== undefined && names.some((name) => /(^|\/)tensors\//.test(name))) {
    return other('torchscript-1.0', {
      code: 'PT1022',
      message: 'the file is TorchScript of torch 1.0 to 1.3, a format of its own',
      fix: "load it with torch 1.4 or later and save it again: torch.jit.save(torch.jit.load('old.pt'), 'net.pt').",
    })
  }
  if (data !== undefined) return sniffSaved(zip, data)
  if (names.some((name) => name.endsWith('.npy'))) {
    return other('numpy', {
      code: 'PT1020',
      message: 'the file is a set of NumPy arrays (.npz)',
      fix: 'import the model; arrays can serve as example inputs.',
    })
  }
  if (find('model.weights.h5') !== undefined) {
    return other('other-framework', { code: 'PT1030', message: 'the file is a Keras model', fix: 'a PyTorch model is expected.' })
  }
  const inner = names.find((name) => MODEL_NAME.test(name))
  if (inner !== undefined) {
    return other('wrapped', {
      code: 'PT1008',
      message: `the file is a zip archive around a model: ${shown(inner)}`,
      fix: `unpack it and import ${shown(inner.slice(inner.lastIndexOf('/') + 1))}.`,
    })
  }
  const first = names[0]
  return other('zip', {
    code: 'PT1027',
    message: `the file is a zip archive without a model${first === undefined ? ': it is empty' : ` (its first entry is ${shown(first)})`}`,
    fix: 'import the file that torch.jit.save wrote.',
  })
}

/** Every name is kept as a name; a plain dict stays one. */
const orderedDict: GlobalEntry = { role: 'build', build: () => ({ kind: 'dict', entries: [] }) }
const inert: GlobalEntry = { role: 'inert' }

/** Looks at what torch.save saved. Nothing is interpreted: names become placeholders. */
function sniffSaved(zip: ZipArchive, member: string): Other {
  const machine = new PickleMachine(zip.read(member)!, member, {
    resolve: (module, name) => (module === 'collections' && name === 'OrderedDict' ? orderedDict : inert),
    persistent: (id) => ({ kind: 'inert', path: 'storage', args: id }),
    hasState: () => false,
  })
  return describeSaved(machine.run())
}

const isTensor = (item: PickleItem): boolean => isKind(item, 'inert') && /^torch\.(_utils\._rebuild_|_tensor\._rebuild_)/.test(item.path)

/** nn.Module keeps its parts in attributes of fixed names. */
function moduleClass(item: PickleItem): string | undefined {
  if (!isKind(item, 'inert') || !isKind(item.state, 'dict')) return undefined
  return item.state.entries.some(([key]) => key === '_parameters' || key === '_modules') ? item.path : undefined
}

function describeSaved(root: PickleItem): Other {
  const className = moduleClass(root)
  if (className !== undefined) return pickledModule(className, 'the file is')
  if (isKind(root, 'dict')) {
    const tensors = root.entries.filter(([, value]) => isTensor(value)).length
    if (tensors > 0 && tensors === root.entries.length) {
      const first = root.entries[0]![0]
      return other('state-dict', {
        code: 'PT1014',
        message: `the file is a state_dict of ${tensors} tensors (${shown(String(first))}, …): weights only, no code`,
        fix: SAVE_WITH_CODE,
      })
    }
    for (const [key, value] of root.entries) {
      const inner = moduleClass(value)
      if (inner !== undefined) return pickledModule(inner, `the file is a checkpoint whose entry "${shown(String(key))}" is`)
    }
    const keys = root.entries.slice(0, 6).map(([key]) => (typeof key === 'string' ? shown(key) : itemName(key)))
    return other('checkpoint', {
      code: 'PT1016',
      message: `the file is a training checkpoint (${keys.length === 0 ? 'an empty dict' : keys.join(', ')}${root.entries.length > 6 ? ', …' : ''}): weights and records, no code`,
      fix: SAVE_WITH_CODE,
    })
  }
  const what = isTensor(root) ? 'one tensor' : isKind(root, 'inert') ? `an object of class ${shown(root.path)}` : itemName(root)
  return other('saved-value', { code: 'PT1024', message: `the file holds ${what}, saved by torch.save, not a model`, fix: SAVE_WITH_CODE })
}

function pickledModule(className: string, subject: string): Other {
  return other('pickled-module', {
    code: 'PT1015',
    message: `${subject} a pickled nn.Module of class ${shown(className)}: its weights, without the code of its forward`,
    fix: "in Python, where that class can be imported: model = torch.load('net.pt', weights_only=False); torch.jit.script(model).save('net.pt').",
  })
}
