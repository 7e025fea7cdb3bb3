"""Writes a tiny MLflow model folder by hand: probability = sigmoid(2*a - 3*b + 0.5). Argument: the folder."""
import sys
from pathlib import Path

import onnx
from onnx import TensorProto, helper

folder = Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
graph = helper.make_graph(
    [
        helper.make_node("Gemm", ["features", "weights", "intercept"], ["logit"]),
        helper.make_node("Sigmoid", ["logit"], ["probability"]),
    ],
    "tiny",
    [helper.make_tensor_value_info("features", TensorProto.FLOAT, ["n", 2])],
    [helper.make_tensor_value_info("probability", TensorProto.FLOAT, ["n", 1])],
    [
        helper.make_tensor("weights", TensorProto.FLOAT, [2, 1], [2.0, -3.0]),
        helper.make_tensor("intercept", TensorProto.FLOAT, [1], [0.5]),
    ],
)
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
onnx.checker.check_model(model, full_check=True)
onnx.save(model, folder / "model.onnx")
(folder / "MLmodel").write_text(
    """flavors:
  onnx:
    data: model.onnx
    onnx_version: 1.17.0
    providers:
    - CPUExecutionProvider
  python_function:
    data: model.onnx
    loader_module: mlflow.onnx
    python_version: 3.11.7
mlflow_version: 3.17.2
signature:
  inputs: '[{"type":"double","name":"a","required":true},{"type":"double","name":"b","required":true}]'
  outputs: '[{"type":"tensor","tensor-spec":{"dtype":"float32","shape":[-1,1]}}]'
  params: null
utc_time_created: '2026-01-05 00:00:00.000000'
"""
)
print('"done"')
