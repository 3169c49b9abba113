"""A real Slurm, a controller and three nodes, each a machine of its own: a sweep by --on slurm, one of
whose jobs is ended by its time limit, one put back into the queue, and one loses its node.

    slurm.py FOLDER [CASE...]      FOLDER has the built concord
    slurm.py --list                what cases there are
"""

import json
import pathlib
import re
import shutil
import sys
import time

import machines
from machines import Failure, Network, eventually
from stage import PROGRAM, Stage, address, expect

CONFIG = """
ClusterName=concord
SlurmctldHost=login({login})
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=cred_expire=15
CredType=cred/munge
StateSaveLocation=/var/lib/slurm-state
SlurmdSpoolDir=/var/lib/slurm-spool
SlurmctldPidFile=/run/slurmctld.pid
SlurmdPidFile=/run/slurmd.pid
SlurmctldLogFile=/var/log/slurmctld.log
SlurmdLogFile=/var/log/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
SchedulerType=sched/backfill
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
ReturnToService=2
SlurmdTimeout=30
KillWait=5
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SlurmdParameters=config_overrides
{nodes}
PartitionName=debug Nodes={names} Default=YES MaxTime=INFINITE State=UP
"""


def missing():
    """Why there is no Slurm here; None where it is."""
    reason = machines.missing()
    if reason is not None:
        return reason
    for tool in ["slurmctld", "slurmd", "munged", "sbatch"]:
        if shutil.which(tool, path="/usr/sbin:/usr/bin") is None:
            return f"{tool} is not installed (apt-get install slurm-wlm munge)"
    return None


def start_slurm(stage):
    """Starts munge everywhere, the controller on the login machine and a node on each host."""
    nodes = "\n".join(
        f"NodeName={host.name} NodeAddr={host.address} CPUs=2 RealMemory=2000 State=UNKNOWN"
        for host in stage.hosts)
    names = "127.0.0.1 localhost\n" + "".join(
        f"{machine.address} {machine.name}\n" for machine in [stage.login] + stage.hosts)
    config = CONFIG.format(login=stage.login.address, nodes=nodes,
                           names=",".join(host.name for host in stage.hosts))
    for machine in [stage.login] + stage.hosts:
        machine.run("mkdir", "-p", "/etc/slurm", "/var/lib/slurm-state", "/var/lib/slurm-spool")
        machine.path("/etc/slurm/slurm.conf").write_text(config)
        machine.path("/etc/hosts").write_text(names)
        machine.run("sh", "-c", "mkdir -p /run/munge && chown munge: /run/munge && "
                    "su -s /bin/sh munge -c '/usr/sbin/munged --force'")
    stage.login.start("slurmctld", "-D", "-c", log="slurmctld")
    for host in stage.hosts:
        host.start("slurmd", "-D", "-N", host.name, log="slurmd")

    def idle():
        said = stage.login.run("sinfo", "--noheader", "--Node", "--format=%t", check=False).stdout
        return said.split().count("idle") == len(stage.hosts)
    eventually(idle, "all nodes are idle", 60)


def jobs(stage):
    """The jobs of the run that Slurm lists: id, state, node."""
    said = stage.login.run("squeue", "--noheader", "--array", "--states=all",
                           "--format=%i|%T|%N").stdout
    return [line.split("|") for line in said.splitlines()]


def restarts(stage, job):
    """How often Slurm has put the job back into the queue."""
    said = stage.login.run("scontrol", "show", "job", job).stdout
    return int(re.search(r"Restarts=(\d+)", said).group(1))


def run_by_slurm(stage, store, workers):
    # Jobs are submitted from a folder that the nodes share, and the program lies in one. What else
    # they are called changes nothing.
    return stage.login.start(
        "sh", "-c", f"cd /shared && SBATCH_JOB_NAME=hers exec {PROGRAM} run /lab/sweep.yaml --store {store} --on slurm "
        f"--workers {workers} --address {address(stage)} --sbatch=--time=30 "
        "--sbatch=--job-name=mine",
        log="run" + store.split("/")[-1])


def undisturbed(stage):
    store = stage.new_store()
    run = run_by_slurm(stage, store, 6)
    stage.ends_well(run, store)
    left = [job for job in jobs(stage) if job[1] in ["RUNNING", "PENDING"]]
    if left:
        raise Failure(f"jobs are left: {left}")
    return f"by node {stage.provenance(store)}"


def six_jobs(stage):
    """A sweep by six jobs, all at work: its store and process, the jobs before it, and its own."""
    store = stage.new_store()
    known = {job[0] for job in jobs(stage)}
    run = run_by_slurm(stage, store, 6)

    def running():
        mine = [job for job in jobs(stage) if job[1] == "RUNNING" and job[0] not in known]
        return mine if len(mine) == 6 and stage.finished(store) >= 1 else None
    return store, run, known, eventually(running, "six jobs run and a trial is finished", 90)


