"""Checks networks of HAT: valid by `onnx`, the same outputs in ONNX Runtime and tract, and the same
logits from the unrolled network as from the encoder and the steps one by one.

    python hat_check.py DIR [--without-tract]

DIR holds what the example `write_transformers` writes; seeded inputs are written beside the files
for tract's run. Needs what onnx_check.py needs.
"""

import pathlib
import re
import sys

import numpy
import onnx
import onnxruntime

from onnx_check import TOLERANCE, check_with_onnx, relative_difference, run_tract

Arrays = dict[str, numpy.ndarray]


def open_session(model: pathlib.Path | bytes) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    source = model if isinstance(model, bytes) else str(model)
    return onnxruntime.InferenceSession(source, options, providers=["CPUExecutionProvider"])


def draw_inputs(session: onnxruntime.InferenceSession, vocabulary: int, seed: int) -> Arrays:
    """Tokens where integers go in, and normal numbers elsewhere."""
    generator = numpy.random.default_rng(seed)
    inputs = {}
    for entry in session.get_inputs():
        if entry.type == "tensor(int64)":
            inputs[entry.name] = generator.integers(0, vocabulary, entry.shape)
        else:
            inputs[entry.name] = generator.standard_normal(entry.shape).astype(numpy.float32)
    return inputs


def run(session: onnxruntime.InferenceSession, inputs: Arrays) -> Arrays:
    names = [entry.name for entry in session.get_outputs()]
    return dict(zip(names, session.run(names, inputs)))


def main_outputs(outputs: Arrays) -> list[numpy.ndarray]:
    """Logits or hidden states; the caches of a network that has neither."""
    main = [array for name, array in outputs.items() if name.startswith(("logits", "hidden"))]
    return main or list(outputs.values())


def relative_spread(array: numpy.ndarray) -> float:
    """How far the numbers of the last dimension lie apart, where they lie closest."""
    return float(numpy.ptp(array, axis=-1).min() / numpy.abs(array).max())


def stored_tables(model: onnx.ModelProto) -> list[int]:
    """Rows of the tables of tokens; none where vectors go in."""
    names = {"encoder/embedding", "decoder/embedding"}
    return [tensor.dims[0] for tensor in model.graph.initializer if tensor.name in names]


def with_weights_of(path: pathlib.Path, weights: dict[str, bytes]) -> bytes:
    """A network with the weights of the unrolled one in place of its own."""
    model = onnx.load(path)
    for tensor in model.graph.initializer:
        if tensor.data_type == onnx.TensorProto.FLOAT:
            tensor.raw_data = weights[tensor.name]
    return model.SerializeToString()


def steps_difference(name: str, folder: pathlib.Path, inputs: Arrays, expected: Arrays) -> float:
    """Between the unrolled network's outputs and those of its first steps, run one by one."""
    unrolled = onnx.load(folder / f"{name}.unrolled.onnx")
    weights = {re.sub(r"^step\d+/", "", tensor.name): tensor.raw_data for tensor in unrolled.graph.initializer}
    encoder = open_session(with_weights_of(folder / f"{name}.encoder.onnx", weights))
    known = run(encoder, {"source": inputs["source"]})
    worst = 0.0
    for position in range(1, len(list(folder.glob(f"{name}.step?.onnx"))) + 1):
        session = open_session(with_weights_of(folder / f"{name}.step{position}.onnx", weights))
        known["target"] = inputs["target"][:, :, position - 1]
        outputs = run(session, {entry.name: known[entry.name] for entry in session.get_inputs()})
        known |= {key.replace("extended", "self"): value for key, value in outputs.items()}
        output = "logits" if "logits" in outputs else "hidden"
        worst = max(worst, relative_difference(outputs[output], expected[f"{output}{position}"]))
    return worst


def main() -> None:
    folder = pathlib.Path(sys.argv[1])
    with_tract = "--without-tract" not in sys.argv
    failures, compared, expected = [], {}, {}
    steps, runtimes, smallest_change, smallest_spread, largest = 0.0, 0.0, numpy.inf, numpy.inf, 0.0
    paths = sorted(folder.glob("*.onnx"))
    for path in paths:
        model = check_with_onnx(path)
        session = open_session(path)
        vocabulary = min(stored_tables(model), default=0)
        runs = []
        for seed in range(2):
            inputs = draw_inputs(session, vocabulary, seed)
            runs.append(run(session, inputs))
        numbers = numpy.concatenate([array.ravel() for array in inputs.values()])
        numbers.astype("<f4").tofile(path.with_suffix(".1.f32"))
        expected[path.with_suffix(".1.f32").name] = [array.ravel() for array in runs[1].values()]
        change = min(relative_difference(runs[0][name], runs[1][name]) for name in runs[0])
        spread = min(map(relative_spread, main_outputs(runs[1])))
        finite = all(numpy.isfinite(array).all() for outputs in runs for array in outputs.values())
        largest = max(largest, *(float(numpy.abs(array).max()) for array in runs[1].values()))
        smallest_change = min(smallest_change, change)
        smallest_spread = min(smallest_spread, spread)
        if not finite or change <= 1e-3 or spread <= 1e-3:
            failures.append(path.name)
            print(f"{path.name}: change {change:.1e}, spread {spread:.1e}, finite {finite}")
        name, form = path.stem.split(".")
        if form == "unrolled" and (folder / f"{name}.step1.onnx").exists():
            compared[name] = steps_difference(name, folder, inputs, runs[1])
            steps = max(steps, compared[name])
            if compared[name] > TOLERANCE:
                failures.append(f"{name}: steps differ by {compared[name]:.1e}")
    if with_tract:
        for name, actual in run_tract(folder).items():
            ends = numpy.cumsum([array.size for array in expected[name]])[:-1]
            pairs = zip(numpy.split(actual, ends), expected.pop(name), strict=True)
            difference = max(relative_difference(ours, theirs) for ours, theirs in pairs)
            runtimes = max(runtimes, difference)
            if not difference <= TOLERANCE:
                failures.append(f"{name}: ONNX Runtime and tract differ by {difference:.1e}")
        failures += [f"{name}: tract gave no outputs" for name in expected]
    print(f"onnx {onnx.__version__}, onnxruntime {onnxruntime.__version__}")
    print(f"{len(paths)} files pass the full check and shape inference, and give finite outputs")
    print(f"smallest relative change between two inputs: {smallest_change:.1e}; smallest spread over the last")
    print(f"dimension: {smallest_spread:.1e}; largest output: {largest:.1e}")
    print(f"largest relative difference between {len(compared)} unrolled networks and their steps one by one: {steps:.1e}")
    if with_tract:
        print(f"largest relative difference between ONNX Runtime and tract: {runtimes:.1e} (allowed {TOLERANCE:.0e})")
    print(*failures, "passed" if paths and not failures else f"{len(failures)} failed", sep="\n")
    sys.exit(0 if paths and not failures else 1)


if __name__ == "__main__":
    main()
