#!/usr/bin/env node
// The command line: argument parsing only. Each command is a module under cli/.

import { parseArgs, type ParseArgsConfig } from 'node:util'
import { convert } from './cli/convert.ts'
import { exploreToPage } from './cli/explore.ts'
import { inspect } from './cli/inspect.ts'
import { runCommand, usageError } from './cli/run-command.ts'
import { HELP } from './cli/help.ts'
import { modelOptions } from './cli/model-options.ts'
import { types } from './cli/types.ts'
import { verify } from './cli/verify.ts'
import { version } from './cli/version.ts'
import { nearest } from './diagnostics/nearest.ts'

const MODEL_FLAGS = {
  input: { type: 'string', multiple: true },
  example: { type: 'string', multiple: true },
  mode: { type: 'string' },
  'check-trace': { type: 'string' },
  training: { type: 'string' },
  'control-flow': { type: 'string' },
  blocklist: { type: 'string', multiple: true },
  method: { type: 'string', multiple: true },
  'preserved-method': { type: 'string', multiple: true },
  output: { type: 'string', multiple: true },
  opset: { type: 'string' },
  device: { type: 'string' },
  precision: { type: 'string', multiple: true },
  prune: { type: 'string', multiple: true },
  calibration: { type: 'string', multiple: true },
  'calibration-method': { type: 'string' },
  seed: { type: 'string' },
  json: { type: 'boolean' },
} as const satisfies ParseArgsConfig['options']

const COMMANDS = ['convert', 'inspect', 'verify', 'types'] as const

const [command = '', ...rest] = process.argv.slice(2)
const json = rest.includes('--json')

/** parseArgs, with what it throws as one of our errors. Takes `--example a.npy b.npy` as two examples. */
function parse<T extends ParseArgsConfig['options']>(
  options: T,
): ReturnType<typeof parseArgs<{ args: string[]; options: T; allowPositionals: true }>> {
  const args = rest.flatMap((arg, i) => {
    const follows = arg.endsWith('.npy') && !arg.startsWith('-') && rest[i - 1]?.endsWith('.npy') === true
    return follows ? ['--example', arg] : [arg]
  })
  try {
    return parseArgs({ args, options, allowPositionals: true })
  } catch (error) {
    const text = error instanceof Error ? error.message.split('\n')[0]! : String(error)
    const unknown = /^Unknown option '(-[^']*)'/.exec(text)?.[1]
    return unknown === undefined ? usageError(text) : unknownOption(unknown, Object.keys(options ?? {}))
  }
}

function unknownOption(flag: string, known: readonly string[]): never {
  const near = nearest(flag.replace(/^-+/, ''), known)
  const all = known.map((name) => `--${name}`).join(', ')
  return usageError(
    `The command ${command} has no option ${flag}.`,
    near === undefined ? `its options are ${all}.` : `did you mean --${near}?`,
  )
}

function oneFile(positionals: readonly string[]): string {
  const [file, ...more] = positionals
  if (file === undefined) return usageError(`The command ${command} takes the path of a model.`)
  if (more.length > 0) return usageError(`The command ${command} takes one model; ${JSON.stringify(more[0])} is one more.`)
  return file
}

async function main(): Promise<void> {
  if (command === 'convert') {
    const { values, positionals } = parse({ ...MODEL_FLAGS, out: { type: 'string', short: 'o' } })
    const file = oneFile(positionals)
    return convert({
      file,
      folder: values.out ?? usageError('Where to write to is missing: -o DIR.'),
      options: await modelOptions(values),
      json,
    })
  }
  if (command === 'inspect') {
    const { values, positionals } = parse({
      ...MODEL_FLAGS,
      graph: { type: 'boolean' },
      code: { type: 'boolean' },
      ops: { type: 'boolean' },
      passes: { type: 'boolean' },
      html: { type: 'boolean' },
      run: { type: 'boolean' },
      out: { type: 'string', short: 'o' },
    })
    const views = (['graph', 'code', 'ops', 'passes', 'html'] as const).filter((view) => values[view])
    if (views.length > 1) usageError(`--${views.join(' and --')} exclude each other.`)
    const view = views[0] ?? 'summary'
    const file = oneFile(positionals)
    if (values.out !== undefined && view !== 'html') usageError('--out is for inspect --html.')
    if (values.run === true && view !== 'html') usageError('--run is for inspect --html.')
    const options = await modelOptions(values)
    if (view === 'html') return exploreToPage({ file, folder: values.out ?? '.', run: values.run === true, options, json })
    return inspect({ file, view, options, json })
  }
  if (command === 'verify') {
    const { values, positionals } = parse({ ...MODEL_FLAGS, out: { type: 'string', short: 'o' } })
    return verify({ file: oneFile(positionals), folder: values.out, options: await modelOptions(values), json })
  }
  if (command === 'types') {
    const { positionals } = parse({ json: { type: 'boolean' } })
    if (positionals.length > 1) usageError('The command types takes one folder.')
    return types({ folder: positionals[0] ?? '.', json })
  }
  if (command === '--version' || command === '-v') return void console.log(version)
  if (command === '' || command === 'help' || command === '--help' || command === '-h') return void console.log(HELP)
  const near = nearest(command, COMMANDS)
  return usageError(`There is no command ${JSON.stringify(command)}.${near === undefined ? '' : ` Did you mean ${near}?`}`)
}

if (rest.includes('--help') || rest.includes('-h')) console.log(HELP)
else await runCommand(main, json)
