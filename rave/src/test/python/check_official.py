#!/usr/bin/env python3
"""Goes on from a checkpoint in the official layout with PyTorch's own optimiser and schedule.

usage: check_official.py FILE.ckpt...

Loads each file, has Adam and LinearLR take their states in the order in which a module's parameters
come, makes a step, and saves what it loaded to FILE.ckpt.copy. Exit code 0 means that everything
held.
"""
import collections
import sys

import torch

# The loader that executes nothing knows no floating-point numbers before PyTorch 2.
SAFE = {"weights_only": True} if int(torch.__version__.split(".")[0]) > 1 else {}
TRAINED = ("weight", "bias", "weight_g", "weight_v", "alpha")


def parameters(state, *prefixes):
    return [
        torch.nn.Parameter(value.clone())
        for prefix in prefixes
        for key, value in state.items()
        if key.startswith(prefix) and key.rsplit(".", 1)[1] in TRAINED
    ]


def check(path):
    tree = torch.load(path, **SAFE)
    state = tree["state_dict"]
    assert type(state) is collections.OrderedDict, type(state)
    step = tree["global_step"]
    assert tree["loops"]["fit_loop"]["epoch_loop.state_dict"]["_batches_that_stepped"] == step
    for index, prefixes in enumerate((("encoder.", "decoder."), ("discriminator.",))):
        own = parameters(state, *prefixes)
        adam = torch.optim.Adam(own, lr=7.0, betas=(0.1, 0.1))
        saved = tree["optimizer_states"][index]
        assert list(saved["state"]) == list(range(len(own))), "numbers of the parameters"
        for number, parameter in enumerate(own):
            assert saved["state"][number]["exp_avg"].shape == parameter.shape, number
        adam.load_state_dict(saved)
        assert tuple(adam.param_groups[0]["betas"]) == (0.5, 0.9)
        if index == 0:
            schedule = torch.optim.lr_scheduler.LinearLR(adam, start_factor=0.5)
            schedule.load_state_dict(tree["lr_schedulers"][0])
            rate = 1e-3 * (1 - 0.9 * min(1, step / schedule.total_iters))
            assert abs(schedule.get_last_lr()[0] - rate) < 1e-12
        before = [float(value["step"]) for value in adam.state_dict()["state"].values()]
        for parameter in own:
            parameter.grad = torch.ones_like(parameter)
        adam.step()
        after = [float(value["step"]) for value in adam.state_dict()["state"].values()]
        assert after == [value + 1 for value in before]
    # Adam counts in the tensors it was given.
    torch.save(torch.load(path, **SAFE), path + ".copy")
    print("all checks held for %d tensors" % len(state))


for path in sys.argv[1:]:
    check(path)
