import Foundation
import Glibc
import Leasing
import Messaging

/// How a worker comes by its credential: a key file, or a token that enrols a key of its own.
public enum Enrolment {
    /// The credential in a key file.
    ///
    /// - Throws: ``RunningError`` or ``KeyError`` when there is none, or others may read it.
    public static func credential(file: String) throws -> Credential {
        guard let text = try SecretFile.read(file, what: "key") else {
            throw RunningError("\(file): the key file does not exist. Check the path.")
        }
        return try Credential(text: text, file: file)
    }

    /// The credential that the worker of a spool has from an earlier enrolment.
    ///
    /// - Throws: ``RunningError`` when there is none.
    public static func credential(spool: String) throws -> Credential {
        guard let credential = try kept(spool) else {
            throw RunningError(
                """
                a worker needs a key: --key FILE from `concord keys new NAME`, or --token TOKEN \
                from `concord keys token`, where the store is.
                """)
        }
        return credential
    }

    /// Enrols a key that is made here, once; the spool keeps it, and the token that it is by.
    ///
    /// The key is on disk before the coordinator hears of it, so a worker that dies in between
    /// names the same one again.
    ///
    /// - Parameter patience: Seconds to wait for a coordinator that is away; nil waits for ever.
    /// - Throws: ``RunningError`` with status ``ExitStatus/refused`` and the coordinator's reason.
    public static func credential(
        token text: String, at address: String, spool: String, patience: Double?
    ) throws -> Credential {
        let token = try JoinToken(text: text)
        let hash = JoinToken.hash(of: token.secret.publicKey)
        if let kept = try kept(spool), kept.token == hash { return kept }
        try DigestedFile.makeFolder(spool)
        let draft = "\(spool)/worker.key.new"
        var own = Credential(
            name: "worker", coordinator: token.coordinator, secret: .random(), token: hash)
        if let text = try SecretFile.read(draft, what: "key"),
            let begun = try? Credential(text: text, file: draft), begun.token == hash
        {
            own = begun
        } else {
            try SecretFile.write(own.text, to: draft)
        }
        let name = try join(
            own, by: token, at: try Address(address), patience: patience ?? .infinity)
        own = Credential(
            name: name, coordinator: own.coordinator, secret: own.secret, token: hash)
        try SecretFile.write(own.text, to: "\(spool)/worker.key")
        unlink(draft)
        Terminal.complain("concord: joined \(address) as \(name)")
        return own
    }

    private static func join(
        _ own: Credential, by token: JoinToken, at address: Address, patience: Double
    ) throws -> String {
        let end = Clock.monotonicSeconds + patience
        let line = try CoordinatorLine(
            address,
            as: Credential(name: "token", coordinator: token.coordinator, secret: token.secret))
        var isToldToWait = false
        while Clock.monotonicSeconds < end {
            let frames = WireCodec.encode(enrolling: own.secret.publicKey)
            if let answer = try line.ask(frames, seconds: min(5, patience)) {
                guard answer.isDone, AllowList.isName(answer.text) else {
                    throw RunningError(
                        "the coordinator at \(address) refused this worker: \(answer.text)",
                        status: .refused)
                }
                return answer.text
            }
            if !isToldToWait {
                Terminal.complain(
                    """
                    concord: the coordinator at \(address) does not answer yet; waiting. If it \
                    runs, the token may be of another store.
                    """)
                isToldToWait = true
            }
        }
        throw RunningError("no coordinator at \(address) answered; this worker ends.")
    }

    private static func kept(_ spool: String) throws -> Credential? {
        let path = "\(spool)/worker.key"
        return try SecretFile.read(path, what: "key").map { try Credential(text: $0, file: path) }
    }
}
