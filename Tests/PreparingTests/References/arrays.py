#!/usr/bin/env python3
"""Files of NumPy as Base64: value k in row-major order is (k mod 97) / 8 - 1, cast to the type.

    python3 arrays.py > ../Archives/ArrayReferences.swift
"""
import base64
import io
import textwrap

import numpy as np


def array(rows, columns, kind="f8", order="C"):
    x = (np.arange(rows * columns) % 97 / 8 - 1).reshape(rows, columns)
    return np.array(x.astype(kind), order=order)


def npy(x):
    out = io.BytesIO()
    np.save(out, x)
    return out.getvalue()


def npz(save, **arrays):
    out = io.BytesIO()
    save(out, **arrays)
    return out.getvalue()


def show(name, doc, data):
    lines = textwrap.wrap(base64.b64encode(data).decode(), 84)
    print(f'    /// {doc}\n    static let {name} = """')
    print("\n".join("        " + line + (" \\" if line != lines[-1] else "") for line in lines))
    print('        """')


print("/// Written by References/arrays.py.\nenum ArrayReferences {")
for kind in ["<f4", "<f8", ">f4", ">f8", "<f2", "<i2", ">i4", "<i8", "|u1", "|b1"]:
    name = {"<": "little", ">": "big", "|": "byte"}[kind[0]] + kind[1:].upper()
    show(name, f"(3, 2) of {kind}.", npy(array(3, 2, kind)))
show("fortran", "(3, 2) of float64 in Fortran's order.", npy(array(3, 2, order="F")))
show("line", "(5) of float32.", npy(array(5, 1, "<f4")[:, 0]))
show("cube", "(1, 3, 2) of float32.", npy(array(3, 2, "<f4")[None]))
show("complex", "(3, 2) of complex numbers.", npy(array(3, 2, "c8")))
show("stored", "An archive of a (2, 2) and b (3, 2).",
     npz(np.savez, a=array(2, 2), b=array(3, 2)))
show("deflated", "A compressed archive of features (300, 4) and timestamps (300) in 0.5 s.",
     npz(np.savez_compressed, features=array(300, 4, "<f4"), timestamps=np.arange(300) / 2))
print("}")
