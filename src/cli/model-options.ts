// The flags of a model → its options.

import { readFile } from 'node:fs/promises'
import type { InputOption, ModelOptions } from '../compiler/types.ts'
import { fail } from '../diagnostics/compile-error.ts'
import type { CalibrationMethod } from '../onnx/quantize/range-observer.ts'
import { readCalibration } from '../plugin/calibration-files.ts'
import { parseInput } from '../plugin/input-syntax.ts'
import { readNpy } from '../plugin/npy.ts'
import { checkModelOptions } from '../plugin/options.ts'
import { usageError } from './run-command.ts'

export interface ModelFlags {
  readonly input?: readonly string[] | undefined
  readonly example?: readonly string[] | undefined
  readonly mode?: string | undefined
  readonly 'check-trace'?: string | undefined
  readonly training?: string | undefined
  readonly 'control-flow'?: string | undefined
  readonly blocklist?: readonly string[] | undefined
  readonly method?: readonly string[] | undefined
  readonly 'preserved-method'?: readonly string[] | undefined
  readonly output?: readonly string[] | undefined
  readonly opset?: string | undefined
  readonly device?: string | undefined
  readonly precision?: readonly string[] | undefined
  readonly prune?: readonly string[] | undefined
  readonly calibration?: readonly string[] | undefined
  readonly 'calibration-method'?: string | undefined
  readonly seed?: string | undefined
}

/** Throws PT6050 for a flag that is not understood, PT6002 for a value that cannot be. */
export async function modelOptions(flags: ModelFlags): Promise<ModelOptions> {
  const inputs = new Map<string, InputOption>()
  for (const text of flags.input ?? []) {
    const parsed = parseInput(text)
    if (parsed === undefined) {
      return usageError(
        `--input ${JSON.stringify(text)} is not of the form 'x=float32[n,3,64,64]'.`,
        'give a parameter, a torch dtype such as float32 or int64, and its sizes or names of dynamic dims; dtype or dims may be left out.',
      )
    }
    inputs.set(parsed.name, parsed.option)
  }
  const options: Record<string, unknown> = {}
  if (inputs.size > 0) options['inputs'] = Object.fromEntries(inputs)
  if (flags.mode !== undefined) options['mode'] = flags.mode
  if (flags['check-trace'] !== undefined) options['checkTrace'] = flags['check-trace']
  if (flags.training !== undefined) options['training'] = flags.training
  if (flags['control-flow'] !== undefined) options['controlFlow'] = flags['control-flow']
  if (flags.blocklist !== undefined) options['blocklist'] = flags.blocklist.flatMap((names) => names.split(','))
  if (flags.method !== undefined) options['methods'] = flags.method
  if (flags['preserved-method'] !== undefined) options['preservedMethods'] = flags['preserved-method']
  if (flags.output !== undefined) options['outputs'] = flags.output.flatMap((paths) => paths.split(','))
  if (flags.opset !== undefined) options['opset'] = /^\d+$/.test(flags.opset) ? Number(flags.opset) : flags.opset
  if (flags.device !== undefined) options['device'] = flags.device
  if (flags.precision !== undefined) options['precision'] = precisionOf(flags.precision)
  if (flags.prune !== undefined) options['prune'] = pruneOf(flags.prune)
  if (flags.calibration !== undefined) options['calibration'] = await calibrationOf(flags.calibration, flags['calibration-method'])
  if (flags.seed !== undefined) options['seed'] = /^\d+$/.test(flags.seed) ? Number(flags.seed) : flags.seed
  if (flags.example !== undefined) options['exampleInputs'] = [await examples(flags.example)]
  checkModelOptions(options)
  return options as ModelOptions
}

/** By name where `x=FILE.npy` gives one, else by the parameter's position: `'0'`, `'1'`, … */
async function examples(files: readonly string[]): Promise<NonNullable<ModelOptions['exampleInputs']>[number]> {
  const loaded = new Map<string, Awaited<ReturnType<typeof readNpy>>>()
  for (const [i, text] of files.entries()) {
    const [name, path] = namedFile(text, i)
    const bytes = await readFile(path).catch(() => fail('PT6010', `The example input ${path} cannot be read.`, { fix: 'check the path.' }))
    loaded.set(name, readNpy(bytes, path))
  }
  return Object.fromEntries(loaded)
}

/** `x=FILE`, or FILE of a position. */
function namedFile(text: string, position: number): [name: string, path: string] {
  const [, name = String(position), path = ''] = /^(?:([A-Za-z_][\w.]*)=)?(.*)$/s.exec(text)!
  return [name, path]
}

/** `int8`, or one by module path: `encoder.layer.0=fp32`. */
function precisionOf(texts: readonly string[]): unknown {
  const [first] = texts
  if (texts.length === 1 && !first!.includes('=')) return first
  return Object.fromEntries(
    texts.map((text) => {
      const at = text.indexOf('=')
      return at === -1 ? ['default', text] : [text.slice(0, at), text.slice(at + 1)]
    }),
  )
}

/** `0.5` of all weights, or of those at a module path: `head=0`. */
function pruneOf(texts: readonly string[]): unknown {
  const part = (text: string): number => (text.trim() === '' ? Number.NaN : Number(text))
  const own = texts
    .filter((text) => text.includes('='))
    .map((text) => [text.slice(0, text.lastIndexOf('=')), part(text.slice(text.lastIndexOf('=') + 1))])
  const rest = texts.filter((text) => !text.includes('='))
  if (rest.length > 1) return usageError('--prune has more than one part for all weights.', 'give one, and others by path: --prune head=0.')
  return { sparsity: rest.length === 0 ? 0 : part(rest[0]!), ...(own.length === 0 ? {} : { modules: Object.fromEntries(own) as unknown }) }
}

/** Files, folders and patterns of the first parameter; `x=FILE.npy,mask=FILE.npy` where there are several. Relative to the working directory. */
async function calibrationOf(texts: readonly string[], method: string | undefined): Promise<NonNullable<ModelOptions['calibration']>> {
  const data = texts.map((text) => {
    const files = text.split(',')
    if (files.length === 1 && !/^[A-Za-z_][\w.]*=/.test(text)) return text
    return Object.fromEntries(files.map((file, i) => namedFile(file, i)))
  })
  const given = { data, ...(method === undefined ? {} : { method: method as CalibrationMethod }) }
  checkModelOptions({ calibration: given })
  return (await readCalibration(given, process.cwd())).decode()
}
