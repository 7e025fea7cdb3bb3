"""Runs onnx's full check on a model file, and writes it again from what was read. Argument: the file."""
import json
import sys

import onnx

path = sys.argv[1]
model = onnx.load(path)
onnx.checker.check_model(model, full_check=True)


def described(values):
    return [
        [value.name, [size.dim_param or size.dim_value for size in value.type.tensor_type.shape.dim]] for value in values
    ]


with open(path, "rb") as file:
    same = file.read() == model.SerializeToString(deterministic=True)
print(
    json.dumps(
        {"inputs": described(model.graph.input), "outputs": described(model.graph.output), "same_bytes": same}
    )
)
