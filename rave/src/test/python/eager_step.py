#!/usr/bin/env python3
"""Times training steps of RAVE v2 written as ordinary PyTorch modules, for comparison with ours.

usage: eager_step.py --capacity 96 --batch 8 --signal 131072 --steps 3 --threads 2

Written from the same description as the Java engine: filter bank, encoder, decoder, discriminators,
spectral distances, two Adams. The tensors are random; only the time matters. Prints one JSON object
with the seconds of every timed step by kind: representation, generator, discriminator.
"""
import argparse
import json
import math
import sys
import time

import torch
from torch import nn
from torch.nn.functional import leaky_relu, relu

try:
    from torch.nn.utils.parametrizations import weight_norm
except ImportError:  # before torch 2.0
    from torch.nn.utils import weight_norm

BANDS = 16
SCALES = (2048, 1024, 512, 256, 128)


def convolution(inputs, outputs, kernel, stride=1, dilation=1):
    reach = (kernel - 1) * dilation
    return nn.Sequential(
        nn.ConstantPad1d((reach // 2, (reach + 1) // 2), 0.0) if reach % 2 else nn.Identity(),
        weight_norm(
            nn.Conv1d(
                inputs,
                outputs,
                kernel,
                stride,
                padding=0 if reach % 2 else reach // 2,
                dilation=dilation,
                bias=False,
            )
        ),
    )


class Residual(nn.Module):
    def __init__(self, channels, dilation):
        super().__init__()
        self.inner = convolution(channels, channels, 3, 1, dilation)
        self.outer = convolution(channels, channels, 1)

    def forward(self, x):
        return x + self.outer(leaky_relu(self.inner(leaky_relu(x, 0.2)), 0.2))


class Bank(nn.Module):
    """Filters of the right size; what they let through does not matter here."""

    def __init__(self):
        super().__init__()
        self.register_buffer("analysis", torch.randn(BANDS, 1, 513) / 513)
        self.register_buffer("synthesis", torch.randn(BANDS, BANDS, 33) / 33)

    def forward(self, x):
        return torch.conv1d(x, self.analysis, stride=BANDS, padding=256)[..., : x.shape[-1] // BANDS]

    def inverse(self, y):
        x = torch.conv1d(y, self.synthesis, padding=16)
        return x.transpose(1, 2).reshape(x.shape[0], 1, -1)


def encoder(capacity, ratios, dilations, latents):
    layers = [convolution(BANDS, capacity, 7)]
    channels = capacity
    for ratio, stage in zip(ratios, dilations):
        layers += [Residual(channels, d) for d in stage]
        layers += [nn.LeakyReLU(0.2), convolution(channels, 2 * channels, 2 * ratio, ratio)]
        channels *= 2
    return nn.Sequential(*layers, nn.LeakyReLU(0.2), convolution(channels, 2 * latents, 3))


def decoder(capacity, ratios, dilations, latents):
    channels = capacity << len(ratios)
    layers = [convolution(latents, channels, 3)]
    for ratio, stage in zip(reversed(ratios), reversed(dilations)):
        up = nn.ConvTranspose1d(
            channels, channels // 2, 2 * ratio, ratio, padding=ratio // 2, bias=False
        )
        layers += [nn.LeakyReLU(0.2), weight_norm(up)]
        channels //= 2
        layers += [Residual(channels, d) for d in stage]
    return nn.Sequential(*layers, nn.LeakyReLU(0.2), convolution(channels, 2 * BANDS, 7))


class Judge(nn.Module):
    def __init__(self, capacity, kernel, period):
        super().__init__()
        self.period = period
        self.layers = nn.ModuleList()
        channels = 1
        for stage in range(4):
            out = capacity << stage
            if period:
                layer = nn.Conv2d(channels, out, (kernel, 1), (4, 1), ((kernel - 1) // 2, 0))
            else:
                layer = nn.Conv1d(channels, out, kernel, 4, (kernel - 1) // 2)
            self.layers.append(weight_norm(layer))
            channels = out
        self.last = nn.Conv2d(channels, 1, 1) if period else nn.Conv1d(channels, 1, 1)

    def forward(self, x):
        if self.period:
            x = nn.functional.pad(x, (0, -x.shape[-1] % self.period))
            x = x.reshape(x.shape[0], 1, -1, self.period)
        features = []
        for layer in self.layers:
            x = layer(x)
            features.append(x)
            x = leaky_relu(x, 0.2)
        return features + [self.last(x)]


class Judges(nn.Module):
    def __init__(self, capacity):
        super().__init__()
        self.periods = nn.ModuleList(Judge(capacity, 5, p) for p in (2, 3, 5, 7, 11))
        self.scales = nn.ModuleList(Judge(capacity, 15, 0) for _ in range(3))

    def forward(self, x):
        found = [judge(x) for judge in self.periods]
        for i, judge in enumerate(self.scales):
            if i:
                x = nn.functional.avg_pool1d(x, 2)
            found.append(judge(x))
        return found


class Distance(nn.Module):
    def __init__(self):
        super().__init__()
        for n in SCALES:
            self.register_buffer("window%d" % n, torch.hann_window(n))

    def spectra(self, x):
        x = x.reshape(-1, x.shape[-1])
        for n in SCALES:
            window = getattr(self, "window%d" % n)
            yield torch.stft(x, n, n // 4, n, window, center=True, return_complex=True).abs()

    def forward(self, x, y):
        total = 0.0
        for a, b in zip(self.spectra(x), self.spectra(y)):
            total = total + ((a - b) ** 2).mean() / (a**2).mean()
            total = total + (torch.log(a + 1e-7) - torch.log(b + 1e-7)).abs().mean()
        return total


class Trainer:
    def __init__(self, arguments):
        ratios, dilations = arguments.ratios, [(1, 3, 9), (1, 3, 9), (1, 3, 9), (1, 3)]
        self.bank = Bank()
        self.encoder = encoder(arguments.capacity, ratios, dilations, arguments.latents)
        self.decoder = decoder(arguments.capacity, ratios, dilations, arguments.latents)
        self.judges = Judges(arguments.judges or arguments.capacity)
        self.distance = Distance()
        self.crop = arguments.crop
        generator = list(self.encoder.parameters()) + list(self.decoder.parameters())
        self.generator = torch.optim.Adam(generator, 1e-3, (0.5, 0.9))
        self.discriminator = torch.optim.Adam(self.judges.parameters(), 1e-4, (0.5, 0.9))

    def latent(self, bands):
        mean, scale = self.encoder(bands).chunk(2, 1)
        deviation = nn.functional.softplus(scale) + 1e-4
        variance = deviation * deviation
        divergence = (mean * mean + variance - torch.log(variance) - 1).sum(1).mean()
        return mean + deviation * torch.randn_like(mean), divergence

    def synthesised(self, latent):
        wave, amplitude = self.decoder(latent).chunk(2, 1)
        return torch.tanh(wave * torch.sigmoid(amplitude))

    def distances(self, x, bands, synthesised, audio):
        left, right = self.crop
        stop = bands.shape[-1] - right
        multiband = self.distance(bands[..., left:stop], synthesised[..., left:stop])
        return multiband + self.distance(x, audio)

    def judged(self, x, audio):
        found = self.judges(torch.cat([x, audio]))
        real = [[f[: x.shape[0]] for f in one] for one in found]
        fake = [[f[x.shape[0] :] for f in one] for one in found]
        return real, fake

    def representation(self, x):
        bands = self.bank(x)
        latent, divergence = self.latent(bands)
        synthesised = self.synthesised(latent)
        loss = self.distances(x, bands, synthesised, self.bank.inverse(synthesised))
        self.update(self.generator, loss + 0.01 * divergence)

    def generating(self, x):
        bands = self.bank(x)
        with torch.no_grad():
            latent, _ = self.latent(bands)
        synthesised = self.synthesised(latent)
        audio = self.bank.inverse(synthesised)
        loss = self.distances(x, bands, synthesised, audio)
        real, fake = self.judged(x, audio)
        matching = 0.0
        for r, f in zip(real, fake):
            kept = [(a - b).abs().mean() / a.abs().mean() for a, b in zip(r[1:], f[1:])]
            matching = matching + sum(kept) / len(kept) / len(real)
        adversarial = -sum(f[-1].mean() for f in fake)
        self.update(self.generator, loss + 20 * matching + adversarial)

    def discriminating(self, x):
        with torch.no_grad():
            latent, _ = self.latent(self.bank(x))
            audio = self.bank.inverse(self.synthesised(latent))
        real, fake = self.judged(x, audio)
        loss = sum(
            relu(1 - r[-1]).mean() + relu(1 + f[-1]).mean() for r, f in zip(real, fake)
        )
        self.update(self.discriminator, loss)

    @staticmethod
    def update(optimizer, loss):
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if not math.isfinite(float(loss.detach())):
            sys.exit("the loss is no number")


def timed(name, step, x, warm_up, count):
    seconds = []
    for _ in range(warm_up + count):
        begin = time.perf_counter()
        step(x)
        seconds.append(time.perf_counter() - begin)
        print(f"PyTorch {name} {seconds[-1]:.3f} s", file=sys.stderr)
    return seconds[warm_up:]


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--capacity", type=int, default=96)
    parser.add_argument("--judges", type=int, default=0)
    parser.add_argument("--latents", type=int, default=128)
    parser.add_argument("--ratios", type=lambda t: [int(r) for r in t.split(",")], default="4,4,4,2")
    parser.add_argument("--crop", type=lambda t: [int(r) for r in t.split(",")], default="1694,1652")
    parser.add_argument("--batch", type=int, required=True)
    parser.add_argument("--signal", type=int, required=True)
    parser.add_argument("--steps", type=int, default=3)
    parser.add_argument("--warm-up", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(1)
    trainer = Trainer(arguments)
    x = torch.randn(arguments.batch, 1, arguments.signal) * 0.1
    steps = {
        "representation": trainer.representation,
        "generator": trainer.generating,
        "discriminator": trainer.discriminating,
    }
    result = {
        name: timed(name, step, x, arguments.warm_up, arguments.steps)
        for name, step in steps.items()
    }
    print(json.dumps({"torch": torch.__version__, "seconds": result}))


if __name__ == "__main__":
    main()
