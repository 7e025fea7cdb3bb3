import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { SpikeError } from '../../errors.ts'

/** Exact pins for reading the model from Python, taken from the locked environment that the tests use. */
export function pythonPins(root: string): string {
  const lock = readFileSync(join(root, 'docker/python/requirements.lock'), 'utf8')
  const pins = ['mlflow', 'numpy', 'onnx', 'onnxruntime', 'pandas', 'pyarrow'].map(name => {
    const found = new RegExp(`^${name}==\\S+`, 'm').exec(lock)
    if (found === null) throw new SpikeError('BAD_FILE', `docker/python/requirements.lock: does not pin ${name}`)
    return found[0]
  })
  return `${pins.join('\n')}\n`
}
