import type { Artifact } from './artifact.ts'

/** Versions that the folder was tried with; `docker/python/requirements.lock` holds the same. */
const pins = { mlflow: '3.17.2', onnx: '1.23.2', onnxruntime: '1.31.1', numpy: '2.4.6', pandas: '<3.1' }
const python = '3.11'

/**
 * The files that make a folder with `model.onnx` an MLflow model, by name. The signature has one column of type double a
 * feature, by name, so that a data frame with columns in another order or with more of them is read right.
 * @param example values in the order of `graphInputs`, of a row that the model was trained on.
 * @param id names the model: 32 hex digits that depend on the artifact alone.
 */
export function mlflowFiles(
  artifact: Artifact,
  id: string,
  createdAt: Date,
  example?: (number | null)[],
): Record<string, string> {
  const inputs = graphInputs(artifact)
  const shown = { columns: inputs, data: [example ?? exampleRow(artifact)] }
  const requirements = Object.entries(pins).map(([name, pin]) => (/^\d/.test(pin) ? `${name}==${pin}` : name + pin))
  const signature = {
    inputs: JSON.stringify(inputs.map(name => ({ type: 'double', name, required: true }))),
    outputs: JSON.stringify([{ type: 'tensor', 'tensor-spec': { dtype: 'float32', shape: [-1, 1] } }]),
  }
  return {
    MLmodel: `artifact_path: ${artifact.name}
flavors:
  onnx:
    code: null
    data: model.onnx
    onnx_session_options: null
    onnx_version: ${pins.onnx}
    providers:
    - CPUExecutionProvider
  python_function:
    data: model.onnx
    env:
      conda: conda.yaml
      virtualenv: python_env.yaml
    loader_module: mlflow.onnx
    python_version: '${python}'
metadata:
  spec_version: '${artifact.spec_version}'
  simulated: ${artifact.simulated}
  threshold: ${artifact.threshold}
mlflow_version: ${pins.mlflow}
model_uuid: ${id}
saved_input_example_info:
  artifact_path: input_example.json
  pandas_orient: split
  serving_input_path: serving_input_example.json
  type: dataframe
signature:
  inputs: '${signature.inputs}'
  outputs: '${signature.outputs}'
  params: null
utc_time_created: '${createdAt.toISOString().slice(0, 23).replace('T', ' ')}000'
`,
    'requirements.txt': `${requirements.join('\n')}\n`,
    'python_env.yaml': `python: '${python}'
build_dependencies:
- pip
- setuptools
- wheel
dependencies:
- -r requirements.txt
`,
    'conda.yaml': `channels:
- conda-forge
dependencies:
- python=${python}
- pip
- pip:
${requirements.map(line => `  - ${line}`).join('\n')}
name: mlflow-env
`,
    'input_example.json': `${JSON.stringify(shown)}\n`,
    'serving_input_example.json': `${JSON.stringify({ dataframe_split: shown })}\n`,
  }
}

/** Columns of the ONNX graph: the features, and for a volatility model tau. */
export function graphInputs({ format, inputs }: Artifact): string[] {
  return format === 'spike60-volatility' ? [...inputs, 'tau'] : inputs
}

/** A row that the model takes where none of training is given: training medians, or features unknown beside a product's tau. */
function exampleRow(artifact: Artifact): (number | null)[] {
  if (artifact.format === 'spike60-volatility')
    return [...artifact.inputs.map(() => null), Object.values(artifact.tau)[0]]
  return artifact.impute
}
