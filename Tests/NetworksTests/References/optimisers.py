"""Writes optimisers.csv: steps of PyTorch's optimisers in float64, which AdamTests compares with.

Run it with any PyTorch: python3 optimisers.py > optimisers.csv
Columns as in the golden optimizer.csv: step 0 gives the weights before the first step.
"""

import torch

KINDS = {
    "adamw": lambda w, lr: torch.optim.AdamW(w, lr=lr, weight_decay=0.1),
    "adamw_default": lambda w, lr: torch.optim.AdamW(w, lr=lr, weight_decay=0.01),
    # Keras's numbers in PyTorch's formula, which is the same.
    "rmsprop": lambda w, lr: torch.optim.RMSprop(w, lr=lr, alpha=0.9, eps=1e-7),
}


def text(values):
    return ";".join(repr(float(value)) for value in values.detach())


print("case,step,lr,clip_max_norm,gradient,norm_before_clip,weights_after")
for seed, (name, make) in enumerate(KINDS.items()):
    for lr in (0.001, 0.03):
        torch.manual_seed(seed)
        weights = torch.nn.Parameter(torch.randn(7, dtype=torch.float64))
        optimiser = make([weights], lr)
        print(f"{name},0,{lr},1.0,,,{text(weights)}")
        for step in range(1, 13):
            # Sizes from 1e-5 to 3: some steps are clipped, and epsilon counts in others.
            size = 3.0 * 10.0 ** (-5 * torch.rand(1, dtype=torch.float64))
            gradient = size * torch.randn(7, dtype=torch.float64)
            weights.grad = gradient.clone()
            norm = torch.nn.utils.clip_grad_norm_([weights], 1.0)
            optimiser.step()
            print(f"{name},{step},{lr},1.0,{text(gradient)},{float(norm)!r},{text(weights)}")
