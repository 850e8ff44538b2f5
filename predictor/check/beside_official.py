#!/usr/bin/env python3
"""Times the official PyTorch code of HELP and this crate side by side, on the same data and threads.

    pip install torch numpy scipy tqdm
    python predictor/check/beside_official.py --official HELP --data HELP/data

HELP is a checkout of github.com/HayeonLee/HELP; its modules are imported from there. They run on
the processor, as this crate does. What its data folder may lack is made in a temporary folder: the
graphs of NAS-Bench-201 (architecture.pt) from the cell strings, with node types in our order,
which changes no time.

The two sides take turns, `--rounds` times, and medians are printed. What is timed:

- An episode of meta-training at the paper's settings, from drawing it to the step of Adam.
- Adapting to one device: two inner steps. Of the official code it is one drawing of z, of which
  its tests take ten. Ours has z at its mean, and includes the line back to milliseconds; what
  the encoder makes of the references was worked out before, as they are known since training.
- Predicting all architectures of the data, encoding included. Official: in batches of 1,000, no
  gradients recorded, all threads; and again with what was encoded before. Ours: one thread.
"""

import argparse
import contextlib
import copy
import importlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

# Both sides run on the processor. Read when torch is imported, which is after arguments are.
os.environ["CUDA_VISIBLE_DEVICES"] = ""
os.environ["TQDM_DISABLE"] = "1"

REPOSITORY = Path(__file__).resolve().parents[2]
PHONES_AND_SERVERS = "silver_4114,silver_4210r,samsung_a50,pixel3,essential_ph_1,samsung_s7"

# Our name of a space: its folder in the published data, and the published scripts' settings.
SPACES = {
    "nasbench201": ("nasbench201", {}),
    "fbnet": (
        "fbnet",
        {
            "num_meta_train_sample": "4000",
            "meta_train_devices": f"1080ti_1,1080ti_32,1080ti_64,{PHONES_AND_SERVERS}",
            "meta_valid_devices": "titanx_1,titanx_32,titanx_64,gold_6240",
            "meta_test_devices": "fpga,raspi4,eyeriss",
        },
    ),
    "mobilenetv3": (
        "ofa",
        {
            "num_meta_train_sample": "4000",
            "meta_train_devices": "2080ti_1,2080ti_32,2080ti_64,titan_xp_1,titan_xp_32,titan_xp_64,v100_1,v100_32,v100_64",
            "meta_valid_devices": "titan_rtx_1,titan_rtx_32",
            "meta_test_devices": "titan_rtx_64",
        },
    ),
}

# What is compared, its unit, the official number and ours; of numbers per second more is better.
ROWS = [
    ("meta-training, an episode", "ms", "episode_ms", "episode_ms"),
    ("meta-training, peak memory", "MB", None, "training_peak_mb"),
    ("adapting, a device", "ms", "adapt_ms", "adapt_ms"),
    ("adapting, by `bayes`", "ms", "adapt_ms", "bayes_adapt_ms"),
    ("predicting", "1/s", "predictions_per_s", "predictions_per_s"),
    ("predicting, theirs encoded", "1/s", "encoded_predictions_per_s", "predictions_per_s"),
    ("predicting, ours singly", "1/s", "predictions_per_s", "single_predictions_per_s"),
    ("predicting, by `bayes`", "1/s", "predictions_per_s", "bayes_predictions_per_s"),
]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--official", type=Path, required=True, metavar="DIR", help="the folder with the official help.py, loader.py, net.py, parser.py and utils.py")
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="the published data, with nasbench201/, fbnet/ and ofa/")
    parser.add_argument("--timing", type=Path, metavar="BINARY", help="our side, the crate's example `timing`; built by cargo where it is not given")
    parser.add_argument("--spaces", default=",".join(SPACES), help="between commas (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=5, help="how often the sides take turns (default: %(default)s)")
    parser.add_argument("--episodes", type=int, default=40, help="episodes in a turn (default: %(default)s)")
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="threads of either side (default: %(default)s)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every number of every round there")
    given = parser.parse_args()
    unknown = [space for space in given.spaces.split(",") if space not in SPACES]
    if unknown:
        parser.error(f"unknown space {unknown[0]}, expected {', '.join(SPACES)}")
    for module in ["help", "loader", "net", "parser", "utils"]:
        if not (given.official / f"{module}.py").is_file():
            parser.error(f"{given.official} has no {module}.py; give a checkout of the official code")
    return given


