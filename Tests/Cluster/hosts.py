"""One coordinator and three hosts of two slots: cut off, lossy, rebooted, refused. Every case ends
with the bytes of the undisturbed run, or with the refusal that the documentation promises.

    hosts.py FOLDER [CASE...]      FOLDER has the built concord and concord-bench
    hosts.py --list                what cases there are
"""

import os
import pathlib
import re
import sys
import time

import lacking
import machines
import strangers
from machines import Failure, Network, eventually, sh
from stage import PORT, PROGRAM, Stage, address, expect

CASES = []


def case(what):
    """Marks a case, with the sentence that says what it shows."""
    def mark(function):
        CASES.append((function.__name__, what, function))
        return function
    return mark


@case("three hosts of two slots, started over ssh")
def three_hosts(stage):
    store = stage.new_store()
    run = stage.run_over_ssh(store, "--address", address(stage))
    stage.ends_well(run, store)
    shares = stage.provenance(store)
    if sorted(shares) != ["ash", "birch", "cedar"]:
        raise Failure(f"not all hosts took part: {shares}")
    for host in stage.hosts:
        if "concord work" in host.run("ps", "axww").stdout:
            raise Failure(f"a worker is left on {host.name}")
    return f"by host {shares}"


@case("through the ssh connections; one worker is killed, one told to leave")
def tunnelled(stage):
    store = stage.new_store()
    run = stage.run_over_ssh(store)
    ash, birch, _ = stage.hosts
    eventually(lambda: all(stage.leased(store, host) for host in stage.hosts), "all hosts train", 90)
    for host, name in [(ash, "KILL"), (birch, "TERM")]:
        host.run("sh", "-c", f"kill -{name} $(cat $(ls -t ~/concord/runs/*/pid | head -n 1))")
    stage.ends_well(run, store)
    expect(run.log.read_text(), "ash: its worker ended with exit status 137",
           "birch: its worker was told to leave by a signal there")
    log = stage.login.path(f"{store}/hosts.log").read_text()
    for host in stage.hosts:
        connections = len(re.findall(rf"^{host.name}: .* connects to tcp://127.0.0.1:", log, re.MULTILINE))
        if connections != (1 if host.name == "cedar" else 2):
            raise Failure(f"{connections} workers were started on {host.name}:\n{log}")


@case("through the ssh connections to one address alone; the launched key is revoked")
def tunnelled_elsewhere(stage):
    store = stage.new_store()
    run = stage.run_over_ssh(store, "--bind", address(stage))
    eventually(lambda: all(stage.leased(store, host) for host in stage.hosts), "all hosts train", 90)
    stage.login.run(PROGRAM, "keys", "revoke", "launched", "--store", store)
    stage.ends_well(run, store)
    expect(run.log.read_text(), "the key launched was revoked", "It is tried again.")
    shares = stage.provenance(store)
    if sorted(shares) != ["ash", "birch", "cedar"]:
        raise Failure(f"not all hosts took part: {shares}")


@case("a host cut off for longer than its lease, healed before its trial was run elsewhere")
def healed_before(stage):
    store = stage.new_store()
    run = stage.run_over_ssh(store, "--address", address(stage))
    eventually(lambda: all(stage.leased(store, host) for host in stage.hosts), "all hosts train")
    # Nobody else is there: the trials of all come back late, and none is run twice.
    for host in stage.hosts:
        host.cut()
    time.sleep(12)
    for host in stage.hosts:
        host.heal()
    stage.ends_well(run, store)
    events = stage.events(store)
    if not events.count("explained"):
        raise Failure("no lease expired; cut them off for longer")
    if events.count("repeated"):
        raise Failure(f"{events.count('repeated')} trials were run twice")
    return f"{events.count('explained')} leases were taken up again"


@case("a host cut off for longer than its lease, healed after its trial was run elsewhere")
def healed_after(stage):
    store = stage.new_store()
    run = stage.run_over_ssh(store, "--address", address(stage))
    ash, others = stage.hosts[0], stage.hosts[1:]
    eventually(lambda: stage.leased(store, ash), "the host trains")
    ash.cut()
    held = set(stage.leased(store, ash))
    elsewhere = set()

    def run_elsewhere():
        now = {trial for host in others for trial in stage.leased(store, host)}
        elsewhere.update(now & held)
        return elsewhere and (run.poll() is not None or not elsewhere & now)
    eventually(run_elsewhere, f"one of {held} was run elsewhere", 90)
    if run.poll() is not None:
        raise Failure("the sweep was over before the host was healed; make it longer")
    ash.heal()
    stage.ends_well(run, store)
    return f"{len(elsewhere)} of its {len(held)} trials were run elsewhere"


