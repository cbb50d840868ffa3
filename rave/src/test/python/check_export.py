#!/usr/bin/env python3
"""Checks pairs of exported instruments with PyTorch, from outside the JVM.

usage: check_export.py STREAMING.ts OFFLINE.ts [STREAMING.ts OFFLINE.ts ...] [--block N] [--checkpoint FILE]
                       [--audio IN.f32 --result OUT.f32]

Loads both files of a pair as a host would, checks what nn~ reads, plays the streaming one in blocks, and
compares: blocks with one call, and one call with the offline file at the documented delay. With
--audio the first offline file's encode and decode of raw float32 samples are written to --result, for a
comparison with another runtime. Exit code 0 means that everything held.
"""
import argparse
import json
import sys

import torch

TOLERANCE = 1e-4
# A trained decoder does not rest at zero: how a stream begins differs from how a file begins, for as
# long as the decoder remembers the beginning. Longer than any config's memory.
SETTLING_FRAMES = 32
# nn~'s type code.
BOOLEAN = 0
FAILURES = []


def check(holds, what):
    print(("ok    " if holds else "WRONG ") + what)
    if not holds:
        FAILURES.append(what)


def close(got, wanted, what):
    peak = float(wanted.abs().max())
    difference = float((got - wanted).abs().max())
    check(
        difference <= TOLERANCE * max(1.0, peak) and peak > 1e-3,
        "%s: largest difference %.2e at peak %.3f" % (what, difference, peak),
    )


def load(path):
    extra = {"morphene.json": ""}
    module = torch.jit.load(path, _extra_files=extra)
    module.eval()
    return module, json.loads(extra["morphene.json"])


def check_contract(module, metadata):
    config = metadata["config"]
    ratio = 16
    for r in config["ratios"]:
        ratio *= r
    ratio *= metadata["samplingRateHz"] // config["samplingRateHz"]
    latents = module.latent_size
    channels = config["channels"]
    outputs = metadata["channels"]
    check(module.get_methods() == ["encode", "decode", "forward"], "get_methods")
    wanted = {
        "encode": [channels, 1, latents, ratio],
        "decode": [latents, ratio, outputs, 1],
        "forward": [channels, 1, outputs, 1],
    }
    buffers = dict(module.named_buffers())
    for method, numbers in wanted.items():
        params = buffers[method + "_params"]
        check(
            params.dtype == torch.int64 and params.tolist() == numbers,
            "%s_params = %s" % (method, params.tolist()),
        )
        inputs = getattr(module, method + "_input_labels")
        outputs = getattr(module, method + "_output_labels")
        check(
            len(inputs) == numbers[0] and len(outputs) == numbers[2],
            "%s labels, %s … %s" % (method, inputs[0], outputs[-1]),
        )
    for name in module.get_attributes():
        codes = buffers[name + "_params"].tolist()
        before = getattr(module, "get_" + name)()
        wanted = True if codes == [BOOLEAN] else 0.25
        done = getattr(module, "set_" + name)(wanted)
        kept = wanted if not name.startswith("reset") else False
        check(done == 0 and getattr(module, "get_" + name)() == kept, "attribute " + name)
        getattr(module, "set_" + name)(before)
    check(module.sr == metadata["samplingRateHz"], "sr = %d" % module.sr)
    check(
        buffers["latent_pca"].shape == (module.full_latent_size, module.full_latent_size),
        "latent size %d of %d" % (latents, module.full_latent_size),
    )
    caches = [value for name, value in buffers.items() if name.endswith("cache")]
    check(all(float(cache.abs().sum()) == 0 for cache in caches), "%d caches, zero" % len(caches))
    check(not any(True for _ in module.parameters()), "nothing requires gradients")
    return ratio


def in_blocks(module, method, signal, size):
    run = getattr(module, method)
    return torch.cat([run(part.contiguous()) for part in signal.split(size, 2)], 2)


def quiet(module):
    """Without its random parts a model gives the same twice."""
    for name in ("noise_gain", "latent_noise"):
        if name in module.get_attributes():
            getattr(module, "set_" + name)(0.0)
    return module


