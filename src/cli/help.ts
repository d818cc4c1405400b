// What `unplugin-torch --help` prints.

export const HELP = `unplugin-torch: PyTorch models for front-end projects

  unplugin-torch convert FILE -o DIR [options]    write STEM.onnx, STEM.js and STEM.d.ts
  unplugin-torch inspect FILE [--graph | --code | --ops | --passes] [options]
  unplugin-torch inspect FILE --html [--run] [-o DIR]   write STEM.html: every step of the conversion, the graph, weights and cost, in one
                                                  page; --run: with the model and onnxruntime in it, to run it there
  unplugin-torch verify FILE [-o DIR] [options]   run the model before and after each pass; the first that changes results is named,
                                                  and written to DIR
  unplugin-torch types [DIR]                      write the declaration beside each model under DIR

Options of convert, inspect and verify:
  --input 'x=float32[n,3,64,64]'   dtype and shape of an input; a name is a dynamic dim. May be repeated
  --example FILE.npy …             example inputs, in the order of the parameters, or by name: x=FILE.npy
  --mode auto|script|trace         how control flow is captured (auto)
  --check-trace warn|error|off     a trace against the scripted model, on inputs that take other branches (warn)
  --training eval|preserve         a model saved in training mode: as after .eval(), or as it is (eval)
  --control-flow auto|host         branches and loops in the graph where it can hold them, or as JavaScript (auto)
  --method NAME                    an exported method to keep (all of them). May be repeated
  --preserved-method NAME          a method to keep besides forward. May be repeated
  --output PATH                    a part of the result to keep, such as logits, 1 or hidden.0 (all). May be repeated
  --blocklist NAME                 an optimisation not to run, such as CONV_BN_FUSION. May be repeated
  --precision fp16|int8|int8-static|int4   what weights are stored in (fp32), for all or by path: --precision fc=fp32. May be repeated
  --calibration FILES              inputs to measure ranges on, for int8-static: image, .npy, .npz, .json, a folder or 'a/*.png'; x=A.npy,y=B.npy by name. May be repeated
  --calibration-method MinMax|Percentile|Entropy   how ranges follow from the values (MinMax)
  --prune N                        part of the weights that becomes zero, 0 to 1, for all or by path: --prune head=0. May be repeated
  --device wasm|webgpu             where the model is to run (wasm); webgpu falls back to wasm
  --opset 18|19|20|21              opset of the graph (18, or more where an operator needs it)
  --seed N                         random operators draw the same numbers in each session (other ones)
  --json                           print a report as JSON

STEM.js is an ES module for browsers and Node: its only import is onnxruntime-web, and it finds STEM.onnx beside itself.
Where it holds control flow of the model, STEM.js.map leads a debugger to the model's own Python.`
