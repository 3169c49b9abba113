"""Loads a model that `concord model export` wrote into plain PyTorch modules, and predicts.

    python3 load_model.py MODEL.h5 PREDICTIONS.h5 [DATA_ROOT]

PREDICTIONS.h5, which `concord predict` wrote with the same model, says where the features of each
recording lie: in files below DATA_ROOT, if that is given. The script predicts from them and says how
far the two differ. For other features, see Model.predict. It needs torch, h5py and numpy, and nothing
of Concord.
"""

import os
import re
import sys

import h5py
import numpy as np
import torch
from torch import nn


class FeatureGate(nn.Module):
    """x' = s * softmax(W x + b) * x over the features of a modality."""

    def __init__(self, width, scaled):
        super().__init__()
        self.fc = nn.Linear(width, width)
        self.scale = width if scaled else 1

    def forward(self, x):
        return self.scale * torch.softmax(self.fc(x), -1) * x


class ModalityScore(nn.Module):
    """u = v . tanh(P x + p): what a modality's weight in a frame is made of."""

    def __init__(self, width, units):
        super().__init__()
        self.P = nn.Linear(width, units)
        self.v = nn.Parameter(torch.zeros(units))

    def forward(self, x):
        return torch.tanh(self.P(x)) @ self.v


class Baseline(nn.Module):
    """LSTM layers lstm1, lstm2, ... and a linear output."""

    def __init__(self, widths, shapes, outputs):
        super().__init__()
        inputs, self.depth = sum(widths), 0
        while f"lstm{self.depth + 1}.weight_hh_l0" in shapes:
            self.depth += 1
            hidden = shapes[f"lstm{self.depth}.weight_hh_l0"][1]
            setattr(self, f"lstm{self.depth}", nn.LSTM(inputs, hidden, batch_first=True))
            inputs = hidden
        self.out = nn.Linear(inputs, outputs)

    def forward(self, modalities):
        x = torch.cat(modalities, -1)
        for layer in range(1, self.depth + 1):
            x, _ = getattr(self, f"lstm{layer}")(x)
        return self.out(x)


class EAF(nn.Module):
    """A gate by feature, by modality or none, bidirectional LSTM layers, a linear output."""

    def __init__(self, widths, shapes, outputs, scaled):
        super().__init__()
        self.by_modality = "gates.0.v" in shapes
        self.scaled = scaled
        if self.by_modality:
            units = shapes["gates.0.v"][0]
            self.gates = nn.ModuleList(ModalityScore(width, units) for width in widths)
        elif "gates.0.fc.weight" in shapes:
            self.gates = nn.ModuleList(FeatureGate(width, scaled) for width in widths)
        else:
            self.gates = None
        hidden = shapes["lstm.weight_hh_l0"][1]
        layers = sum(1 for name in shapes if name.startswith("lstm.weight_hh") and "rev" not in name)
        self.lstm = nn.LSTM(sum(widths), hidden, layers, batch_first=True, bidirectional=True)
        self.out = nn.Linear(2 * hidden, outputs)

    def forward(self, modalities):
        if self.by_modality:
            scores = torch.stack([gate(x) for gate, x in zip(self.gates, modalities)], -1)
            weights = torch.softmax(scores, -1) * (len(modalities) if self.scaled else 1)
            modalities = [weights[..., m : m + 1] * x for m, x in enumerate(modalities)]
        elif self.gates is not None:
            modalities = [gate(x) for gate, x in zip(self.gates, modalities)]
        x, _ = self.lstm(torch.cat(modalities, -1))
        return self.out(x)


class Linear(nn.Module):
    """A linear model per frame."""

    def __init__(self, widths, outputs):
        super().__init__()
        self.out = nn.Linear(sum(widths), outputs)

    def forward(self, modalities):
        return self.out(torch.cat(modalities, -1))


