"""Writes networks.csv: predictions and gradients of PyTorch in float64, for ReferenceTests.

Run it with any PyTorch: python3 networks.py > networks.csv
The modules are those of load_model.py. A line is the case, a tensor of it and its values, row-major:
`predictions` of all sequences, frame by frame, and of each weight the gradient of the sum of
predictions times `dPredictions`. What it begins from is not written down: a value of a tensor
follows from the tensor's name and the value's index, as `value` says.
"""

import importlib.util
import pathlib

import numpy as np
import torch

HERE = pathlib.Path(__file__).resolve()
PLACE = HERE.parents[3] / "Sources/concord/Documentation.docc/load_model.py"
SPEC = importlib.util.spec_from_file_location("load_model", PLACE)
load_model = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(load_model)

WIDTHS, HIDDEN, ATTENTION, OUTPUTS, LENGTHS = [3, 2], 3, 4, 2, [7, 5, 1]
WIDTH = sum(WIDTHS)


def value(name, shape):
    """Numbers between -1 and 1 that float32 holds exactly."""
    start = 131 * sum(name.encode())
    numbers = (start + 7919 * np.arange(np.prod(shape, dtype=int))) % 1009
    return ((numbers - 504) / 512).reshape(shape)


def dense(name, inputs, outputs, bias=True):
    return {f"{name}.weight": (outputs, inputs)} | ({f"{name}.bias": (outputs,)} if bias else {})


def lstm(name, inputs, hidden, suffixes=("_l0",)):
    shapes = {}
    for suffix in suffixes:
        shapes[f"{name}.weight_ih{suffix}"] = (4 * hidden, inputs)
        shapes[f"{name}.weight_hh{suffix}"] = (4 * hidden, hidden)
        shapes[f"{name}.bias_ih{suffix}"] = shapes[f"{name}.bias_hh{suffix}"] = (4 * hidden,)
    return shapes


def both(name, inputs, layer=0):
    return lstm(name, inputs, HIDDEN, (f"_l{layer}", f"_l{layer}_reverse"))


def decoder(fed, suffix=""):
    return (
        dense(f"init{suffix}", HIDDEN, HIDDEN) | dense(f"Wa{suffix}", HIDDEN, ATTENTION, bias=False)
        | dense(f"Ua{suffix}", 2 * HIDDEN, ATTENTION) | {f"va{suffix}": (ATTENTION,)}
        | lstm(f"dec{suffix}", 2 * HIDDEN + fed, HIDDEN, ("",))
    )


def gates():
    return {k: v for m, w in enumerate(WIDTHS) for k, v in dense(f"gates.{m}.fc", w, w).items()}


OUT = dense("out", HIDDEN, OUTPUTS)
OUT_OF_BOTH = dense("out", 2 * HIDDEN, OUTPUTS)
STACK = both("lstm", WIDTH) | both("lstm", 2 * HIDDEN, layer=1) | OUT_OF_BOTH
BY_MODALITY = {
    k: v
    for m, w in enumerate(WIDTHS)
    for k, v in (dense(f"gates.{m}.P", w, ATTENTION) | {f"gates.{m}.v": (ATTENTION,)}).items()
}
BY_MODEL = {
    k: v
    for m, w in enumerate(WIDTHS)
    for k, v in (both(f"enc.{m}", w) | decoder(2 * HIDDEN, f".{m}")).items()
}
BLOCKS = {
    "blocks.0.conv.weight": (4, WIDTH, 3), "blocks.0.conv.bias": (4,),
    "blocks.0.skip.weight": (4, WIDTH, 1), "blocks.0.skip.bias": (4,),
    "blocks.1.conv.weight": (4, 4, 3), "blocks.1.conv.bias": (4,),
} | dense("out", 4, OUTPUTS)
LAYERS = {
    k: v
    for layer in ("layers.0.", "layers.1.")
    for k, v in (
        {f"{layer}self_attn.in_proj_weight": (12, 4), f"{layer}self_attn.in_proj_bias": (12,)}
        | dense(f"{layer}self_attn.out_proj", 4, 4) | dense(f"{layer}linear1", 4, 5)
        | dense(f"{layer}linear2", 5, 4)
        | {f"{layer}norm{n}.{part}": (4,) for n in (1, 2) for part in ("weight", "bias")}
    ).items()
}
ENCODER = (
    dense("input", WIDTH, 4) | LAYERS | {"norm.weight": (4,), "norm.bias": (4,)}
    | dense("out", 4, OUTPUTS)
)
PROJECTED = (
    {f"projections.0.{part}": shape for part, shape in (("weight", (2, 3)), ("bias", (2,)))}
    | both("lstm", 4) | OUT_OF_BOTH
)

CASES = {
    "baseline": ("baseline: {}", lstm("lstm1", WIDTH, 4) | lstm("lstm2", 4, HIDDEN) | OUT),
    "eaf": ("eaf: {scaled: true}", gates() | STACK),
    "eaf unscaled": ("eaf: {scaled: false}", gates() | STACK),
    "eaf by modality": ("eaf: {scaled: true}", BY_MODALITY | STACK),
    "eaf without gate": ("eaf: {}", STACK),
    "aed": ("aed: {feed: encoder, window: 2}", both("enc", WIDTH) | decoder(2 * HIDDEN) | OUT),
    "aed fed back": ("aed: {feed: previous}", both("enc", WIDTH) | decoder(OUTPUTS) | OUT),
    "aed fed nothing": ("aed: {feed: none, window: 0}", both("enc", WIDTH) | decoder(0) | OUT),
    "emafn early": (
        "emafn: {feed: previous, scaled: true}",
        gates() | both("enc", WIDTH) | decoder(OUTPUTS) | OUT,
    ),
    "emafn": (
        "emafn: {feed: encoder, window: 3, scaled: true}",
        gates() | BY_MODEL | dense("Q", HIDDEN, ATTENTION) | {"w": (ATTENTION,)} | OUT,
    ),
    "tcn": ("tcn: {dilations: [1, 2]}", BLOCKS),
    "transformer": ("transformer: {heads: 2}", ENCODER),
    "transformer in a window": ("transformer: {heads: 2, window: 2}", ENCODER),
    "projected": ("eaf: {}", PROJECTED),
}


def show(case, tensor, values):
    numbers = ";".join(f"{v:.7g}" for v in np.asarray(values).reshape(-1))
    print(f"{case},{tensor},{numbers}")


torch.set_default_dtype(torch.float64)
print("case,tensor,values")
for case, (text, shapes) in CASES.items():
    weights = {name: value(name, shape) for name, shape in shapes.items()}
    net = load_model.module(text, WIDTHS, weights, OUTPUTS)
    # In training PyTorch's encoder layers take no path of their own.
    net.train()
    said, loss = [], 0
    for n, length in enumerate(LENGTHS):
        x = torch.from_numpy(value(f"inputs {n}", (1, length, WIDTH)))
        y = net(list(torch.split(x, WIDTHS, -1)))[0]
        said.append(y.detach().numpy())
        loss = loss + (torch.from_numpy(value(f"dPredictions {n}", y.shape)) * y).sum()
    loss.backward()
    show(case, "predictions", np.concatenate(said))
    parameters = dict(net.named_parameters())
    for name in weights:
        show(case, name, parameters[load_model.place(name, net)].grad)
