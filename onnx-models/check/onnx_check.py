"""Checks ONNX files: valid by `onnx`, and the same outputs in ONNX Runtime and in tract.

    python onnx_check.py DIR

DIR holds the .onnx files; seeded inputs are written beside them for tract's run. Needs the
packages onnx, onnxruntime and numpy, and cargo for tract.
"""

import pathlib
import subprocess
import sys

import numpy
import onnx
import onnxruntime

TOLERANCE = 1e-4
INPUTS = 2


def write_inputs(path: pathlib.Path, shape: list[int]) -> list[pathlib.Path]:
    """Seeded images, one file each, and two of them to see that outputs follow inputs."""
    files = []
    for number in range(INPUTS):
        generator = numpy.random.default_rng(number)
        files.append(path.with_suffix(f".{number}.f32"))
        generator.standard_normal(shape).astype("<f4").tofile(files[-1])
    return files


def check_with_onnx(path: pathlib.Path) -> onnx.ModelProto:
    onnx.checker.check_model(str(path), full_check=True)
    model = onnx.load(path)
    inferred = onnx.shape_inference.infer_shapes(model, check_type=True, strict_mode=True, data_prop=True)
    shaped = {info.name for info in inferred.graph.value_info} | {info.name for info in inferred.graph.output}
    missing = [name for node in inferred.graph.node for name in node.output if name not in shaped]
    assert not missing, f"{path.name}: no shape for {missing}"
    return model


def run_onnx_runtime(path: pathlib.Path) -> dict[str, numpy.ndarray]:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    (entry,) = session.get_inputs()
    outputs = {}
    for file in write_inputs(path, entry.shape):
        image = numpy.fromfile(file, "<f4").reshape(entry.shape)
        (outputs[file.name],) = session.run(["logits"], {entry.name: image})
    return outputs


def run_tract(folder: pathlib.Path) -> dict[str, numpy.ndarray]:
    workspace = pathlib.Path(__file__).resolve().parent.parent.parent
    command = ["cargo", "run", "--quiet", "--release", "--package", "tenshot-agent", "--example", "outputs"]
    command += ["--", str(folder.resolve())]
    lines = subprocess.run(command, cwd=workspace, check=True, capture_output=True, text=True).stdout.splitlines()
    return {name: numpy.array(numbers, dtype=numpy.float32) for name, *numbers in map(str.split, lines)}


def is_dead(model: onnx.ModelProto) -> bool:
    """Whether no path of a cell of NAS-Bench-201 leads from its input to its output."""
    said = {entry.key: entry.value for entry in model.metadata_props}
    if said["tenshot.space"] != "nasbench201":
        return False
    cell = said["tenshot.architecture"]
    reached = {0}
    for target, edges in enumerate(cell.split("+"), start=1):
        for operation, source in (edge.split("~") for edge in edges.strip("|").split("|")):
            if operation != "none" and int(source) in reached:
                reached.add(target)
    return 3 not in reached


def relative_difference(ours: numpy.ndarray, theirs: numpy.ndarray) -> float:
    return float(numpy.abs(ours - theirs).max() / numpy.abs(theirs).max())


def folding_difference(expected: dict[pathlib.Path, dict[str, numpy.ndarray]]) -> float:
    """Between NAME_folded… and NAME_kept… where both are there."""
    worst = 0.0
    for path, kept in expected.items():
        folded = expected.get(path.with_name(path.name.replace("_kept_", "_folded_")), {})
        for ours, theirs in zip(folded.values(), kept.values()):
            worst = max(worst, relative_difference(ours, theirs))
    return worst


def main() -> None:
    folder = pathlib.Path(sys.argv[1])
    paths = sorted(folder.glob("*.onnx"))
    models = {path: check_with_onnx(path) for path in paths}
    expected = {path: run_onnx_runtime(path) for path in paths}
    actual = run_tract(folder)
    worst, smallest_change, largest, failures, dead = 0.0, numpy.inf, 0.0, [], 0
    for path in paths:
        outputs = list(expected[path].values())
        difference = max(relative_difference(actual[name], output.ravel()) for name, output in expected[path].items())
        # Relative to the output's size: how far it moves with the image, and between classes.
        change = relative_difference(outputs[0], outputs[1])
        spread = min(float(numpy.ptp(output, axis=1).min() / numpy.abs(output).max()) for output in outputs)
        finite = all(numpy.isfinite(output).all() for output in outputs)
        worst, largest = max(worst, difference), max(largest, *(float(abs(output).max()) for output in outputs))
        # A dead cell hides the image by definition.
        hidden = is_dead(models[path])
        dead += hidden
        smallest_change = smallest_change if hidden else min(smallest_change, change)
        passed = finite and difference <= TOLERANCE and spread > 1e-3 and (hidden or change > 1e-3)
        if not passed:
            failures.append(path.name)
            print(f"{path.name}: difference {difference:.1e}, change {change:.1e}, spread {spread:.1e}, finite {finite}")
    print(f"onnx {onnx.__version__}, onnxruntime {onnxruntime.__version__}")
    print(f"{len(paths)} files pass the full check and shape inference, {dead} of them with a dead cell")
    print(f"largest relative difference between ONNX Runtime and tract: {worst:.1e} (allowed {TOLERANCE:.0e})")
    print(f"smallest relative change between two images: {smallest_change:.1e}; largest output: {largest:.1e}")
    folding = folding_difference(expected)
    if folding > TOLERANCE:
        failures.append("folding")
    print(f"largest relative difference between batch normalisation folded and kept: {folding:.1e}")
    print("passed" if paths and not failures else f"{len(failures)} failed")
    sys.exit(0 if paths and not failures else 1)


if __name__ == "__main__":
    main()
