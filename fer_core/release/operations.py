"""How much a network computes, counted in the graph of its `.tflite` file."""

import math
import struct
from typing import Any, Final

from ai_edge_litert import schema_py_generated as schema

from fer_core.errors import ModelError

_Operator = schema.BuiltinOperator
# Multiply-adds for one number of the output, by the shape of the weights:
# convolution (out, height, width, in), depthwise (1, height, width, out), dense (out, in).
_PER_OUTPUT: Final = {
    _Operator.CONV_2D: lambda weights: math.prod(weights[1:]),
    _Operator.DEPTHWISE_CONV_2D: lambda weights: math.prod(weights[1:3]),
    _Operator.FULLY_CONNECTED: lambda weights: weights[-1],
}


def mflops(weights: bytes) -> float:
    """Return the millions of operations to read one face: a multiply-add counts as two.

    Convolutions and dense layers are counted, as is usual; what the rest adds is well under 1%.

    Args:
        weights: Content of a `.tflite` file for batches of any size.

    Raises:
        ModelError: It is no such file.
    """
    try:
        model = schema.ModelT.InitFromPackedBuf(weights, 0)
        graph = model.subgraphs[0]
        codes = [max(code.builtinCode, code.deprecatedBuiltinCode) for code in model.operatorCodes]
    except (struct.error, TypeError, ValueError, IndexError) as error:
        raise ModelError(f"Expected the content of a .tflite file ({error}).") from error
    n_multiply_adds = sum(
        _multiply_adds(graph, operator, codes[operator.opcodeIndex]) for operator in graph.operators
    )
    return 2 * n_multiply_adds / 1e6


def _multiply_adds(graph: Any, operator: Any, code: int) -> int:  # noqa: ANN401  # generated classes
    if code not in _PER_OUTPUT:
        return 0
    outputs = [int(side) for side in graph.tensors[operator.outputs[0]].shape]
    weights = [int(side) for side in graph.tensors[operator.inputs[1]].shape]
    return math.prod(outputs) * int(_PER_OUTPUT[code](weights))
