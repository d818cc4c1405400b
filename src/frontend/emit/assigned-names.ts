// The names that a statement sets, nested statements included.

import type { Expr, Stmt } from '../tree.ts'

export function* assignedNames(statement: Stmt): Generator<string> {
  switch (statement.kind) {
    case 'assign':
      for (const target of statement.targets) yield* targetNames(target)
      return
    case 'augmented-assign':
      yield* targetNames(statement.target)
      return
    case 'for':
      yield* targetNames(statement.target)
      for (const inner of statement.body) yield* assignedNames(inner)
      return
    case 'while':
      for (const inner of statement.body) yield* assignedNames(inner)
      return
    case 'if':
      for (const inner of [...statement.body, ...statement.otherwise]) yield* assignedNames(inner)
      return
    case 'with':
      for (const { target } of statement.items) if (target !== undefined) yield* targetNames(target)
      for (const inner of statement.body) yield* assignedNames(inner)
      return
    case 'def':
      yield statement.name
  }
}

function* targetNames(target: Expr): Generator<string> {
  if (target.kind === 'name') yield target.name
  else if (target.kind === 'starred') yield* targetNames(target.value)
  else if (target.kind === 'tuple' || target.kind === 'list') for (const item of target.items) yield* targetNames(item)
}
