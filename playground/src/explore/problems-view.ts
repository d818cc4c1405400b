// Problems and notices of a model, as the command line tells them: code, sentence, the line of source, and the cure.

import { element } from '../find.ts'
import type { PlainProblem } from './messages.ts'

/** `behind`: what is shown below is of options that did compile. */
export function problemsView(problems: readonly PlainProblem[], title: string, behind: boolean): HTMLElement {
  return element(
    'div',
    'problems',
    element('h2', '', title),
    ...problems.slice(0, 20).map(problemView),
    ...(behind ? [element('p', 'note-small', 'What is shown below is the model as it compiled before.')] : []),
    ...(problems.length > 20 ? [element('p', 'note-small', `and ${problems.length - 20} more`)] : []),
  )
}

export function problemView({ code, message, fix, place, frame, member, offset, calledFrom = [] }: PlainProblem): HTMLElement {
  const inside = [member, offset === undefined ? undefined : `byte ${offset}`, place].filter((part) => part !== undefined).join(' · ')
  return element(
    'article',
    'problem',
    element('p', 'problem-head', element('code', 'chip control', code), ...(inside === '' ? [] : [element('span', 'field-type', inside)])),
    element('p', 'problem-text', sentence(message)),
    ...(frame === undefined || frame === '' ? [] : [element('pre', 'lines', frame)]),
    ...calledFrom.map((caller) => element('p', 'field-type', `called from ${caller}`)),
    ...(fix === undefined ? [] : [element('p', 'problem-fix', element('b', '', 'What helps: '), fix)]),
  )
}

const sentence = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`
