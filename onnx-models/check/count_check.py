"""Compares the cost of ONNX files with the count of onnx-tool, an independent counter.

    python count_check.py DIR

DIR holds .onnx files, whose names up to the last dash are what they are summed by. Needs the
packages onnx, onnx-tool and numpy, and cargo for our count (the example `costs`).

onnx-tool counts differently on purpose; what it counts by operator is listed so that every
difference is explained:

- it adds multiply-accumulates for biases, normalisations, activations, additions and pooling,
  where ours are those of convolutions and matrix products alone;
- it counts every number in the file as a parameter, running statistics and the integers of shapes
  among them.

The check fails when multiply-accumulates of convolutions and products, biases taken off, or stored
numbers differ at all.
"""

import collections
import contextlib
import importlib.metadata
import io
import json
import pathlib
import subprocess
import sys

import onnx
import onnx_tool

PRODUCTS = {"Conv", "Gemm", "MatMul"}


def count_ours(paths: list[pathlib.Path]) -> dict[str, dict]:
    workspace = pathlib.Path(__file__).resolve().parent.parent.parent
    command = ["cargo", "run", "--quiet", "--package", "tenshot-onnx-models", "--example", "costs", "--"]
    command += [str(path.resolve()) for path in paths]
    lines = subprocess.run(command, cwd=workspace, check=True, capture_output=True, text=True).stdout.splitlines()
    return {pathlib.Path(line["file"]).name: line for line in map(json.loads, lines)}


def count_theirs(path: pathlib.Path) -> tuple[collections.Counter, int]:
    """Multiply-accumulates by operator, and all numbers of the file."""
    with contextlib.redirect_stdout(io.StringIO()):
        graph = onnx_tool.Model(str(path)).graph
        graph.shape_infer(None)
        graph.profile()
    macs = collections.Counter()
    for node in graph.nodemap.values():
        macs[node.op_type] += int(node.macs[0])
    return macs, int(graph.params)


def facts(path: pathlib.Path) -> tuple[int, collections.Counter]:
    """Additions of biases, as onnx-tool counts them, and what kinds of numbers the file holds."""
    graph = onnx.shape_inference.infer_shapes(onnx.load(path)).graph
    sizes = {tensor.name: tuple(tensor.dims) for tensor in graph.initializer}
    kinds = {tensor.name: tensor.data_type for tensor in graph.initializer}
    shapes = {
        info.name: [dimension.dim_value for dimension in info.type.tensor_type.shape.dim]
        for info in [*graph.value_info, *graph.output]
    }

    def product(shape: list[int] | tuple[int, ...]) -> int:
        result = 1
        for size in shape:
            result *= size
        return result

    biases = sum(
        product(shapes[node.output[0]])
        for node in graph.node
        if node.op_type in {"Conv", "Gemm"} and len(node.input) > 2
    )
    numbers = collections.Counter()
    statistics = {name for node in graph.node if node.op_type == "BatchNormalization" for name in node.input[3:5]}
    for name, size in sizes.items():
        integer = kinds[name] in {onnx.TensorProto.INT64, onnx.TensorProto.INT32}
        kind = "integers" if integer else "statistics" if name in statistics else "constants" if not size else "trained"
        numbers[kind] += product(size)
    return biases, numbers


def main() -> None:
    paths = sorted(pathlib.Path(sys.argv[1]).glob("*.onnx"))
    ours = count_ours(paths)
    spaces, failures = collections.defaultdict(list), []
    for path in paths:
        macs, numbers = count_theirs(path)
        biases, kinds = facts(path)
        cost = ours[path.name]["cost"]
        products = sum(count for operator, count in macs.items() if operator in PRODUCTS)
        rest = products - cost["macs"]
        same = rest in (0, biases) and cost["parameters"] == kinds["trained"]
        same = same and cost["weight_bytes"] == 4 * (kinds.total() - kinds["integers"])
        if not same:
            failures.append(path.name)
            print(f"{path.name}: {products} - {cost['macs']} = {rest}, biases {biases}; {cost['parameters']}, {kinds}")
        spaces[path.name.rsplit("-", 1)[0]].append((cost, macs, biases, rest, numbers, kinds))
    print(f"onnx-tool {importlib.metadata.version('onnx-tool')}, {len(paths)} files")
    for space, counts in spaces.items():
        total = sum((macs for _, macs, *_ in counts), collections.Counter())
        kinds = sum((kinds for *_, kinds in counts), collections.Counter())
        our_macs, our_parameters = sum(cost["macs"] for cost, *_ in counts), sum(cost["parameters"] for cost, *_ in counts)
        rest, biases = sum(rest for *_, rest, _, _ in counts), sum(biases for _, _, biases, *_ in counts)
        print(f"{space}, {len(counts)} files: multiply-accumulates ours {our_macs:,}, theirs {total.total():,}")
        print(f"  theirs without biases ({rest:,} of {biases:,} are counted) and other operators: "
              f"{sum(total[operator] for operator in PRODUCTS) - rest:,}")
        others = ", ".join(f"{name} {count:,}" for name, count in total.most_common() if name not in PRODUCTS and count)
        print(f"  other operators of theirs: {others}")
        their_numbers = sum(numbers for *_, numbers, _ in counts)
        print(f"  parameters ours {our_parameters:,}; numbers theirs {their_numbers:,}; in the files "
              + ", ".join(f"{kind} {count:,}" for kind, count in kinds.items()))
    print("passed" if paths and not failures else f"{len(failures)} failed")
    sys.exit(0 if paths and not failures else 1)


if __name__ == "__main__":
    main()