def warned(stage):
    """Slurm tells a worker by a signal that its job ends soon, sooner than the worker was told at its
    start; it hands its trials back with checkpoints, and leaves in order."""
    store, run, _, mine = six_jobs(stage)
    job, _, node = mine[0]
    host = next(host for host in stage.hosts if host.name == node)
    said = host.run("sh", "-c", "cat /proc/[0-9]*/environ | tr '\\0' '\\n' | grep SLURM_JOB", check=False).stdout
    expect(said, "SLURM_JOB_END_TIME=")
    stage.login.run("scontrol", "update", f"JobId={job}", "EndTime=now+80")
    folder = stage.login.path(f"{store}/checkpoints")
    checkpoints = set()

    def left():
        if folder.exists():
            checkpoints.update(file.name for file in folder.iterdir())
        return [other for other in jobs(stage) if other[0] == job and other[1] == "COMPLETED"]
    eventually(left, "the job has left in order", 75)
    stage.ends_well(run, store, 300)
    expect(run.log.read_text(), f"Job {job} has left in order")
    if not stage.events(store).count("returned") or not checkpoints:
        raise Failure(f"nothing was handed back with a checkpoint: {checkpoints}")
    return f"{len(checkpoints)} checkpoints were handed over"


def disturbed(stage):
    store, run, known, mine = six_jobs(stage)
    # Each on a node of its own.
    by_node = {job[2]: job for job in mine}
    limited, requeued, lost = (by_node[host.name] for host in stage.hosts)
    down = lost[2]
    control = ["scontrol", "update"]
    stage.login.run(*control, f"JobId={limited[0]}", "EndTime=now+1")
    stage.login.run("scontrol", "requeue", requeued[0])
    stage.login.run(*control, f"NodeName={down}", "State=DOWN", "Reason=test")
    eventually(lambda: [job for job in jobs(stage) if job[0] == limited[0] and job[1] == "TIMEOUT"],
               "Slurm has ended the job at its time limit", 90)
    for job in [requeued[0], lost[0]]:
        eventually(lambda: restarts(stage, job), f"Slurm has put job {job} back into the queue", 60)
    stage.ends_well(run, store, 300)
    stage.login.run(*control, f"NodeName={down}", "State=RESUME", check=False)
    said = run.log.read_text()
    if "was ended by its time limit, and is replaced" not in said:
        raise Failure(f"the time limit is not told of:\n{said}")
    replaced = len({job[0] for job in jobs(stage)} - known)
    return f"{replaced} jobs in all; by node {stage.provenance(store)}"


def coordinator_job(stage):
    """The template of cluster/slurm, in the folder that all share; told in the middle that its time is
    over, it puts itself back into the queue and goes on from its bundle."""
    shared = stage.login.path("/shared")
    template = pathlib.Path(__file__).parents[2] / "cluster/slurm/coordinator.sbatch"
    (shared / "coordinator.sbatch").write_text(template.read_text())
    (shared / "sweep.yaml").write_text(stage.login.path("/lab/sweep.yaml").read_text())
    job = stage.login.run("sh", "-c", "cd /shared && PATH=/opt/concord:$PATH TMPDIR=/tmp exec sbatch "
                          "--parsable coordinator.sbatch sweep.yaml 5 --sbatch=--time=30").stdout.strip()
    log = shared / f"concord-coordinator-{job}.log"

    def state():
        return {name: (said, node) for name, said, node in jobs(stage)}.get(job, ("", ""))

    def finished():
        host = next((host for host in stage.hosts if host.name == state()[1]), None)
        said = "" if host is None else host.run(
            PROGRAM, "status", f"/tmp/concord-root-{job}.store", "--json", check=False).stdout
        return json.loads(said)["finished"] if said.startswith("{") else 0

    try:
        before = eventually(finished, "a trial is finished", 90)
        stage.login.run("scancel", "--batch", "--signal=INT", job)
        eventually(lambda: state()[0] != "RUNNING", "the job is put back into the queue", 60)
        if finished() == stage.trials:
            raise Failure("the sweep was over before the job was told to end; make it longer")
        eventually(lambda: state()[0] == "COMPLETED", "the job is done", 300)
    except Failure as failure:
        raise Failure(f"{failure}; its state is {state()}, and its log:\n"
                      + (log.read_text() if log.exists() else ""))
    store = stage.new_store()
    stage.login.run(PROGRAM, "store", "unbundle", "/shared/sweep.store.tar", "--output", store)
    stage.is_calm(store)
    left = [other for other in jobs(stage) if other[1] in ["RUNNING", "PENDING"]]
    if left:
        raise Failure(f"jobs are left: {left}")
    return f"{before} of {stage.trials} trials were finished before; by node {stage.provenance(store)}"


CASES = [
    ("six jobs on three nodes, whatever else they are called", undisturbed),
    ("a job whose end Slurm brings forward", warned),
    ("a job ended by its time limit, one requeued, and one whose node is set DOWN", disturbed),
    ("the coordinator as a job, by the template, requeued in the middle", coordinator_job),
]


def main(folder, names):
    if folder == "--list":
        print(*(case.__name__ for _, case in CASES), sep="\n")
        return 0
    if names and not any(case.__name__ in names for _, case in CASES):
        return 0
    reason = missing()
    if reason is not None:
        print(f"slurm: skipped, all of it: {reason}")
        return 0
    with Network() as network:
        stage = Stage(network, f"{folder}/concord", seeds=8)
        print(f"slurm: undisturbed, on one machine: {stage.trials} trials, {stage.seconds:.0f} s",
              flush=True)
        start_slurm(stage)
        failed = 0
        for what, case in CASES:
            if names and case.__name__ not in names:
                continue
            began = time.monotonic()
            try:
                said = case(stage)
                print(f"slurm: {what}: same bytes, {time.monotonic() - began:.0f} s; {said}", flush=True)
            except Failure as failure:
                failed += 1
                print(f"slurm: {what}: FAILED: {failure}", flush=True)
            stage.calm_down()
        return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
