// How a command ends: quietly, or with `error PTnnnn …` on stderr and status 1. With --json the problems are also one JSON value on stdout.

import { CompileError, fail, formatProblem, type Problem } from '../diagnostics/compile-error.ts'

/** Throws PT6050. */
export function usageError(message: string, fix = 'see unplugin-torch --help.'): never {
  return fail('PT6050', message, { fix })
}

export async function runCommand(command: () => Promise<void>, json: boolean): Promise<void> {
  try {
    await command()
  } catch (error) {
    process.exitCode = 1
    if (error instanceof CompileError) return printProblems(error, json)
    // A bug of ours: its stack is what a report needs.
    console.error(`error PT9001 ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
    if (json) console.log(JSON.stringify({ problems: [{ code: 'PT9001', message: String(error) }] }, null, 2))
  }
}

function printProblems(error: CompileError, json: boolean): void {
  for (const problem of error.problems) console.error(`error ${formatProblem(problem)}`)
  if (json) console.log(JSON.stringify(error.toJSON(), null, 2))
}

export function printNotices(notices: readonly Problem[]): void {
  for (const notice of notices) console.error(`notice ${formatProblem(notice)}`)
}
