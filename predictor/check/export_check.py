"""Checks exported predictors: valid by `onnx`, and the same predictions in ONNX Runtime, in tract and
by `tenshot predict`.

    python export_check.py [--data DIR] [--hat DIR] [--dev]

For every space, `bayes` is adapted to made-up devices and exported; where folders with published
latencies are given, HELP's and HAT's, `help`, `meta-sgd` and `maml` too, barely trained. Architectures are encoded,
and one is predicted, by the Python code of docs/encodings.md. Needs the packages onnx, onnxruntime
and numpy, and cargo for the programs, which --dev builds without full optimisation.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

import numpy
import onnx
import onnxruntime

WORKSPACE = pathlib.Path(__file__).resolve().parent.parent.parent
TOLERANCE = 1e-4
COUNT = 1000
SINGLES = 25
SPACES = ["nasbench201", "fbnet", "mobilenetv3", "hat"]
# Meta-trained methods by space, with devices to train on and to choose by.
META_TRAINED = {
    "nasbench201": (["help", "meta-sgd", "maml"], "1080ti_1,1080ti_32,silver_4114", "titanx_1"),
    "fbnet": (["help", "meta-sgd"], "1080ti_1,1080ti_32,silver_4114", "titanx_1"),
    "mobilenetv3": (["help", "maml"], "2080ti_1,2080ti_32,titan_xp_1", "v100_1"),
    "hat": (["help"], "wmt14ende_cpu_xeon,wmt14ende_gpu_titanxp,wmt14enfr_cpu_xeon", "wmt19ende_gpu_titanxp"),
}


class Programs:
    """The programs of the workspace, built once."""

    def __init__(self, profile: str) -> None:
        command = ["cargo", "build", "--profile", profile, "--message-format", "json-render-diagnostics"]
        command += ["--package", "tenshot-cli", "--bin", "tenshot"]
        command += ["--package", "tenshot-agent", "--example", "outputs"]
        messages = subprocess.run(command, cwd=WORKSPACE, check=True, stdout=subprocess.PIPE, text=True).stdout
        built = [message for message in map(json.loads, messages.splitlines()) if message.get("executable")]
        self.executables = {message["target"]["name"]: message["executable"] for message in built}

    def run(self, program: str, *words: str) -> str:
        command = [self.executables[program], *words]
        return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout

    def tenshot(self, *words: str | pathlib.Path) -> str:
        return self.run("tenshot", *map(str, words))

    def tract(self, folder: pathlib.Path) -> dict[str, numpy.ndarray]:
        lines = self.run("outputs", str(folder)).splitlines()
        return {name: numpy.array(numbers, dtype=numpy.float32) for name, *numbers in map(str.split, lines)}


def documented_code() -> list[str]:
    """The Python blocks of docs/encodings.md."""
    text = (WORKSPACE / "docs" / "encodings.md").read_text()
    return [block.split("```")[0] for block in text.split("```python\n")[1:]]


def made_up_latencies(space: str, rows: numpy.ndarray, seed: int, noise: float) -> numpy.ndarray:
    """A device that pays for every integer, in milliseconds; in FBNet nothing for skipped blocks."""
    paid = numpy.where(rows == 8, 0, rows + 1) if space == "fbnet" else rows
    generator = numpy.random.default_rng(seed)
    weights = generator.uniform(0.0, 1.0, rows.shape[1]) / numpy.abs(paid).max(axis=0).clip(1)
    latencies = 3.0 + 20.0 * (paid @ weights) / rows.shape[1]
    return latencies * (1.0 + noise * generator.standard_normal(len(rows)))


def write_measurements(path: pathlib.Path, architectures: list[str], latencies: numpy.ndarray) -> None:
    quoted = ['"' + one.replace('"', '""') + '"' for one in architectures]
    lines = [f"{one},{latency!r}" for one, latency in zip(quoted, latencies.tolist())]
    path.write_text("\n".join(["architecture,latency_ms", *lines]) + "\n")


def predictions(programs: Programs, predictor: pathlib.Path, space: str, architectures: list[str]) -> numpy.ndarray:
    """Mean and, where there is one, interval by the library: a row for each architecture."""
    text = programs.tenshot("predict", "--space", space, "--predictor", predictor, "--json", "--", *architectures)
    found = json.loads(text)
    return numpy.array([[one["mean_ms"], *(one.get("interval_90_ms") or [])] for one in found])


def run_onnx_runtime(session: onnxruntime.InferenceSession, rows: numpy.ndarray) -> numpy.ndarray:
    outputs = session.run(None, {"architecture": rows})
    assert outputs[0].shape == (len(rows),) and all(output.shape == (len(rows), 2) for output in outputs[1:])
    return numpy.column_stack(outputs)


def joined(outputs: numpy.ndarray, count: int) -> numpy.ndarray:
    """The same of tract, which gives means and then intervals."""
    return numpy.column_stack([outputs[:count], outputs[count:].reshape(count, -1)])


def relative_difference(found: numpy.ndarray, expected: numpy.ndarray) -> numpy.ndarray:
    """The largest of each column."""
    apart = numpy.abs(found - expected)
    return numpy.where(apart == 0.0, 0.0, apart / numpy.maximum(numpy.abs(expected), 1e-30)).max(axis=0)


def check_file(path: pathlib.Path) -> tuple[onnxruntime.InferenceSession, dict[str, str]]:
    onnx.checker.check_model(str(path), full_check=True)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    metadata = {entry.key: entry.value for entry in onnx.load(path).metadata_props}
    assert session.get_modelmeta().custom_metadata_map == metadata
    return session, metadata


class Case:
    """One predictor of a space, adapted and exported."""

    def __init__(self, programs: Programs, folder: pathlib.Path, space: str, name: str) -> None:
        self.programs, self.space, self.name = programs, space, name
        self.adapted, self.path = folder / f"{space}-{name}.safetensors", folder / f"{space}-{name}.onnx"

    def export(self, measurements: pathlib.Path, trained: pathlib.Path | None) -> None:
        words = ["adapt", "--space", self.space, "--measurements", measurements, "--device", self.name]
        words += ["--out", self.adapted] + (["--predictor", trained] if trained else [])
        self.programs.tenshot(*words)
        self.programs.tenshot("export", "--predictor", self.adapted, "--out", self.path)

    def compare(self, architectures: list[str], rows: numpy.ndarray) -> bool:
        session, metadata = check_file(self.path)
        expected = predictions(self.programs, self.adapted, self.space, architectures)
        folder = self.path.parent / self.path.stem
        folder.mkdir()
        (folder / "model.onnx").write_bytes(self.path.read_bytes())
        broken = rows[:3].copy()
        broken[1, -1] = 999
        rows.astype("<i8").tofile(folder / "model.all.i64")
        broken.astype("<i8").tofile(folder / "model.broken.i64")
        for single in range(SINGLES):
            rows[single].astype("<i8").tofile(folder / f"model.{single}.i64")
        tract = self.programs.tract(folder)
        differences = []
        for all_rows, singles, invalid in [
            (
                run_onnx_runtime(session, rows),
                [run_onnx_runtime(session, rows[single : single + 1]) for single in range(SINGLES)],
                run_onnx_runtime(session, broken),
            ),
            (
                joined(tract["model.all.i64"], COUNT),
                [joined(tract[f"model.{single}.i64"], 1) for single in range(SINGLES)],
                joined(tract["model.broken.i64"], 3),
            ),
        ]:
            assert all_rows.shape == expected.shape, (all_rows.shape, expected.shape)
            assert numpy.ptp(expected[:, 0]) > 0.01 * expected[:, 0].max(), "predictions hardly differ"
            assert numpy.isnan(invalid[1]).all() and not numpy.isnan(invalid[[0, 2]]).any(), invalid
            alone = relative_difference(numpy.concatenate(singles), expected[:SINGLES])
            differences.append(numpy.maximum(relative_difference(all_rows, expected), alone))
        worst = numpy.max(differences, axis=0)
        kilobytes = self.path.stat().st_size // 1000
        says = ", ".join(f"{one:.1e}" for one in worst)
        print(f"{self.space}, {metadata['tenshot.method']} on {self.name}, {kilobytes} kB: {says}")
        passed = bool((worst <= TOLERANCE).all())
        if not passed:
            apart = numpy.abs(joined(tract["model.all.i64"], COUNT) - expected) / numpy.maximum(expected, 1e-30)
            place = int(apart.max(axis=1).argmax())
            print(f"  failed; in tract worst at {architectures[place]}, expected {expected[place]}")
        return passed


def meta_trained(
    programs: Programs, data: str, folder: pathlib.Path, space: str, method: str
) -> tuple[pathlib.Path, list[str]]:
    """A meta-trained predictor and its references."""
    _, devices, validation = META_TRAINED[space]
    path = folder / f"{space}-{method}-trained.safetensors"
    words = ["meta-train", "--data", data, "--space", space, "--method", method, "--train", devices]
    words += ["--valid", validation, "--episodes", "100", "--out", path, "--json"]
    references = json.loads(programs.tenshot(*words))["help"]["references"]
    return path, [reference["architecture"] for reference in references]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data")
    parser.add_argument("--hat")
    parser.add_argument("--dev", action="store_true")
    arguments = parser.parse_args()
    programs = Programs("dev" if arguments.dev else "release")
    definitions, example = documented_code()
    documented: dict = {}
    exec(definitions, documented)
    print(f"onnx {onnx.__version__}, onnxruntime {onnxruntime.__version__}")
    print(f"largest relative differences of mean, low and high over {COUNT} architectures, batches of {COUNT} and of 1,")
    print(f"in ONNX Runtime and in tract, to tenshot predict (allowed {TOLERANCE:.0e}):")
    failures = 0
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for space in SPACES:
            drawn = programs.tenshot("models", "list", "--space", space, "--count", str(COUNT), "--draw-seed", 5, "--json")
            architectures = [one["architecture"] for one in json.loads(drawn)]

            def encoded(texts: list[str]) -> numpy.ndarray:
                return numpy.array([documented["encode"](space, text) for text in texts], dtype=numpy.int64)

            rows = encoded(architectures)
            trained = [("bayes", None, architectures[-10:])]
            data = arguments.hat if space == "hat" else arguments.data
            for method in META_TRAINED[space][0] if data else []:
                trained.append((method, *meta_trained(programs, data, folder, space, method)))
            for method, predictor, references in trained:
                more = references + architectures[-60:-30]
                # Exact latencies, noisy ones, whole milliseconds, and one that does not belong there, which
                # `bayes` alone notices.
                exact = made_up_latencies(space, encoded(references), 1, 0.0)
                noisy = made_up_latencies(space, encoded(more), 2, 0.1)
                whole = numpy.maximum(made_up_latencies(space, encoded(references), 3, 0.02).round(), 1.0)
                stray = made_up_latencies(space, encoded(references), 4, 0.0)
                stray[3] *= 2.5
                devices = [("exact", references, exact), ("noisy", more, noisy), ("whole", references, whole)]
                devices += [("stray", references, stray)] if method == "bayes" else []
                for nature, measured, latencies in devices:
                    device = f"{method}-{nature}"
                    table = folder / f"{space}-{device}.csv"
                    write_measurements(table, measured, latencies)
                    case = Case(programs, folder, space, device)
                    case.export(table, predictor)
                    failures += not case.compare(architectures, rows)
        shown = folder / "nasbench201-bayes-noisy.onnx"
        print(f"metadata of {shown.name}: {check_file(shown)[1]}")
        print("the example of docs/encodings.md prints")
        exec(example.replace('"board.onnx"', repr(str(shown))), documented)
    print("passed" if failures == 0 else f"{failures} failed")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