class Projected(nn.Module):
    """tanh(P x + b) of wide modalities before another network."""

    def __init__(self, base, widths, shapes):
        super().__init__()
        self.base = base
        self.projections = nn.ModuleDict(
            {
                str(m): nn.Linear(width, shapes[f"projections.{m}.weight"][0])
                for m, width in enumerate(widths)
                if f"projections.{m}.weight" in shapes
            }
        )

    def forward(self, modalities):
        wide = self.projections
        return self.base(
            [torch.tanh(wide[str(m)](x)) if str(m) in wide else x for m, x in enumerate(modalities)]
        )


class TCN(nn.Module):
    """Blocks of a centred, dilated convolution, a ReLU and a skip; a linear output."""

    def __init__(self, widths, shapes, outputs, dilations):
        super().__init__()
        self.blocks, inputs = nn.ModuleList(), sum(widths)
        for k, dilation in enumerate(dilations):
            channels, _, taps = shapes[f"blocks.{k}.conv.weight"]
            reach = (taps - 1) // 2 * dilation
            block = nn.Module()
            block.conv = nn.Conv1d(inputs, channels, taps, padding=reach, dilation=dilation)
            has_skip = f"blocks.{k}.skip.weight" in shapes
            block.skip = nn.Conv1d(inputs, channels, 1) if has_skip else nn.Identity()
            self.blocks.append(block)
            inputs = channels
        self.out = nn.Linear(inputs, outputs)

    def forward(self, modalities):
        x = torch.cat(modalities, -1).transpose(1, 2)
        for block in self.blocks:
            x = torch.relu(block.conv(x)) + block.skip(x)
        return self.out(x.transpose(1, 2))


class Transformer(nn.Module):
    """A pre-norm encoder over frames with sine positions; a linear output."""

    def __init__(self, widths, shapes, outputs, heads, window, epsilon):
        super().__init__()
        width = shapes["input.weight"][0]
        self.window = window
        self.input = nn.Linear(sum(widths), width)
        count = sum(1 for name in shapes if name.endswith("in_proj_weight"))
        self.layers = nn.ModuleList(
            nn.TransformerEncoderLayer(
                width, heads, shapes["layers.0.linear1.weight"][0], dropout=0,
                batch_first=True, norm_first=True, layer_norm_eps=epsilon,
            )
            for _ in range(count)
        )
        self.norm = nn.LayerNorm(width, eps=epsilon)
        self.out = nn.Linear(width, outputs)

    def forward(self, modalities):
        x = self.input(torch.cat(modalities, -1))
        frames, width = x.shape[1:]
        t = torch.arange(frames, dtype=torch.float64)
        rate = 10000 ** (-torch.arange(0, width, 2, dtype=torch.float64) / width)
        angles = t[:, None] * rate
        places = torch.stack([angles.sin(), angles.cos()], -1).reshape(frames, -1)[:, :width]
        x = x + places.to(x.dtype)
        far = None if self.window is None else (t[:, None] - t).abs() > self.window
        for layer in self.layers:
            x = layer(x, src_mask=far)
        return self.out(self.norm(x))


class Decoder(nn.Module):
    """Additive attention over encoder states, and an LSTM cell that reads what it looks at."""

    def __init__(self, shapes, suffix=""):
        super().__init__()
        attention, hidden = shapes[f"Wa{suffix}.weight"]
        self.init = nn.Linear(hidden, hidden)
        self.Wa = nn.Linear(hidden, attention, bias=False)
        self.Ua = nn.Linear(2 * hidden, attention)
        self.va = nn.Parameter(torch.zeros(attention))
        self.dec = nn.LSTMCell(shapes[f"dec{suffix}.weight_ih"][1], hidden)

    def forward(self, states, feed, window, output=None):
        """The decoder's state in every frame; `output` says what it predicts from one."""
        frames, hidden = states.shape[1], self.init.in_features
        s, c = torch.tanh(self.init(states[:, 0, hidden:])), states.new_zeros(len(states), hidden)
        keys, t = self.Ua(states), torch.arange(frames)
        y = None if output is None else states.new_zeros(len(states), output.out_features)
        found = []
        for frame in range(frames):
            energy = torch.tanh(self.Wa(s)[:, None] + keys) @ self.va
            if window is not None:
                energy = energy.masked_fill((t - frame).abs() > window, -torch.inf)
            context = (torch.softmax(energy, -1)[..., None] * states).sum(1)
            beside = {"previous": [y], "encoder": [states[:, frame]], "none": []}[feed]
            s, c = self.dec(torch.cat([context, *beside], -1), (s, c))
            if output is not None:
                y = output(s)
            found.append(s)
        return torch.stack(found, 1)


