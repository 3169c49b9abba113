"""Machines on one machine: network namespaces joined by a bridge, each with an address, a host
name, processes and a view of the file system of its own.

    with Network() as network:
        a = network.machine("a")
        a.run("ping", "-c1", network.address("b"))
        a.cut(); a.heal(); a.reboot()
"""

import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

SUBNET = "10.77.0"


class Failure(Exception):
    """A case that did not end as it must."""


def sh(*words, check=True, **options):
    """Runs a command to its end, with what it says."""
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, **options)
    if check and done.returncode != 0:
        raise Failure(f"{' '.join(map(str, words))}: status {done.returncode}\n{done.stdout}{done.stderr}")
    return done


def eventually(condition, what, seconds=60, every=0.1):
    """Waits until the condition holds, and gives what it said."""
    end = time.monotonic() + seconds
    while True:
        said = condition()
        if said:
            return said
        if time.monotonic() > end:
            raise Failure(f"after {seconds} s there is still not: {what}")
        time.sleep(every)


def missing():
    """Why no such machines can be made here; None where they can."""
    if os.geteuid() != 0:
        return "only root makes network namespaces"
    for tool in ["ip", "nsenter", "unshare", "mount"]:
        if shutil.which(tool) is None:
            return f"{tool} is not installed"
    probe = sh("ip", "netns", "add", "concord-probe", check=False)
    if probe.returncode != 0:
        return "the kernel or sandbox makes no network namespaces: " + probe.stderr.strip()
    sh("ip", "netns", "del", "concord-probe")
    folder = tempfile.mkdtemp()
    try:
        sh("mount", "-t", "tmpfs", "tmpfs", folder)
        for name in ["upper", "work", "root"]:
            os.mkdir(f"{folder}/{name}")
        made = sh("mount", "-t", "overlay", "overlay", "-o",
                  f"lowerdir=/,upperdir={folder}/upper,workdir={folder}/work",
                  f"{folder}/root", check=False)
        if made.returncode != 0:
            return "the kernel or sandbox has no overlay file system: " + made.stderr.strip()
    finally:
        sh("umount", "-l", f"{folder}/root", check=False)
        sh("umount", "-l", folder, check=False)
    return None


class Network:
    """A bridge, and the machines on it. At its end nothing is left of either."""

    def __init__(self):
        # A name of its own, so that two may be there at a time; 15 characters at most.
        self.name = f"cc{os.getpid() % 100000}"
        self.machines = {}
        self.folder = tempfile.mkdtemp(prefix="concord-cluster-")

    def __enter__(self):
        # Who ends us has the network removed, too.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
        sh("mount", "-t", "tmpfs", "-o", "size=4g", "tmpfs", self.folder)
        os.mkdir(f"{self.folder}/shared")
        sh("ip", "link", "add", self.name, "type", "bridge")
        sh("ip", "link", "set", self.name, "up")
        return self

    def __exit__(self, *_):
        for machine in self.machines.values():
            machine.remove()
        sh("ip", "link", "del", self.name, check=False)
        sh("umount", "-l", self.folder, check=False)
        shutil.rmtree(self.folder, ignore_errors=True)

    def machine(self, name):
        """A machine of this name, with the next free address."""
        number = len(self.machines) + 1
        machine = Machine(self, name, f"{SUBNET}.{number}", number)
        self.machines[name] = machine
        return machine


