"""A host that has no data: its workers fetch what they need, and nothing twice."""

import csv
import hashlib
import json
import re

from machines import Failure
from stage import PROGRAM, address

CACHE = "/var/tmp/concord-cache-0"


def without_data(stage):
    """One of three hosts sees an empty folder where the others have the corpus. The sweep leaves one
    of two feature sets out, which then must not travel."""
    store = stage.new_store()
    cedar = stage.hosts[2]
    sweep = stage.login.path("/lab/sweep.yaml").read_text()
    stage.login.path("/lab/audio.yaml").write_text(sweep.replace(", video: [video]", ""))
    stage.login.run(PROGRAM, "run", "/lab/audio.yaml", "--store", f"{store}-calm", "--workers", "2")
    calm = stage.report(f"{store}-calm")
    # Two workers share the third host and its cache, each under a name of its own for ssh.
    config = stage.login.path("/lab/ssh_config").read_text()
    stage.login.path("/lab/ssh_config2").write_text(
        config + re.search(r"Host cedar.*", config, re.DOTALL)[0].replace("cedar", "cedar-too"))
    stage.login.path("/lab/hosts2.yaml").write_text(
        "ssh-config: ssh_config2\ndefaults: {slots: 1}\nhosts:\n"
        "  ash:\n  birch:\n  cedar:\n  cedar-too: {folder: too}\n")
    for host in stage.hosts:
        host.run("rm", "-rf", CACHE)
    cedar.run("mount", "-t", "tmpfs", "tmpfs", "/data")
    try:
        run = stage.run_over_ssh(store, "--address", address(stage), sweep="/lab/audio.yaml",
                                 hosts="/lab/hosts2.yaml")
        stage.ends_well(run, store, calm=calm)
    finally:
        cedar.run("umount", "/data")
    for host in stage.hosts[:2]:
        if host.path(CACHE).exists():
            raise Failure(f"{host.name} has the data, and fetched some")
    cached = {file.name: file for file in cedar.path(CACHE).iterdir() if len(file.name) == 64}
    for name, file in cached.items():
        if hashlib.sha256(file.read_bytes()).hexdigest() != name:
            raise Failure(f"{name} in the cache is not what its name says")
    needed, finished = needs(stage, store)
    if finished == 0 or not needed <= cached.keys():
        raise Failure(f"of {len(needed)} matrices of its {finished} trials it has {len(cached)}")
    known = digests(stage, "audio") | digests(stage, "targets")
    if not cached.keys() <= known:
        raise Failure("it fetched what no trial needs")
    log = stage.login.path(f"{store}/hosts.log").read_text()
    for name in ["cedar", "cedar-too"]:
        if f"{name}: concord: worker" not in log:
            raise Failure(f"{name} did not begin:\n{log}")
    fetched = fetched_by_worker(log)
    if sum(fetched.values()) != len(cached):
        raise Failure(f"{len(cached)} matrices were fetched more than once: {fetched}")
    return f"{finished} trials there; {len(cached)} matrices fetched, each once"


def without_data_or_room(stage):
    """The same host, with nowhere to put what it would fetch: it trains nothing, and says why; its
    trials are the others'."""
    store = stage.new_store()
    cedar = stage.hosts[2]
    cedar.run("mount", "-t", "tmpfs", "tmpfs", "/data")
    cedar.run("mount", "-t", "tmpfs", "-o", "ro", "tmpfs", "/var/tmp")
    try:
        run = stage.run_over_ssh(store, "--address", address(stage))
        stage.ends_well(run, store)
    finally:
        cedar.run("umount", "/var/tmp")
        cedar.run("umount", "/data")
    finished = keys_of(stage, store, "cedar")
    if finished:
        raise Failure(f"{len(finished)} trials finished where their data cannot have been")
    log = run.log.read_text(errors="replace")
    if "Nor could it be fetched" not in log:
        raise Failure(f"why is said nowhere:\n{log}")
    return "none of its trials counts; the others trained them"


def digests(stage, name):
    """All digests of the corpus's matrices of that name."""
    manifest = stage.login.path("/data/corpus.yaml").read_text()
    return set(re.findall(rf"\b{name}: ([0-9a-f]{{64}})", manifest))


def keys_of(stage, store, host):
    """The keys of the trials that the host finished."""
    rows = csv.DictReader(stage.login.path(f"{store}-report/provenance.csv").read_text().splitlines())
    return {row["key"] for row in rows if row["host"] == host}


def needs(stage, store):
    """The matrices of the trials that the third host finished, and how many trials these are."""
    keys = keys_of(stage, store, "cedar")
    manifest = stage.login.path("/data/corpus.yaml").read_text()
    plan = json.loads(stage.login.run(PROGRAM, "plan", "/lab/audio.yaml", "--json").stdout)
    needed = set()
    for trial in plan["trials"]:
        if trial["key"] not in keys:
            continue
        for recording in trial["train"] + trial["validation"] + trial["test"]:
            entry = manifest.split(f"id: {recording},")[1].split("}}")[0]
            needed |= set(re.findall(r"\b(?:audio|targets): ([0-9a-f]{64})", entry))
    return needed, len(keys)


def fetched_by_worker(log):
    """How many matrices each worker says that it has fetched."""
    fetched = {}
    for line in log.splitlines():
        said = re.match(r"(\S+): .*fetched (\d+) matrices", line)
        if said:
            fetched[said[1]] = fetched.get(said[1], 0) + int(said[2])
    return fetched