def build_ours():
    """Builds our side, and gives its path."""
    command = ["cargo", "build", "--release", "--locked", "--package", "tenshot-predictor", "--example", "timing"]
    messages = subprocess.run(
        [*command, "--message-format=json-render-diagnostics"], cwd=REPOSITORY, check=True, stdout=subprocess.PIPE, text=True
    ).stdout
    built = [json.loads(line) for line in messages.splitlines()]
    return next(Path(one["executable"]) for one in built if one.get("executable"))


def ours(binary, given, space):
    """One turn of our side."""
    command = [binary, given.data, space, str(given.episodes)]
    environment = {**os.environ, "RAYON_NUM_THREADS": str(given.threads)}
    return json.loads(subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True).stdout)


def run_on_processor(torch, numpy):
    """Lets code that was written for CUDA and for older libraries run here."""
    torch.Tensor.cuda = lambda tensor, *_, **__: tensor
    torch.nn.Module.cuda = lambda module, *_, **__: module
    load = torch.load
    # The architectures are pickles with numpy's numbers.
    torch.load = lambda *what, **how: load(*what, **{"weights_only": False, **how})
    if not hasattr(numpy, "row_stack"):
        numpy.row_stack = numpy.vstack
    # What it would log is not timed, and needs one more package.
    board = type(sys)("torch.utils.tensorboard")
    board.SummaryWriter = lambda **_: None
    sys.modules[board.__name__] = board


class Silent:
    """A log that keeps nothing."""

    def save(self):
        pass


def cell_graph(cell, numpy):
    """A cell's graph: its input, six operations in the order of its string, its output."""
    operations = ["none", "skip_connect", "nor_conv_1x1", "nor_conv_3x3", "avg_pool_3x3"]
    named = [edge.split("~") for node in cell.split("+") for edge in node.strip("|").split("|")]
    ends = [1, 2, 2, 3, 3, 3]
    types = numpy.zeros((8, 7), dtype=numpy.float32)
    points_to = numpy.zeros((8, 8), dtype=numpy.float32)
    types[0, 0] = types[7, 6] = 1
    for place, (operation, start) in enumerate(named):
        types[1 + place, 1 + operations.index(operation)] = 1
        before = [0] if start == "0" else [1 + other for other in range(6) if ends[other] == int(start)]
        points_to[before, 1 + place] = 1
        if ends[place] == 3:
            points_to[1 + place, 7] = 1
    return {"operation": types, "adjacency_matrix": points_to}


def complete_data(published, made, torch, numpy):
    """The published folder of a space, with the graphs of cells where it lacks them."""
    if (published / "architecture.pt").exists() or not (published / "str_arch2idx.pt").exists():
        return published
    for entry in published.iterdir():
        (made / entry.name).symlink_to(entry.resolve())
    index = torch.load(published / "str_arch2idx.pt")
    cells = sorted(index, key=index.get)
    torch.save([cell_graph(cell, numpy) for cell in cells], made / "architecture.pt")
    return made