class Machine:
    """One machine. What it writes lies in a layer of its own over the real file system, but for the
    folder /shared, which all machines share."""

    def __init__(self, network, name, address, number):
        self.network, self.name, self.address = network, name, address
        self.space = f"{network.name}-{name}"
        self.port = f"{network.name}p{number}"
        self.disk = pathlib.Path(network.folder) / name
        for part in ["upper", "work", "root"]:
            (self.disk / part).mkdir(parents=True)
        sh("ip", "netns", "add", self.space)
        sh("ip", "link", "add", self.port, "type", "veth", "peer", "name", "eth0", "netns", self.space)
        sh("ip", "link", "set", self.port, "master", network.name, "up")
        sh("ip", "-n", self.space, "addr", "add", f"{address}/24", "dev", "eth0")
        sh("ip", "-n", self.space, "link", "set", "eth0", "up")
        sh("ip", "-n", self.space, "link", "set", "lo", "up")
        self.init = None
        self.boot()

    # Power

    def boot(self):
        """Starts its first process, in a view of the file system of its own."""
        root = self.disk / "root"
        script = f"""
            set -e
            mount --make-rprivate /
            mount -t overlay overlay \
                -o lowerdir=/,upperdir={self.disk}/upper,workdir={self.disk}/work {root}
            mount -t proc proc {root}/proc
            mount --rbind /dev {root}/dev
            mount --rbind /sys {root}/sys
            mount -t tmpfs tmpfs {root}/run
            mkdir -p {root}/run/sshd {root}/shared {root}/lab
            mount --bind {self.network.folder}/shared {root}/shared
            hostname {self.name}
            exec chroot {root} /bin/sh -c 'echo up >/run/up; exec sleep infinity'
        """
        self.starter = subprocess.Popen(
            ["nsenter", f"--net=/run/netns/{self.space}", "unshare", "--mount", "--uts", "--pid",
             "--fork", "--kill-child", "sh", "-c", script],
            stdin=subprocess.DEVNULL, stderr=open(self.disk / "boot", "wb"),
            start_new_session=True)
        eventually(lambda: self.find_init(), f"machine {self.name} is up", 20)

    def find_init(self):
        """The id, as seen from outside, of the machine's first process once it is up."""
        if self.starter.poll() is not None:
            raise Failure(f"machine {self.name}: {(self.disk / 'boot').read_text()}")
        children = pathlib.Path(f"/proc/{self.starter.pid}/task/{self.starter.pid}/children")
        ids = children.read_text().split()
        if not ids:
            return None
        name = pathlib.Path(f"/proc/{ids[0]}/cmdline").read_bytes()
        if not name.startswith(b"sleep"):
            return None
        self.init = ids[0]
        return self.init

    def shut_down(self):
        """Takes the power away: all its processes are killed; its disk stays."""
        if self.init is not None:
            os.kill(int(self.init), signal.SIGKILL)
            self.starter.wait()
            self.init = None

    def reboot(self):
        self.shut_down()
        self.boot()

    def remove(self):
        self.shut_down()
        sh("ip", "link", "del", self.port, check=False)
        sh("ip", "netns", "del", self.space, check=False)

    # Network

    def cut(self):
        """Pulls the cable."""
        sh("ip", "link", "set", self.port, "down")

    def heal(self):
        sh("ip", "link", "set", self.port, "up")

    def lose(self, percent):
        """Drops so many of a hundred packets that come in."""
        rules = f"""
            table inet loss {{
                chain input {{
                    type filter hook input priority 0;
                    iifname "eth0" numgen random mod 100 < {percent} drop
                }}
            }}
        """
        sh("ip", "netns", "exec", self.space, "nft", "-f", "-", input=rules)

    def lose_nothing(self):
        sh("ip", "netns", "exec", self.space, "nft", "delete", "table", "inet", "loss", check=False)

    # Processes

    def words(self, *words):
        return ["nsenter", "--target", self.init, "--mount", "--uts", "--net", "--pid", "--root",
                "--wd=/", "--"] + [str(word) for word in words]

    def run(self, *words, check=True, timeout=120, **options):
        """Runs a command there to its end."""
        return sh(*self.words(*words), check=check, timeout=timeout, **options)

    def start(self, *words, log=None, **options):
        """Starts a command there; what it says goes into a file, seen from outside."""
        path = self.disk / (log or f"log{time.monotonic_ns()}")
        with open(path, "ab") as file:
            process = subprocess.Popen(self.words(*words), stdin=subprocess.DEVNULL, stdout=file,
                                       stderr=file, start_new_session=True, **options)
        process.log = path
        return process

    def path(self, path):
        """A file of the machine as it is seen from outside."""
        return pathlib.Path(f"/proc/{self.init}/root") / str(path).lstrip("/")
