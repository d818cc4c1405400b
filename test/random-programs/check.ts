// Judges programs for make.py's shrinker, and for whoever looks into one: a program as a line of JSON in, a verdict as a line of JSON out.
//   node test/random-programs/check.ts < programs.jsonl

import { createInterface } from 'node:readline'
import { judge, type Program } from './program.ts'

const controlFlow = process.argv.includes('--host') ? 'host' : 'auto'
for await (const line of createInterface({ input: process.stdin })) {
  const program = JSON.parse(line) as Program
  console.log(JSON.stringify({ name: program.name, ...(await judge(program, controlFlow)) }))
}