@case("links with 5 % loss and 100 ms delay")
def bad_line(stage):
    store = stage.new_store()
    has_netem = sh("tc", "qdisc", "add", "dev", stage.hosts[0].port, "root", "netem", "delay", "1ms",
                   check=False).returncode == 0
    if has_netem:
        sh("tc", "qdisc", "del", "dev", stage.hosts[0].port, "root")
        run = stage.run_over_ssh(store, "--address", address(stage))
    else:
        router = stage.network.machine("router")
        script = pathlib.Path(__file__).with_name("relay.py").read_text()
        router.path("/lab/relay.py").write_text(script)
        router.start("python3", "/lab/relay.py", router.address, stage.login.address, PORT, 0.1,
                     log="relay")
        run = stage.run_over_ssh(store, "--bind", address(stage),
                                 "--address", f"tcp://{router.address}:{PORT}")
    # The program is copied before the line is bad: it is the sweep that is tried.
    eventually(lambda: run.log.read_text().count(" joined with ") >= 3, "all hosts have joined", 90)
    for host in stage.hosts:
        if has_netem:
            sh("tc", "qdisc", "add", "dev", host.port, "root", "netem", "delay", "100ms", "loss", "5%")
        else:
            host.lose(5)
    try:
        stage.ends_well(run, store, 240)
    finally:
        for host in stage.hosts:
            host.lose_nothing()
            sh("tc", "qdisc", "del", "dev", host.port, "root", check=False)
    return None if has_netem else "loss by nftables, delay by a relay: this kernel has no netem"


@case("the coordinator's machine is rebooted")
def reboot(stage):
    store = stage.new_store()
    run = stage.run_over_ssh(store, "--address", address(stage))
    eventually(lambda: stage.finished(store) >= 6, "some trials are finished", 90)
    stage.login.reboot()
    run.wait()
    before = stage.finished(store)
    if before >= stage.trials:
        raise Failure("the sweep was over before the reboot; make it longer")
    # The hosts' workers train on; they are found, not doubled.
    again = stage.run_over_ssh(store, "--address", address(stage))
    stage.ends_well(again, store)
    return f"{before} of {stage.trials} trials were finished before"


case("a host without the data, with two workers")(lacking.without_data)
case("a host without the data and without room for them")(lacking.without_data_or_room)
case("a worker of another version")(strangers.another_version)
case("workers with a wrong key, and with one of another store")(strangers.wrong_key)
case("a worker whose key is revoked while it trains")(strangers.revoked_key)
case("a join token that was used before")(strangers.used_token)
case("garbage on the coordinator's port")(strangers.garbage)


def main(folder, names):
    if folder == "--list":
        print(*(name for name, _, _ in CASES), sep="\n")
        return 0
    if names and not any(name in names for name, _, _ in CASES):
        return 0
    reason = machines.missing()
    if reason is None and not os.path.exists("/usr/sbin/sshd"):
        reason = "sshd is not installed"
    if reason is not None:
        print(f"cluster: skipped, all of it: {reason}")
        return 0
    with Network() as network:
        began = time.monotonic()
        stage = Stage(network, f"{folder}/concord")
        stage.bench = f"{folder}/concord-bench"
        print(f"cluster: undisturbed, on one machine: {stage.trials} trials, {stage.seconds:.0f} s, "
              f"made ready in {time.monotonic() - began:.0f} s", flush=True)
        failed = 0
        for name, what, run in CASES:
            if names and name not in names:
                continue
            began = time.monotonic()
            try:
                said = run(stage)
                print(f"cluster: {what}: same bytes, {time.monotonic() - began:.0f} s"
                      + (f"; {said}" if said else ""), flush=True)
            except Failure as failure:
                failed += 1
                print(f"cluster: {what}: FAILED: {failure}", flush=True)
            stage.calm_down()
        return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
