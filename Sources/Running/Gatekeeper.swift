import Corpora
import Leasing
import Messaging

/// Judges who comes to a coordinator, by the store's allow-list, which it reads again when its file
/// changes.
struct Gatekeeper {
    private let keys: KeyFolder
    private var allowed: AllowList
    private var stamp: KeyFolder.Stamp?
    private let connectionsMax: Int

    /// A gatekeeper of the store's keys.
    ///
    /// - Throws: an error when the list cannot be read: then nobody should come in.
    init(keys: KeyFolder, connectionsMax: Int) throws {
        self.keys = keys
        self.connectionsMax = connectionsMax
        stamp = keys.stamp
        allowed = try keys.allowed()
    }

    /// What becomes of the holder of `key`, who came just now or long ago.
    func verdict(on key: PublicKey) -> AllowList.Verdict { allowed.verdict(on: key) }

    /// Whether an applicant comes in, while so many connections stand.
    ///
    /// The holder of a token comes in to be answered; what it may say, ``AllowList/Verdict`` says.
    func ruling(
        on verdict: AllowList.Verdict, connections: Int
    ) -> RouterSocket.Ruling {
        switch verdict {
        case .admitted(_, .owner): .admitted
        case .admitted, .invited: connections > connectionsMax ? .later : .admitted
        case .revoked, .unknown: .refused
        }
    }

    /// Reads the list again if its file has changed. A list that cannot be read changes nothing.
    ///
    /// - Returns: What people should know; nil when nothing has changed.
    mutating func refresh() -> String? {
        guard let now = keys.stamp, now != stamp else { return nil }
        stamp = now
        do {
            allowed = try keys.allowed()
            return "The allow-list has changed and is in force."
        } catch {
            return "The allow-list has changed and is not in force: \(error)"
        }
    }

    /// Lists the key of a token's holder; what it is to be told. A token is spent on disk before.
    mutating func enrol(_ key: PublicKey, by token: Digest, at seconds: Int) -> Answer {
        do {
            let enrolment = try keys.change { $0.enrol(key, by: token, at: seconds) }
            // Read as a change of somebody else's is: what was written since is not missed.
            _ = refresh()
            switch enrolment {
            case .admitted(let name): return Answer(isDone: true, text: name)
            case .refused(let reason): return Answer(isDone: false, text: reason)
            }
        } catch {
            return Answer(isDone: false, text: "The coordinator cannot change its list: \(error)")
        }
    }
}
