// Errors that a model raises, as JavaScript errors with the model's type and message.

/** An error of Python type `type`; what torch itself raises is a RuntimeError. */
export function error(type: string, message: string): Error {
  return Object.assign(new Error(message), { name: type, code: 'PT5301' })
}

export function fail(message: string): never {
  throw error('RuntimeError', message)
}

/** `raise`, of a class and message that are made at run time; torch's own word for one without class is RuntimeError. An assertion says what it is in its message. */
export function raised(type: string | null, message: string): Error {
  if (type !== null) return error(type.slice(type.lastIndexOf('.') + 1), message)
  const assertion = 'AssertionError: '
  return message.startsWith(assertion) ? error('AssertionError', message.slice(assertion.length)) : error('RuntimeError', message)
}