class AED(nn.Module):
    """A bidirectional encoder and an attention decoder, with a gate by feature in EMAFN."""

    def __init__(self, widths, shapes, outputs, feed, window, scaled):
        super().__init__()
        hidden = shapes["enc.weight_hh_l0"][1]
        has_gates = "gates.0.fc.weight" in shapes
        self.gates = nn.ModuleList(FeatureGate(w, scaled) for w in widths) if has_gates else None
        self.enc = nn.LSTM(sum(widths), hidden, batch_first=True, bidirectional=True)
        self.decoder = Decoder(shapes)
        self.out = nn.Linear(hidden, outputs)
        self.feed, self.window = feed, window

    def forward(self, modalities):
        if self.gates is not None:
            modalities = [gate(x) for gate, x in zip(self.gates, modalities)]
        states, _ = self.enc(torch.cat(modalities, -1))
        return self.out(self.decoder(states, self.feed, self.window, self.out))


class EMAFN(nn.Module):
    """A gate, an encoder and a decoder for each modality, and attention over their states."""

    def __init__(self, widths, shapes, outputs, feed, window, scaled):
        super().__init__()
        attention, hidden = shapes["Q.weight"]
        self.gates = nn.ModuleList(FeatureGate(width, scaled) for width in widths)
        self.enc = nn.ModuleList(
            nn.LSTM(width, hidden, batch_first=True, bidirectional=True) for width in widths
        )
        self.decoders = nn.ModuleList(Decoder(shapes, f".{m}") for m in range(len(widths)))
        self.Q = nn.Linear(hidden, attention)
        self.w = nn.Parameter(torch.zeros(attention))
        self.out = nn.Linear(hidden, outputs)
        self.feed, self.window = feed, window

    def forward(self, modalities):
        states = torch.stack(
            [
                decoder(encoder(gate(x))[0], self.feed, self.window)
                for gate, encoder, decoder, x in zip(
                    self.gates, self.enc, self.decoders, modalities
                )
            ],
            2,
        )
        weights = torch.softmax(torch.tanh(self.Q(states)) @ self.w, -1)
        return self.out((weights[..., None] * states).sum(2))


def module(text, widths, weights, outputs):
    """The module of the network that `text` describes, with its weights."""
    kind = text.split(":")[0].strip()
    shapes = {name: value.shape for name, value in weights.items()}

    def word(key, default=None):
        found = re.search(rf"\b{key}: *([^\s,}}]+)", text)
        return found[1] if found else default

    def size(key):
        found = word(key)
        return None if found in (None, "null", "~") else int(found)

    scaled = word("scaled", word("gateScaled")) == "true"
    behind = [shapes.get(f"projections.{m}.weight", [w])[0] for m, w in enumerate(widths)]
    decoder = (behind, shapes, outputs, word("feed"), size("window"), scaled)
    if kind == "baseline":
        net = Baseline(behind, shapes, outputs)
    elif kind == "eaf":
        net = EAF(behind, shapes, outputs, scaled)
    elif kind == "tcn":
        listed = re.search(r"dilations:((?:\s*-\s*\d+)+|\s*\[[^]]*\])", text)[1]
        net = TCN(behind, shapes, outputs, [int(n) for n in re.findall(r"\d+", listed)])
    elif kind == "transformer":
        epsilon = float(word("normEpsilon", "1e-5"))
        net = Transformer(behind, shapes, outputs, size("heads"), size("window"), epsilon)
    elif kind == "aed" or kind == "emafn" and "enc.weight_hh_l0" in shapes:
        net = AED(*decoder)
    elif kind == "emafn":
        net = EMAFN(*decoder)
    elif kind == "linear":
        net = Linear(behind, outputs)
    else:
        sys.exit(f"{kind}: this script has no module for it; its tensors are {sorted(shapes)}.")
    if behind != widths:
        net = Projected(net, widths, shapes)
    net.load_state_dict(
        {place(name, net): torch.from_numpy(value) for name, value in weights.items()}
    )
    return net.eval()


