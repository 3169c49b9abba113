"""The release in bare systems: unpacked in a chroot without any package of ours, it runs a sweep, and
the report has the bytes that the built program's has here.

    release.py ARCHIVE FOLDER SUITE...      FOLDER has the built concord; a suite is a folder with a
                                            system made by debootstrap, or such as bookworm

CONCORD_MIRROR names where a suite's packages come from; debootstrap's own choice without it. Ubuntu
takes one.
"""

import os
import pathlib
import shutil
import sys
import tempfile

from machines import Failure, sh
from stage import SWEEP

# Debian 12's debootstrap does not know Ubuntu 24.04 by name, but how an Ubuntu is made.
SCRIPTS = {"noble": "/usr/share/debootstrap/scripts/jammy"}


def sweep(run, place):
    """Makes the corpus and runs a tiny sweep there, and gives the report's files."""
    run("data", "synthesize", "--output", "/data", "--cultures", "DE,HU", "--dyads", "4",
        "--shortest", "60", "--longest", "90")
    (place / "sweep.yaml").write_text(SWEEP.format(epochs=20, seeds=1))
    run("run", "/sweep.yaml", "--store", "/store", "--workers", "2")
    run("report", "/store", "--format", "csv,json,html,markdown", "--output", "/report")
    files = sorted((place / "report").iterdir())
    return {file.name: file.read_bytes() for file in files if not file.name.startswith("provenance")}


def inside(root, *words):
    """Runs a command in the chroot, with /proc and nothing of this machine's environment."""
    return sh("unshare", "--mount", "--pid", "--fork", "sh", "-c",
              'root=$1; shift; mount -t proc proc "$root/proc"; exec chroot "$root" "$@"', "sh",
              root, "/usr/bin/env", "-i", "PATH=/usr/bin:/bin", "HOME=/", *words)


def system(suite, folder):
    """The root of a bare system."""
    if os.path.isdir(suite):
        root = folder / "system"
        sh("cp", "-a", suite, root)
        return root
    mirror = os.environ.get("CONCORD_MIRROR")
    words = [mirror, *filter(None, [SCRIPTS.get(suite)])] if mirror else []
    # Nothing of it is kept; a machine need not know the keys of the other distribution.
    sh("debootstrap", "--no-check-gpg", "--variant=minbase", suite, folder / "system", *words)
    return folder / "system"


def main(archive, built, suites):
    if os.geteuid() != 0 or shutil.which("debootstrap") is None:
        print("release: skipped: it takes root and debootstrap")
        return 0
    folder = pathlib.Path(tempfile.mkdtemp(prefix="concord-release-"))
    failed = 0
    try:
        # Here, in a chroot of our own system, so that both see the same paths.
        here = folder / "here"
        for part in ["upper", "work", "root"]:
            (here / part).mkdir(parents=True)
        sh("mount", "-t", "tmpfs", "tmpfs", here)
        for part in ["upper", "work", "root"]:
            (here / part).mkdir()
        sh("mount", "-t", "overlay", "overlay", "-o",
           f"lowerdir=/,upperdir={here}/upper,workdir={here}/work", here / "root")
        shutil.copy(f"{built}/concord", here / "root/concord")
        expected = sweep(lambda *words: inside(here / "root", "/concord", *words), here / "root")
        for suite in suites:
            place = folder / pathlib.Path(suite).name
            place.mkdir()
            try:
                root = system(suite, place)
                sh("tar", "-xf", archive, "-C", root)
                program = next(root.glob("concord-*/concord"))
                name = (root / "etc/os-release").read_text().split('PRETTY_NAME="')[1].split('"')[0]
                files = sweep(lambda *words: inside(root, f"/{program.relative_to(root)}", *words), root)
                if files != expected:
                    raise Failure("the report differs")
                ours = inside(root, "sh", "-c", "ls /usr/lib/*/libzmq* /usr/lib/*/libhdf5* "
                              "/usr/lib/*/libsqlite3* 2>/dev/null || true").stdout.split()
                print(f"release: {name}: same bytes; of our libraries the system itself has "
                      f"{', '.join(ours) or 'none'}", flush=True)
            except (Failure, StopIteration) as failure:
                failed += 1
                print(f"release: {suite}: FAILED: {failure}", flush=True)
    finally:
        sh("umount", "-l", folder / "here/root", check=False)
        sh("umount", "-l", folder / "here", check=False)
        shutil.rmtree(folder, ignore_errors=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3:]))
