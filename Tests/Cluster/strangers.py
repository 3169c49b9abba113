"""Those who must not take part, while a host that may trains on: other versions, wrong and revoked
keys, tokens that were used, garbage. Each is refused alone, with a sentence."""

import re
import time

from machines import Failure, eventually
from stage import PORT, PROGRAM, address, expect, tail


def coordinate(stage, store):
    """A coordinator for workers that are started by hand."""
    run = stage.login.start(
        PROGRAM, "coordinate", "/lab/sweep.yaml", "--bind", f"tcp://{stage.login.address}:{PORT}",
        "--store", store, log="run" + store.split("/")[-1])
    eventually(lambda: "coordinating" in run.log.read_text(), "the coordinator listens", 20)
    return run


def new_key(stage, store, name, host):
    """A key file for a worker of that name, taken to its host."""
    file = stage.login.run(PROGRAM, "keys", "new", name, "--store", store).stdout.split()[-1]
    return carry(stage, stage.login.path(file).read_text(), name, host)


def carry(stage, text, name, host):
    place = f"/lab/{name}.key"
    host.path(place).write_text(text)
    host.run("chmod", "600", place)
    return place


def work(stage, host, *options):
    name = f"work{time.monotonic_ns()}"
    return host.start(PROGRAM, "work", address(stage), "--slots", "2", "--spool", f"/lab/{name}",
                      *options, log=name)


def refused(process, *sentences, seconds=60):
    """The worker ends as one that is not wanted, and says why."""
    eventually(lambda: process.poll() is not None, f"it ends:\n{tail(process)}", seconds)
    expect(process.log.read_text(), *sentences)
    if process.returncode != 4:
        raise Failure(f"it ended with status {process.returncode} instead of 4:\n{tail(process)}")


def another_version(stage):
    store = stage.new_store()
    run = coordinate(stage, store)
    ash, birch = stage.hosts[0], stage.hosts[1]
    work(stage, ash, "--key", new_key(stage, store, "ash", ash))
    key = new_key(stage, store, "birch", birch)
    birch.path("/opt/concord/concord-bench").write_bytes(open(stage.bench, "rb").read())
    birch.run("chmod", "755", "/opt/concord/concord-bench")
    other = birch.start("/opt/concord/concord-bench", "noop-worker", address(stage), "--key", key,
                        "--numerics-version", "999", log="other")
    sentence = "The worker computes with numerics version 999, this sweep with"
    refused(other, sentence, "Run the same concord on both.")
    expect(run.log.read_text(), "Refused worker noop:", sentence)
    stage.ends_well(run, store)


def wrong_key(stage):
    store = stage.new_store()
    run = coordinate(stage, store)
    ash, birch, cedar = stage.hosts
    work(stage, ash, "--key", new_key(stage, store, "ash", ash))
    # A key that the store does not list: the right coordinator, somebody else's secret.
    elsewhere = stage.login.run(PROGRAM, "keys", "new", "eve", "--store", "/lab/other").stdout
    foreign = stage.login.path(elsewhere.split()[-1]).read_text()
    right = stage.login.path(new_key(stage, store, "birch", stage.login)).read_text()
    secret = re.search(r"^secret .*$", foreign, re.MULTILINE).group()
    forged = re.sub(r"^secret .*$", secret, right, flags=re.MULTILINE)
    refused(work(stage, birch, "--key", carry(stage, forged, "forged", birch)),
            "does not admit the key birch")
    # A key of another store altogether: this is not the coordinator that it looks for.
    stranger = work(stage, cedar, "--key", carry(stage, foreign, "eve", cedar))
    eventually(lambda: "breaks every handshake off" in stranger.log.read_text(),
               "the worker of another store is told", 60)
    stage.ends_well(run, store)
    shares = stage.provenance(store)
    if list(shares) != ["ash"]:
        raise Failure(f"strangers took part: {shares}")


def revoked_key(stage):
    store = stage.new_store()
    run = coordinate(stage, store)
    ash, birch = stage.hosts[0], stage.hosts[1]
    work(stage, ash, "--key", new_key(stage, store, "ash", ash))
    key = new_key(stage, store, "birch", birch)
    worker = work(stage, birch, "--key", key)
    eventually(lambda: stage.leased(store, birch), "the host trains", 60)
    stage.login.run(PROGRAM, "keys", "revoke", "birch", "--store", store)
    refused(worker, "revoked")
    refused(work(stage, birch, "--key", key), "does not admit the key birch")
    stage.ends_well(run, store)


def used_token(stage):
    store = stage.new_store()
    run = coordinate(stage, store)
    ash, birch = stage.hosts[0], stage.hosts[1]
    token = stage.login.run(PROGRAM, "keys", "token", "--store", store).stdout.strip()
    first = work(stage, ash, "--token", token)
    eventually(lambda: "joined" in first.log.read_text(), "the first one joins", 30)
    refused(work(stage, birch, "--token", token), "token")
    stage.ends_well(run, store)
    shares = stage.provenance(store)
    if list(shares) != ["ash"]:
        raise Failure(f"who replayed the token took part: {shares}")


def garbage(stage):
    store = stage.new_store()
    run = coordinate(stage, store)
    ash, cedar = stage.hosts[0], stage.hosts[2]
    work(stage, ash, "--key", new_key(stage, store, "ash", ash))
    # Two hundred connections at a time, of noise, of half a greeting, of silence.
    script = f"""
import os, random, socket, time
end = time.monotonic() + 8
noise = random.Random(7)
sent = 0
while time.monotonic() < end:
    crowd = []
    for number in range(200):
        try:
            crowd.append(socket.create_connection(("{stage.login.address}", {PORT}), 2))
            greeting = bytes([255, 0, 0, 0, 0, 0, 0, 0, 1, 127, 3, 1])
            crowd[-1].sendall([noise.randbytes(4096), greeting, b"", b"GET / HTTP/1.0"][number % 4])
            sent += 1
        except OSError:
            pass
    time.sleep(0.5)
    for one in crowd:
        one.close()
print(sent)
"""
    sent = cedar.run("python3", "-c", script).stdout.strip()
    stage.ends_well(run, store)
    return f"{sent} connections"