def place(name, net):
    """Where a module of this script keeps the tensor that a model calls `name`."""
    if isinstance(net, Projected):
        return name if name.startswith("projections.") else "base." + place(name, net.base)
    parts = name.split(".")
    if parts[0] in ("init", "Wa", "Ua", "va", "dec"):
        if isinstance(net, EMAFN):
            return ".".join(["decoders", parts[1], parts[0], *parts[2:]])
        return "decoder." + name
    return name


class Model:
    """All networks of a model, and what becomes of their predictions."""

    def __init__(self, path):
        with h5py.File(path) as file:
            text = file.attrs["network"]
            self.key = file.attrs["key"]
            self.targets = list(file.attrs["targets"])
            self.edges = file.attrs["lag_edges"]
            self.derived = {
                group.attrs["label"]: dict(group.attrs) | {n: group[n][()] for n in group}
                for group in file.get("derived", {}).values()
            }
            self.hop = float(file.attrs["hop_seconds"])
            self.networks = []
            for index in range(len(file["networks"])):
                group = file[f"networks/{index}"]
                weights = {name: value[()] for name, value in group["weights"].items()}
                widths = [int(width) for width in group.attrs["modality_widths"]]
                self.networks.append(
                    {
                        "module": module(text, widths, weights, len(group["output_mean"])),
                        "widths": widths,
                        "lag": int(group.attrs["lag_frames"]),
                        "sets": list(group.attrs["feature_sets"]),
                        "targets": list(group.attrs["targets"]),
                    }
                    | {name: group[name][()] for name in group if name != "weights"}
                )
            self.outputs = [
                {
                    "networks": [int(n) for n in file[f"targets/{t}"].attrs["networks"]],
                    "shares": file[f"targets/{t}/shares"][()],
                    "steps": list(file[f"targets/{t}"].attrs.get("post_processing", [])),
                }
                for t in range(len(self.targets))
            ]

    def features(self, recording, name):
        """The features that a network calls so, (frames, width), and which frames have some."""
        how = self.derived.get(name)
        x, measured = recording[how["feature_set"] if how else name]
        return derive(x, measured, how, self.hop) if how else (x, measured)

    def say(self, network, recording):
        """What one network predicts for a recording, (frames, its targets)."""
        matrices, start = [], 0
        for name in network["sets"]:
            matrix, measured = self.features(recording, name)
            end = start + matrix.shape[1]
            deviation = network["input_deviation"][start:end]
            factor = np.divide(1, deviation, out=np.zeros_like(deviation), where=deviation > 0)
            matrix = (matrix - network["input_mean"][start:end]) * factor
            matrix[~measured] = 0
            matrices.append(matrix)
            start = end
        x = torch.from_numpy(np.concatenate(matrices, 1).astype(np.float32))[None]
        with torch.no_grad():
            y = network["module"](list(torch.split(x, network["widths"], -1)))[0].numpy()
        y = y * network["output_deviation"] + network["output_mean"]
        lag = min(network["lag"], len(y))
        edge = np.repeat(y[:1], lag, 0) if self.edges == "hold" else np.zeros((lag, y.shape[1]))
        return np.concatenate([edge, y[: len(y) - lag]])

    def predict(self, recording):
        """The predicted traces, (frames, targets), of a recording: a dictionary from the name of
        a feature set to its matrix (frames, width) and its mask (frames), true where measured."""
        said = [self.say(network, recording) for network in self.networks]
        traces = []
        for target, output in zip(self.targets, self.outputs):
            trace = sum(
                share * said[n][:, self.networks[n]["targets"].index(target)]
                for n, share in zip(output["networks"], output["shares"])
            )
            for step in output["steps"]:
                trace = post_process(trace, step)
            traces.append(trace)
        return np.stack(traces, 1)


