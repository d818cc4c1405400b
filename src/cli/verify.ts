// `verify`: the model before and after each pass, on several inputs. A table of what the passes did; the first one that changes what the model computes
// is an error, with what it takes to show it where -o says so.

import type { ModelOptions } from '../compiler/types.ts'
import type { VerifyFailure, VerifyReport } from '../compiler/verify/verify-report.ts'
import type { Verified } from '../compiler/verify/verify-passes.ts'
import { compile } from '../compiler/compile.ts'
import { CompileError, formatProblem, type Problem } from '../diagnostics/compile-error.ts'
import { plainProblem } from '../diagnostics/plain-problem.ts'
import { readElements } from '../ir/tensor-elements.ts'
import { nodeHost } from '../plugin/host.ts'
import { readModel } from '../plugin/read-model.ts'
import { formatTime } from '../plugin/report-line.ts'
import { printNotices } from './run-command.ts'
import { writeAll } from './write-all.ts'

export interface VerifyArguments {
  readonly file: string
  /** Where the graphs before and after a wrong pass are written. */
  readonly folder: string | undefined
  readonly options: ModelOptions
  readonly json: boolean
}

/** Throws CompileError: PT3907 for a pass that is wrong. */
export async function verify({ file, folder, options, json }: VerifyArguments): Promise<void> {
  const { bytes } = await readModel(file, file)
  let verified: Verified | undefined
  const host = { ...nodeHost(), onVerified: (found: Verified) => void (verified = found) }
  const outcome = await compile(bytes, { ...options, file, verify: true }, host).catch((error: unknown) => {
    if (verified === undefined || !(error instanceof CompileError)) throw error
    return error
  })
  if (verified === undefined) return
  const { report, failures } = verified
  const written =
    folder === undefined
      ? []
      : await writeAll(
          folder,
          failures.flatMap((failure, i) => reproduction(failure, failures.length === 1 ? '' : `${i + 1}-`)),
        )
  const paths = written.map(({ path }) => path)
  if (json) console.log(JSON.stringify({ file, ...plain(report), failures: failures.map(summaryOf), written: paths }, null, 2))
  else {
    printNotices(report.notices)
    for (const line of tableOf(report)) console.log(line)
    const agree =
      failures.length === 0
        ? 'every pass leaves the results as they were'
        : `${failures.length === 1 ? 'a pass changes' : 'passes change'} results`
    console.log(`${file}: ${report.inputs} sets of inputs; ${report.inputs === 0 ? 'nothing was compared' : agree}.`)
    if (paths.length > 0) console.log(`written  ${paths.join(', ')}`)
  }
  if (!(outcome instanceof CompileError)) return
  if (!json) throw outcome
  process.exitCode = 1
  for (const problem of outcome.problems) console.error(`error ${formatProblem(problem)}`)
}

const plain = (report: VerifyReport): object => ({ ...report, notices: report.notices.map(plainProblem) })

function summaryOf({ method, passes, optional, inputs, difference, problem }: VerifyFailure): object {
  return { method, passes, optional, inputs, difference, problem: plainProblem(problem as Problem) }
}

/** The graph before and after, as text and as ONNX, and the inputs on which they differ. */
function reproduction(
  { passes, before, after, models, feeds }: VerifyFailure,
  prefix: string,
): (readonly [string, string | readonly Uint8Array[]])[] {
  const stem = `${prefix}${passes.join('+')}`
  const inputs = Object.fromEntries(
    [...feeds].map(([name, tensor]) => [
      name,
      { dtype: tensor.dtype, dims: tensor.sizes, data: readElements(tensor).map((x) => (typeof x === 'bigint' ? Number(x) : x)) },
    ]),
  )
  return [
    [`${stem}.before.txt`, `${before()}\n`],
    [`${stem}.after.txt`, `${after()}\n`],
    [`${stem}.inputs.json`, `${JSON.stringify(inputs)}\n`],
    ...(models === undefined ? [] : [[`${stem}.before.onnx`, [models[0]]] as const, [`${stem}.after.onnx`, [models[1]]] as const]),
  ]
}

/** Pass, changes, compared runs, greatest difference, time of a run. */
export function tableOf({ passes }: VerifyReport): string[] {
  const rows = passes.map(({ name, changes, compared, difference, milliseconds }) => [
    name,
    String(changes),
    String(compared),
    compared === 0 ? '' : difference === 0 ? '0' : difference.toExponential(1),
    milliseconds === undefined ? '' : formatTime(milliseconds),
  ])
  const head = ['pass', 'changes', 'compared', 'difference/σ', 'a run']
  const widths = head.map((text, i) => Math.max(text.length, ...rows.map((row) => row[i]!.length)))
  return [head, ...rows].map((row) => row.map((text, i) => (i === 0 ? text.padEnd(widths[i]!) : text.padStart(widths[i]!))).join('  ').trimEnd()) // prettier-ignore
}
