/// The shell scripts that run on a host, each in one connection of ssh.
///
/// Everything lies in the host's folder: `programs/DIGEST` has the program, named by its content,
/// and `runs/RUN` the worker of a run: `spool`, `log`, and what tells its starter of it.
struct HostScript {
    let host: HostList.Host
    let program: Program

    /// The architecture's name as `uname -m` says it.
    let machine: String

    /// Asks whether the program is there: exit status 0, or ``HostFleet/Status/absent``.
    var check: String {
        """
        machine=$(uname -m)
        if [ "$machine" != \(Shell.quoted(machine)) ]; then
            echo "it is a $machine, and the program is for \(machine)" >&2
            exit \(HostFleet.Status.foreign)
        fi
        mkdir -p \(Shell.quoted(host.folder)) && cd \(Shell.quoted(host.folder)) || exit 12
        \(digestCheck(in: folder)) || exit \(HostFleet.Status.absent)
        """
    }

    /// Unpacks the program from standard input, a tar archive, and tries it; it is there whole or
    /// not at all.
    var install: String {
        """
        cd \(Shell.quoted(host.folder)) || exit 12
        part=programs/.$$
        trap 'rm -rf "$part"' EXIT
        mkdir -p $part && tar -xf - -C $part || exit 13
        \(digestCheck(in: "$part")) || { echo 'it arrived damaged' >&2; exit 14; }
        $part/\(program.name) --version >/dev/null || exit \(HostFleet.Status.unfit)
        rm -rf \(folder) && mv $part \(folder)
        """
    }

    /// Starts the worker of `run`, or finds it where it lives already, and follows its log; ends
    /// with the worker, and with its exit status.
    ///
    /// A worker outlives the connection, which only follows it: a broken one costs nothing. One
    /// that was started by another command (an older program, another address) is asked to leave
    /// first. Standard input has the worker's key file, an empty line, and then, in each line, a
    /// signal for the worker.
    ///
    /// - Parameter arguments: Those of the worker, relative to the run's folder, where its key is
    ///   ``keyFile``.
    func work(run: String, arguments: [String]) -> String {
        let command = Shell.line(["../../\(folder)/\(program.name)"] + arguments)
        return """
            cd \(Shell.quoted(host.folder)) && mkdir -p runs/\(Shell.quoted(run))/spool && \
            cd runs/\(Shell.quoted(run)) || exit 12
            (umask 077; while read -r line && [ -n "$line" ]; do echo "$line"; done >key.new)
            mv key.new \(HostScript.keyFile) || exit 16
            command=\(Shell.quoted(command))
            lives() { ! flock --nonblock spool/lock true; }
            if lives && [ "$command" != "$(cat command)" ]; then
                kill -TERM "$(cat pid)"; flock spool/lock true
            fi
            touch log; from=$(($(wc -c <log) + 1))
            if ! lives; then
                rm -f pid status; echo "$command" >command
                setsid sh -c "$command"' >>log 2>&1 & echo $! >pid; wait $!; echo $? >status' \
                    </dev/null >/dev/null 2>&1 &
                until [ -s pid ]; do sleep 0.1; done
            fi
            exec 3<&0
            (while read -r signal; do kill -"$signal" "$(cat pid)" 2>/dev/null; done) <&3 &
            tail --pid="$(cat pid)" --sleep-interval=0.5 -c "+$from" -F log 2>/dev/null
            for wait in 1 2 3 4 5; do [ -s status ] || sleep 0.2; done
            exit "$(cat status)"
            """
    }

    /// The file of the worker's key in the run's folder.
    static let keyFile = "worker.key"

    private var folder: String { "programs/\(program.digest)" }

    private func digestCheck(in folder: String) -> String {
        """
        echo "\(program.digest)  \(folder)/\(program.name)" | \
        sha256sum --check --status 2>/dev/null
        """
    }
}