def derive(x, measured, how, hop):
    """Functionals or a bag of words of a window around each frame, and which frames have some."""
    if how["kind"] == "words":
        each = counts(x, how)
    times = np.arange(len(x)) * hop
    made, known = [], []
    for time in times:
        window = np.abs(times - time) <= how["window_seconds"] / 2 + 1e-4
        window &= measured
        known.append(window.any())
        if how["kind"] == "words":
            bag = each[window].sum(0)
            made.append(np.log10(bag + 1) if how["logarithm"] else bag)
        elif known[-1]:
            made.append(np.concatenate([x[window].mean(0), x[window].std(0)]))
        else:
            made.append(np.zeros(2 * x.shape[1]))
    return np.array(made), np.array(known)


def counts(x, how):
    """What each frame counts for each word: 1 or less for its nearest, else 0."""
    if "means" in how:
        deviation = how["deviations"]
        x = np.divide(x - how["means"], deviation, out=np.zeros_like(x), where=deviation > 0)
    words = how["words"].astype(np.float64)
    distances = ((x[:, None, :] - words[None]) ** 2).sum(2)
    out = np.zeros_like(distances)
    for frame, row in enumerate(distances):
        for word in np.argsort(row, kind="stable")[: int(how["assignments"])]:
            sigma = how.get("gaussian_width")
            out[frame, word] = 1 if sigma is None else np.exp(-row[word] / sigma**2 / 2)
    return out


def post_process(trace, step):
    """A step of post-processing, such as "median 9"."""
    name, *numbers = step.split()
    if name == "median":
        reach, last = int(numbers[0]) // 2, len(trace) - 1
        halves = [min(reach, t, last - t) for t in range(len(trace))]
        return np.array([np.median(trace[t - h : t + h + 1]) for t, h in enumerate(halves)])
    if name == "centre":
        return trace + float(numbers[0])
    mean, factor = map(float, numbers)
    return mean + factor * (trace - mean)


def read(path, dataset):
    """A matrix in float64, and which of its frames are measured: all, unless there is a mask."""
    with h5py.File(path) as file:
        x = file[dataset][()].astype(np.float64)
        mask = dataset + ".mask"
        return x, file[mask][()] != 0 if mask in file else np.ones(len(x), bool)


def main(model, predictions, data_root=None):
    model = Model(model)
    with h5py.File(predictions) as file:
        if file.attrs["model"] != model.key:
            sys.exit(f"{predictions}: predicted by the model of another trial, {file.attrs['model']}")
        root = data_root or file.attrs["data_root"]
        differences = []
        for name in file:
            theirs = file[name]["predicted"]
            recording = {
                feature_set: read(os.path.join(root, path), dataset)
                for feature_set, path, dataset in zip(
                    *(theirs.attrs[label] for label in ("feature_sets", "files", "datasets"))
                )
            }
            differences.append(np.abs(model.predict(recording) - theirs[()]).max())
    if not differences:
        sys.exit(f"{predictions}: no recording to compare")
    print(f"{len(differences)} recordings, at most {np.max(differences):.2e} apart")


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    main(*sys.argv[1:])
