// Operators that no conversion can have: they have no value that the inputs decide, or need an operating system, other processes or a device.
// Neither a composition of other operators nor JavaScript in the page can stand in for them. At most fifteen names, each with its reason.

/** Operator → why, as the end of a sentence that begins with "it". */
export const impossible: ReadonlyMap<string, string> = new Map([
  ['aten::from_file', 'maps a file of the machine that it runs on; a page has no file system'],
  ['aten::save', 'writes a file to the machine that it runs on; a page has no file system'],
  ['aten::seed', 'draws a seed from the machine: it has no value that inputs decide'],
  ['aten::initial_seed', "reads the process's random state: it has no value that inputs decide"],
  ['aten::set_', 'makes a tensor refer to the raw memory of a storage; memory beyond what was written has no value'],
  ['aten::to_here', 'fetches a value from another process over RPC'],
  ['aten::owner', 'asks for the RPC process that holds a value'],
  ['aten::owner_name', 'asks for the RPC process that holds a value'],
  ['aten::is_owner', 'asks for the RPC process that holds a value'],
  ['aten::local_value', 'reads a value that an RPC process holds'],
  ['aten::confirmed_by_owner', 'asks for the state of an RPC reference'],
  ['aten::get_gradients', 'reads the gradients of a distributed autograd context, held by other processes'],
  ['aten::record_stream', 'tells the memory allocator of a CUDA device about a stream of it'],
  ['aten::backward', 'writes gradients into leaf tensors by the autograd tape, which a saved model does not have'],
  ['aten::grad', 'reads gradients from the autograd tape, which a saved model does not have'],
])