class Official:
    """The official code on one space."""

    def __init__(self, space, given, folder):
        self.torch, numpy = importlib.import_module("torch"), importlib.import_module("numpy")
        name, settings = SPACES[space]
        flags = {"mode": "meta-train", "search_space": name, **settings}
        sys.argv = ["main.py", *(text for key, value in flags.items() for text in (f"--{key}", value))]
        args = importlib.import_module("parser").get_parser()
        # Its lists of devices are texts where they are the defaults of a newer argparse.
        for devices in ["meta_train_devices", "meta_valid_devices", "meta_test_devices"]:
            if isinstance(getattr(args, devices), str):
                setattr(args, devices, getattr(args, devices).split(","))
        made, saved = Path(folder, space), Path(folder, f"{space}-saved")
        made.mkdir()
        saved.mkdir()
        args.data_path = str(complete_data(given.data / name, made, self.torch, numpy))
        args.save_path = str(saved)
        args.save_summary_steps = sys.maxsize  # no validation
        args.num_episodes = 3
        utils = importlib.import_module("utils")
        if not hasattr(utils, "copy"):
            utils.copy = copy
        self.help = importlib.import_module("help").HELP(args)
        self.help.log = {"meta_train": Silent(), "meta_valid": Silent()}
        self.name, self.architectures = name, self.read_architectures(name, args.data_path)
        self.turn()  # what is done but once, such as imports, is not timed
        self.help.num_episodes = given.episodes

    def read_architectures(self, name, folder):
        """The architectures as they are published."""
        if name == "nasbench201":
            return self.torch.load(Path(folder, "architecture.pt"))
        return self.torch.load(Path(folder, "metainfo.pt" if name == "fbnet" else "ofa_archs.pt"))["arch"]

    def encoded(self):
        """Batches of 1,000 architectures, encoded by the official functions."""
        utils, stack = importlib.import_module("utils"), self.torch.stack
        graph_part = lambda one, key, is_adjacency: utils.add_global_node(one[key], ifAdj=is_adjacency)
        for start in range(0, len(self.architectures), 1000):
            batch = self.architectures[start : start + 1000]
            if self.name == "nasbench201":
                parts = [("operation", False), ("adjacency_matrix", True)]
                yield [stack([graph_part(one, *part) for one in batch]) for part in parts]
            elif self.name == "fbnet":
                yield stack([utils.arch_enc(one["op_idx_list"]) for one in batch])
            else:
                yield stack([utils.arch_encoding_ofa(one) for one in batch])

    def turn(self):
        started = time.perf_counter()
        self.help.meta_train()
        episode_ms = (time.perf_counter() - started) * 1e3 / self.help.num_episodes
        tasks = self.help.data.generate_test_tasks("meta_test")
        adapt_ms = [self.adapt(task)[1] for _ in range(60 // len(tasks)) for task in tasks]
        embedding, adapted = tasks[0][0], self.adapt(tasks[0])[0]
        return {
            "episode_ms": episode_ms,
            "adapt_ms": statistics.median(adapt_ms),
            "predictions_per_s": self.predictions_per_s(self.encoded, embedding, adapted),
            "encoded_predictions_per_s": self.predictions_per_s(list(self.encoded()).copy, embedding, adapted),
        }

    def predictions_per_s(self, batches, embedding, adapted):
        """The median of three runs over what `batches` gives."""
        times = []
        for _ in range(3):
            started = time.perf_counter()
            with self.torch.no_grad():
                for batch in batches():
                    self.help.model(batch, embedding, adapted)
            times.append(time.perf_counter() - started)
        return len(self.architectures) / statistics.median(times)

    def adapt(self, task):
        embedding, xs, ys, *_ = task
        started = time.perf_counter()
        adapted, _ = self.help.train_single_task(embedding, xs, ys, self.help.num_eval_updates)
        return adapted, (time.perf_counter() - started) * 1e3


def number(value):
    if value is None:
        return ""
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"


def table(space, official, own):
    """Prints the medians of a space."""
    for what, unit, their_key, our_key in ROWS:
        theirs, our = median(official, their_key), median(own, our_key)
        faster = ""
        if theirs and our:
            faster = f"{our / theirs if unit == '1/s' else theirs / our:.1f}x"
        print(f"{space:12} {what:27} {unit:>4} {number(theirs):>12} {number(our):>12} {faster:>8}")


def median(rounds, key):
    """The median of a number over rounds; nothing where there is none."""
    numbers = [one[key] for one in rounds if one.get(key) is not None]
    return statistics.median(numbers) if numbers else None


def main():
    given = arguments()
    binary = given.timing or build_ours()
    import numpy
    import torch

    torch.set_num_threads(given.threads)
    torch.manual_seed(3)
    run_on_processor(torch, numpy)
    sys.path.insert(0, str(given.official.resolve()))
    rounds = {space: {"official": [], "ours": []} for space in given.spaces.split(",")}
    with tempfile.TemporaryDirectory() as folder, open(os.devnull, "w") as nowhere:
        with contextlib.redirect_stdout(nowhere):
            official = {space: Official(space, given, folder) for space in rounds}
        for turn in range(given.rounds):
            for space, numbers in rounds.items():
                print(f"round {turn + 1} of {given.rounds}, {space}", file=sys.stderr)
                with contextlib.redirect_stdout(nowhere):
                    numbers["official"].append(official[space].turn())
                numbers["ours"].append(ours(binary, given, space))
    if given.json:
        given.json.write_text(json.dumps(rounds, indent=1))
    print(f"PyTorch {torch.__version__}, {given.threads} threads, medians of {given.rounds} rounds of {given.episodes} episodes")
    print(f"{'SPACE':12} {'WHAT':27} {'UNIT':>4} {'OFFICIAL':>12} {'OURS':>12} {'FASTER':>8}")
    for space, numbers in rounds.items():
        table(space, numbers["official"], numbers["ours"])


if __name__ == "__main__":
    main()
