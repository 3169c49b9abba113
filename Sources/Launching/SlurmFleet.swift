/// How many jobs a run has under Slurm, and which are submitted, cancelled and replaced.
///
/// A pure state machine with one door. Slurm's list is the truth: jobs that it has listed, whoever
/// submitted them, count; a list that could not be had changes nothing. Between two lists nothing
/// is decided. What Slurm has taken and does not list counts too: no job is submitted twice.
/// Placement, limits and fairness are Slurm's own.
struct SlurmFleet {
    /// What happens.
    enum Event: Hashable {
        /// Slurm lists these jobs of the run, the ended ones of late among them.
        case listed([SlurmJob])
        /// The list could not be had.
        case listingFailed(String)
        /// The jobs that were asked for are in Slurm's hands, as an array of this number.
        case submitted(array: String)
        /// Slurm does not take them.
        case submissionFailed(String)
        /// Time has passed; so many trials are still to be finished.
        case tick(openTrials: Int)
        /// The person wants the run to end.
        case stop
    }

    /// What the shell shall do.
    enum Command: Hashable {
        /// Ask Slurm for its list.
        case list
        /// Submit so many workers, as an array.
        case submit(Int)
        /// Cancel these jobs, which wait for a node.
        case cancel([String])
        /// Cancel all that wait, and let those that run give back what they hold and leave.
        case drainAll
        /// Tell people.
        case note(String)
    }

    /// The most jobs at a time.
    private var jobsMax: Int
    /// Trials that a job trains at a time.
    private let slots: Int
    private var openTrials = 0
    private var isListing = false
    /// The jobs of the submission that is under way.
    private var submitting: Int?
    /// What Slurm has taken and not listed yet, by the array's number.
    private var unlisted: [String: (count: Int, since: Double)] = [:]
    /// The most jobs of an array.
    private var arrayMax = SlurmFleet.arrayMax
    private var isStopping = false
    /// How jobs ended that people were told of, or that had ended before.
    private var known: [String: String]?
    /// Jobs that were cancelled because there was nothing for them.
    private var cancelled: Set<String> = []
    private var listAt = -Double.infinity
    private var submitAt = -Double.infinity
    /// Jobs that ended early, one after the other.
    private var failures = 0
    /// The last complaint of Slurm that people were told.
    private var told: String?

    /// Seconds between two lists.
    static let listSeconds = 10.0
    /// A job that ended sooner is none that found work.
    static let soundSeconds = 30.0
    /// The longest pause after jobs that ended early, in seconds.
    static let pauseMaxSeconds = 600.0
    /// After so long people are told of jobs that are not listed.
    static let unlistedSeconds = 60.0
    /// The most jobs of an array where Slurm says nothing else (`MaxArraySize`).
    static let arrayMax = 1000

    /// The jobs of a run, none of them known yet.
    init(jobsMax: Int, slots: Int) {
        self.jobsMax = jobsMax
        self.slots = slots
    }

    /// The one door: takes in what happened, and says what to do.
    mutating func handle(_ event: Event, at now: Double) -> [Command] {
        switch event {
        case .listed(let jobs):
            isListing = false
            told = nil
            return isStopping ? [] : take(jobs, at: now)
        case .listingFailed(let said):
            isListing = false
            return complain("Slurm's list cannot be had: \(said)")
        case .submitted(let array):
            unlisted[array] = (submitting ?? 0, now)
            submitting = nil
            // Slurm lists at once what it has taken.
            listAt = now
            return []
        case .submissionFailed(let said):
            if said.contains("job array"), let count = submitting, count > 1 {
                // Larger than this Slurm's MaxArraySize: smaller ones, one after the other.
                arrayMax = count / 2
                submitting = nil
                listAt = now
                return []
            }
            submitting = nil
            failures += 1
            pause(at: now)
            return complain("Slurm takes no workers: \(said)")
        case .tick(let openTrials):
            self.openTrials = openTrials
            guard !isStopping, !isListing, submitting == nil, listAt <= now else { return [] }
            isListing = true
            listAt = now + SlurmFleet.listSeconds
            return [.list]
        case .stop:
            isStopping = true
            return [.drainAll]
        }
    }

    private mutating func take(_ jobs: [SlurmJob], at now: Double) -> [Command] {
        var commands = recognize(jobs, at: now) + learn(jobs, at: now)
        let waiting = jobs.filter { $0.state == .pending }.map(\.id)
        let living =
            waiting.count + jobs.count { $0.state == .running }
            + unlisted.values.reduce(0) { $0 + $1.count }
        let wanted = min(jobsMax, (openTrials + slots - 1) / slots)
        if living > wanted, !waiting.isEmpty {
            let spare = Array(waiting.suffix(living - wanted))
            cancelled.formUnion(spare)
            commands.append(.cancel(spare))
        } else if living < wanted, submitAt <= now {
            let count = min(wanted - living, arrayMax)
            submitting = count
            commands.append(.submit(count))
        }
        return commands
    }

    /// Sees which submissions are listed, and tells of those that are not.
    private mutating func recognize(_ jobs: [SlurmJob], at now: Double) -> [Command] {
        for job in jobs { unlisted[job.array] = nil }
        return unlisted.keys.sorted().flatMap { array -> [Command] in
            guard let since = unlisted[array]?.since, now - since >= SlurmFleet.unlistedSeconds
            else { return [] }
            // Once: it is not told of again, and counts on.
            unlisted[array]?.since = .infinity
            return [
                .note(
                    """
                    Slurm has taken job \(array), and does not list it here: it counts as there, \
                    and is not replaced. Another cluster's jobs need SLURM_CLUSTERS in the \
                    environment instead of an option of sbatch.
                    """)
            ]
        }
    }

    /// Sees which jobs have ended since the last list, and how.
    private mutating func learn(_ jobs: [SlurmJob], at now: Double) -> [Command] {
        var notes: [Command] = []
        var ended: [String: String] = [:]
        for job in jobs {
            guard case .ended(let how) = job.state else {
                if job.state == .running, job.seconds >= SlurmFleet.soundSeconds { failures = 0 }
                continue
            }
            ended[job.id] = how
            guard let known, known[job.id] != how else { continue }
            if how == "CANCELLED" {
                // Somebody wanted it gone, unless we did.
                guard !cancelled.contains(job.id) else { continue }
                jobsMax = max(0, jobsMax - 1)
                notes.append(.note("Job \(job.id) was cancelled, and is not replaced."))
                continue
            }
            let isEarly = job.seconds < SlurmFleet.soundSeconds && how != "PREEMPTED"
                && how != "NODE_FAIL"
            failures = isEarly ? failures + 1 : 0
            notes.append(.note("Job \(job.id) \(SlurmFleet.words(how)), and is replaced."))
        }
        known = ended
        if failures > 0, !notes.isEmpty { pause(at: now) }
        return notes
    }

    private mutating func pause(at now: Double) {
        submitAt = now + min(SlurmFleet.pauseMaxSeconds, 10 * Double(1 << min(failures, 10)))
    }

    private mutating func complain(_ sentence: String) -> [Command] {
        guard told != sentence else { return [] }
        told = sentence
        return [.note(sentence)]
    }

    private static func words(_ how: String) -> String {
        switch how {
        case "COMPLETED": "has left in order, at its end or because it was asked to"
        case "TIMEOUT", "DEADLINE": "was ended by its time limit"
        case "NODE_FAIL", "BOOT_FAIL": "was lost with its node"
        case "PREEMPTED": "was preempted"
        case "OUT_OF_MEMORY": "was ended for want of memory"
        default: "has failed (\(how)); its log says why"
        }
    }
}