def check_streaming(paths, metadata, ratio, block):
    frames = max(3 * SETTLING_FRAMES, 4 * block // ratio)
    channels = metadata["config"]["channels"]
    outputs = metadata["channels"]
    discrete = metadata["config"]["latent"]["kind"] == "DISCRETE"
    audio = torch.randn(2, channels, frames * ratio) * 0.3
    offline = quiet(load(paths[1])[0])
    whole, parts, joint = (quiet(load(paths[0])[0]) for _ in range(3))
    delays = metadata["encodeDelaySamples"], metadata["decodeDelaySamples"]
    print("      delays %d and %d samples" % delays)

    one = whole.encode(audio)
    close(in_blocks(parts, "encode", audio, block), one, "encode in blocks of %d" % block)
    late = torch.nn.functional.pad(audio, (delays[0], -delays[0] % ratio))
    # Batch normalisation does not map silence to zero: there an encoder has a beginning as well.
    begin = SETTLING_FRAMES if metadata["config"]["style"]["generation"] == "V1" else 0
    wanted = offline.encode(late)[:, :, begin:frames]
    close(one[:, :, begin:], wanted, "encode against offline")

    latent = one if discrete else torch.tanh(torch.randn(2, one.shape[1], frames))
    latent = latent.contiguous()
    one = whole.decode(latent)
    close(in_blocks(parts, "decode", latent, block // ratio), one, "decode in blocks")
    wanted = torch.nn.functional.pad(offline.decode(latent), (delays[1], 0))
    settled = delays[1] + SETTLING_FRAMES * ratio
    close(
        one[:, :, settled:],
        wanted[:, :, settled : one.shape[2]],
        "decode against offline, after %d frames" % SETTLING_FRAMES,
    )
    one = quiet(load(paths[0])[0]).forward(audio)
    wanted = offline.decode(offline.encode(late))
    wanted = torch.nn.functional.pad(wanted, (delays[1], 0))
    close(
        one[:, :, settled:],
        wanted[:, :, settled : one.shape[2]],
        "forward against offline, after %d frames" % SETTLING_FRAMES,
    )
    rows = joint.forward(audio.repeat(4, 1, 1)[:5])
    check(rows.shape == (5, outputs, audio.shape[2]), "a batch of 5")


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("files", nargs="+", metavar="STREAMING.ts OFFLINE.ts")
    parser.add_argument("--block", type=int, default=2048)
    parser.add_argument("--checkpoint")
    parser.add_argument("--audio")
    parser.add_argument("--result")
    arguments = parser.parse_args()
    if len(arguments.files) % 2:
        parser.error("give files in pairs: a streaming one, then an offline one")
    torch.manual_seed(1)
    print("torch " + torch.__version__)
    with torch.inference_mode():
        for pair in zip(arguments.files[::2], arguments.files[1::2]):
            module, metadata = load(pair[0])
            print("%s:" % metadata["config"]["name"])
            ratio = check_contract(module, metadata)
            check_streaming(pair, metadata, ratio, max(arguments.block, ratio))
        if arguments.audio:
            with open(arguments.audio, "rb") as file:
                audio = torch.frombuffer(bytearray(file.read()), dtype=torch.float32)
            offline = quiet(load(arguments.files[1])[0])
            result = offline.decode(offline.encode(audio.reshape(1, 1, -1)))
            with open(arguments.result, "wb") as file:
                file.write(result.contiguous().numpy().tobytes())
    if arguments.checkpoint:
        tree = torch.load(arguments.checkpoint)
        state = tree["state_dict"]
        total = sum(float(value.double().sum()) for value in state.values())
        print("checkpoint: %d tensors, sum %.6f" % (len(state), total))
        check(tree["step"] == 123456789012 and tree["rate"] == 0.25, "checkpoint's plain values")
        check(abs(total - tree["sum"]) < 1e-3, "checkpoint's tensors")
    if FAILURES:
        print("%d checks failed" % len(FAILURES))
        sys.exit(1)
    print("all checks held")


if __name__ == "__main__":
    main()
