#!/usr/bin/env python3
"""Reference values of a mel spectrogram in NumPy: energies in dB of two tones, 20 bands.

    python3 mel.py > ../Audio/MelReferences.swift
"""
import numpy as np

RATE, BANDS = 8000, 20
WINDOW, HOP, SIZE = 200, 80, 256


def sound():
    """A square wave of 250 Hz, and one of 1000 Hz from sample 400 on."""
    n = np.arange(1000)
    x = np.where(n // 16 % 2 == 0, 0.5, -0.5)
    return x + np.where(n >= 400, np.where(n // 4 % 2 == 0, 0.25, -0.25), 0)


def htk():
    """Corners that are even on HTK's scale."""
    top = 2595 * np.log10(1 + RATE / 2 / 700)
    return 700 * (10 ** (np.linspace(0, top, BANDS + 2) / 2595) - 1)


def slaney():
    """Corners that are even on Slaney's: 66.7 Hz a mel up to 1 kHz, then 27 mels a factor of 6.4."""
    top = 15 + np.log(RATE / 2 / 1000) * 27 / np.log(6.4)
    mels = np.linspace(0, top, BANDS + 2)
    return np.where(mels < 15, mels * 200 / 3, 1000 * 6.4 ** ((mels - 15) / 27))


def filters(corners, area):
    bins = np.arange(SIZE // 2 + 1) * RATE / SIZE
    return np.array([
        np.clip(np.minimum((bins - low) / (mid - low), (high - bins) / (high - mid)), 0, None)
        * (2 / (high - low) if area else 1)
        for low, mid, high in zip(corners, corners[1:], corners[2:])])


x = sound().astype(np.float32).astype(np.float64)
hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(WINDOW) / WINDOW)
powers = np.array([
    np.abs(np.fft.rfft(x[start:start + WINDOW] * hann, SIZE)) ** 2
    for start in range(0, len(x) - WINDOW + 1, HOP)])
print("/// Written by References/mel.py.\nenum MelReferences {")
print(f"    static let frames = {len(powers)}")
for name, bank in [("energies", filters(htk(), False)), ("slaney", filters(slaney(), True))]:
    rows = 10 * np.log10(np.maximum(powers @ bank.T, 1e-10))
    print(f"    /// Frames 0 and 7, 20 bands each.\n    static let {name}: [Float] = [")
    words = [repr(float(np.float32(v))) for v in rows[[0, 7]].ravel()]
    for i in range(0, len(words), 4):
        print("        " + ", ".join(words[i:i + 4]) + ",")
    print("    ]")
print("}")
