"""A sweep of seconds, a machine for its coordinator and three hosts, and what the sweep's report is
when nobody disturbs it."""

import csv
import json
import pathlib
import re
import subprocess
import time

from machines import Failure, eventually, sh

SWEEP = """
sweep: tiny
corpora: [/data/corpus.yaml]
targets: [arousal, valence]
features: {{av: {{audio: [audio], video: [video]}}}}
models:
  baseline: {{network: baseline, hidden: [8, 4]}}
  eaf: {{network: eaf, hidden: 6, layers: 2}}
schemes:
  - {{scheme: within-culture, folds: 2, group: dyad}}
  - {{scheme: cross-culture}}
validation: {{fraction: 0.3, group: dyad}}
training: {{epochs: {epochs}, patience: {epochs}, batch: 4, chunk: 50, hop: 25}}
seeds: {seeds}
"""

PROGRAM = "/opt/concord/concord"
PORT = 5555


class Stage:
    """The machines, each with the program's folder, and those in `data` with the corpus."""

    def __init__(self, network, binary, epochs=600, seeds=3):
        self.network = network
        self.login = network.machine("login")
        self.hosts = [network.machine(name) for name in ["ash", "birch", "cedar"]]
        self.trials = 12 * seeds
        self.cases = 0
        for machine in [self.login] + self.hosts:
            machine.run("mkdir", "-p", "/opt/concord", "/data")
            sh("cp", binary, machine.path(PROGRAM))
        self.login.run(PROGRAM, "data", "synthesize", "--output", "/data", "--cultures", "DE,HU",
                       "--dyads", "4", "--shortest", "60", "--longest", "90")
        for host in self.hosts:
            for name in ["corpus.h5", "corpus.yaml"]:
                sh("cp", self.login.path(f"/data/{name}"), host.path(f"/data/{name}"))
        self.login.path("/lab/sweep.yaml").write_text(SWEEP.format(epochs=epochs, seeds=seeds))
        self.open_doors()
        began = time.monotonic()
        self.login.run(PROGRAM, "run", "/lab/sweep.yaml", "--store", "/lab/calm", "--workers", "2")
        self.calm = self.report("/lab/calm")
        self.seconds = time.monotonic() - began

    def open_doors(self):
        """An sshd on each host, which knows the login machine's key and nobody else."""
        keys = pathlib.Path(self.network.folder)
        for name in ["person", "host"]:
            sh("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", keys / name)
        for name in ["person", "person.pub"]:
            sh("cp", keys / name, self.login.path(f"/lab/{name}"))
        known = ""
        for host in self.hosts:
            known += f"{host.address} {(keys / 'host.pub').read_text()}"
            sh("cp", keys / "host", keys / "person.pub", host.path("/lab/"))
            host.path("/lab/sshd_config").write_text(f"""
                ListenAddress {host.address}
                HostKey /lab/host
                AuthorizedKeysFile /lab/person.pub
                PermitRootLogin prohibit-password
                StrictModes no
                UsePAM no
                PidFile none
            """)
            host.run("chmod", "600", "/lab/host")
            host.start("/usr/sbin/sshd", "-D", "-f", "/lab/sshd_config", log="sshd")
        self.login.path("/lab/known_hosts").write_text(known)
        config = ""
        listed = "ssh-config: ssh_config\nhosts:\n"
        for host in self.hosts:
            config += f"""
                Host {host.name}
                    HostName {host.address}
                    IdentityFile /lab/person
                    UserKnownHostsFile /lab/known_hosts
            """
            listed += f"  {host.name}: {{slots: 2}}\n"
        self.login.path("/lab/ssh_config").write_text(config)
        self.login.path("/lab/hosts.yaml").write_text(listed)
        self.login.run("chmod", "600", "/lab/person")

    # A sweep

    def new_store(self):
        self.cases += 1
        return f"/lab/store{self.cases}"

    def run_over_ssh(self, store, *options, sweep="/lab/sweep.yaml", hosts="/lab/hosts.yaml"):
        return self.login.start(PROGRAM, "run", sweep, "--store", store, "--on", "ssh",
                                "--hosts", hosts, *options, log="run" + store.split("/")[-1])

    def calm_down(self):
        """Ends what a case has left running."""
        for machine in [self.login] + self.hosts:
            machine.run("pkill", "-KILL", "concord", check=False)

    def status(self, store):
        """What `concord status` says, read; empty before there is a store."""
        said = self.login.run(PROGRAM, "status", store, "--json", check=False).stdout
        return json.loads(said) if said.startswith("{") else {}

    def leased(self, store, host):
        """The trials that a host's workers hold, as status calls them."""
        said = self.login.run(PROGRAM, "status", store, check=False).stdout
        return re.findall(rf"^  (.+), attempt \d+: {host.name}:", said, re.MULTILINE)

    def events(self, store):
        """The kinds of the events in the store's journal, in order."""
        # Read there: SQLite takes a path into another root for one of its own.
        program = ("import json, sqlite3, sys; rows = sqlite3.connect(sys.argv[1]).execute("
                   "'SELECT kind FROM events ORDER BY sequence'); "
                   "print(json.dumps([kind for kind, in rows]))")
        path = f"{store}/concord.sqlite"
        return json.loads(self.login.run("/usr/bin/python3", "-c", program, path).stdout)

    def finished(self, store):
        return self.status(store).get("finished", 0)

    def report(self, store):
        """The bytes of every file of the report, but for where and when."""
        folder = f"{store}-report"
        self.login.run(PROGRAM, "report", store, "--format", "csv,json,html,markdown", "--output", folder)
        files = sorted(self.login.path(folder).iterdir())
        return {file.name: file.read_bytes() for file in files if not file.name.startswith("provenance")}

    def provenance(self, store):
        """Who finished how many trials, by host."""
        text = self.login.path(f"{store}-report/provenance.csv").read_text()
        hosts = [row["host"] for row in csv.DictReader(text.splitlines())]
        return {host: hosts.count(host) for host in sorted(set(hosts))}

    def ends_well(self, process, store, seconds=180, calm=None):
        """Waits for the run's end, and compares its report with the undisturbed one's."""
        try:
            status = process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            raise Failure(f"the run does not end within {seconds} s:\n{tail(process)}")
        if status != 0:
            raise Failure(f"the run ended with status {status}:\n{tail(process)}")
        self.is_calm(store, calm)

    def is_calm(self, store, calm=None):
        """The store's report is that of the undisturbed run."""
        calm = calm or self.calm
        files = self.report(store)
        different = [name for name in calm if files.get(name) != calm[name]]
        if different or len(files) != len(calm):
            raise Failure(f"the report differs: {different}")


def tail(process, lines=20):
    """The last that a process said."""
    return "\n".join(process.log.read_text(errors="replace").splitlines()[-lines:])


def address(stage):
    return f"tcp://{stage.login.address}:{PORT}"


def expect(text, *sentences):
    for sentence in sentences:
        if sentence not in text:
            raise Failure(f'"{sentence}" is not said in:\n{text}')
