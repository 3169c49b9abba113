import Running

/// What happens to the hosts of a run over ssh: which are looked at, equipped, worked on, and tried
/// again.
///
/// A pure state machine with one door. A host is first asked whether it has the program, gets it
/// where it has not, and then works until the sweep ends:
///
///     waits ─▶ check ─▶ work ─▶ (lost: waits, twice as long each time)
///                └▶ install ─┘
///
/// A host that fails is tried again for as long as the run lasts, since machines come back; what
/// cannot get better by itself is not: a machine that the program is not for, and a second refusal
/// by the coordinator. After the first one the worker gets the key that is good now.
struct HostFleet {
    /// What is done on a host, each by one connection of ssh.
    enum Step: Hashable {
        /// Asks whether the program is there, and the same.
        case check
        /// Copies the program.
        case install
        /// Starts the worker, or finds it, and follows its log to its end.
        case work
    }

    /// What happens.
    enum Event: Hashable {
        /// A step on host `host` is over, with this exit status; `said` is its last line.
        case ended(host: Int, Step, status: Int32, said: String)
        /// The person wants the run to end.
        case stop
        /// Time has passed.
        case tick
    }

    /// What the shell shall do.
    enum Command: Hashable {
        /// Begin the step on the host.
        case begin(Step, host: Int)
        /// Ask the host's worker to give back what it holds, and to leave.
        case drain(host: Int)
        /// Tell people.
        case note(String)
    }

    /// The exit statuses by which a step answers, beside 0.
    enum Status {
        /// The check says: the program is not there, or another.
        static let absent: Int32 = 10
        /// The check says: the machine is of another architecture.
        static let foreign: Int32 = 11
        /// The program was copied and does not run there.
        static let unfit: Int32 = 15
        /// The coordinator refused the worker.
        static let refused = ExitStatus.refused.rawValue
        /// A signal told the worker to leave: a machine that shuts down, or its administrator.
        static let terminated = ExitStatus.interrupted.rawValue
        /// Of ssh itself: it could not connect, or was cut off.
        static let disconnected: Int32 = 255
    }

    private enum State {
        case waiting(until: Double)
        case doing(Step, since: Double)
        /// It is not tried again.
        case over
    }

    private struct Place {
        let name: String
        var state = State.waiting(until: -.infinity)
        var failures = 0
        /// The coordinator refused its last worker.
        var wasRefused = false
        /// The last complaint that people were told, so that they are told once.
        var told: String?
    }

    private var places: [Place]
    private var isStopping = false

    /// Seconds that a worker must have lived for its end to count as the first failure.
    static let soundSeconds = 60.0
    /// The longest pause between two tries, in seconds.
    static let pauseMaxSeconds = 60.0

    /// The hosts of these names, none of them looked at yet.
    init(names: [String]) { places = names.map { Place(name: $0) } }

    /// Whether nothing is being done on any host.
    var isIdle: Bool {
        places.allSatisfy { if case .doing = $0.state { false } else { true } }
    }

    /// The one door: takes in what happened, and says what to do.
    mutating func handle(_ event: Event, at now: Double) -> [Command] {
        switch event {
        case .ended(let host, let step, let status, let said):
            return end(host, step, status: status, said: said, at: now)
        case .stop:
            isStopping = true
            return places.indices.compactMap { host in
                guard case .doing(.work, _) = places[host].state else { return nil }
                return .drain(host: host)
            }
        case .tick:
            guard !isStopping else { return [] }
            return places.indices.compactMap { host in
                guard case .waiting(let until) = places[host].state, until <= now else {
                    return nil
                }
                return begin(.check, host, at: now)
            }
        }
    }

    private mutating func begin(_ step: Step, _ host: Int, at now: Double) -> Command {
        places[host].state = .doing(step, since: now)
        return .begin(step, host: host)
    }

    private mutating func end(
        _ host: Int, _ step: Step, status: Int32, said: String, at now: Double
    ) -> [Command] {
        let name = places[host].name
        if isStopping {
            places[host].state = .over
            return []
        }
        switch (step, status) {
        case (.check, 0), (.install, 0):
            places[host].told = nil
            return [begin(.work, host, at: now)]
        case (.check, Status.absent):
            return [.note("\(name): copies the program."), begin(.install, host, at: now)]
        case (.work, 0):
            places[host].state = .over
            return [.note("\(name): its worker has left in order, and is not started again.")]
        case (.work, Status.refused) where places[host].wasRefused && !wasSound(host, at: now),
            (.check, Status.foreign), (.install, Status.unfit):
            let why = complaint(step, status: status, said: said)
            places[host].state = .over
            return [.note("\(name): \(why) It is not tried again.")]
        default:
            places[host].wasRefused = step == .work && status == Status.refused
            return fail(host, complaint(step, status: status, said: said), at: now)
        }
    }

    /// Whether the host's worker has lived for long.
    private func wasSound(_ host: Int, at now: Double) -> Bool {
        guard case .doing(.work, let since) = places[host].state else { return false }
        return now - since >= HostFleet.soundSeconds
    }

    private mutating func fail(_ host: Int, _ complaint: String, at now: Double) -> [Command] {
        if wasSound(host, at: now) {
            places[host].failures = 0
            places[host].told = nil
        }
        let pause = min(HostFleet.pauseMaxSeconds, Double(1 << min(places[host].failures, 10)))
        places[host].failures += 1
        places[host].state = .waiting(until: now + pause)
        guard places[host].told != complaint else { return [] }
        places[host].told = complaint
        return [.note("\(places[host].name): \(complaint) It is tried again.")]
    }

    private func complaint(_ step: Step, status: Int32, said: String) -> String {
        let what =
            switch (step, status) {
            case (_, Status.disconnected): "the connection by ssh failed or was lost"
            case (.check, _): "the machine cannot be used"
            case (.install, _): "the program cannot be copied, or does not run there"
            case (.work, Status.refused): ""
            case (.work, Status.terminated): "its worker was told to leave by a signal there"
            case (.work, _): "its worker ended with exit status \(status)"
            }
        if what.isEmpty { return said }
        let sentence = said.isEmpty ? what : "\(what): \(said)"
        return sentence.hasSuffix(".") ? sentence : sentence + "."
    }
}
