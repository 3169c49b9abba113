import Corpora
import Foundation
import Glibc
import Leasing
import Messaging

/// A store's keys.
///
///     store/keys/             for its owner alone
///       coordinator.key       who the coordinator is
///       owner.key             whoever owns the store: its commands, and workers beside it
///       NAME.key              of a worker, to be taken to its machine
///       allowed               whom the coordinator admits; no secrets
///       lock                  held while `allowed` is changed
struct KeyFolder {
    let path: String
    private let store: String

    /// The name of the owner's entry.
    static let owner = "owner"

    /// The keys of `store`, which are made where they are missing.
    ///
    /// - Throws: ``RunningError`` when they cannot be made, or others may read them.
    init(making store: String) throws {
        self.init(store)
        try DigestedFile.makeFolder(path)
        chmod(path, 0o700)
        try change { list in
            let coordinator = try existing("coordinator") ?? make("coordinator", nil)
            let owner = try existing(KeyFolder.owner) ?? make(KeyFolder.owner, coordinator)
            let key = owner.secret.publicKey
            if list[KeyFolder.owner] == nil {
                try list.admit(KeyFolder.owner, .owner, key)
            } else if list.verdict(on: key) != .admitted(name: KeyFolder.owner, role: .owner) {
                list.renew(KeyFolder.owner, key)
            }
        }
    }

    /// The keys of `store`, which are there.
    ///
    /// - Throws: ``RunningError`` when they are not.
    init(of store: String) throws {
        self.init(store)
        guard FileManager.default.fileExists(atPath: "\(path)/coordinator.key") else {
            throw RunningError(
                "\(store): there are no keys. `concord keys new --store \(store)` makes them.")
        }
    }

    private init(_ store: String) {
        self.store = store
        path = "\(store)/keys"
    }

    /// Where the key of the owner of `store` lies.
    static func ownerFile(of store: String) -> String { KeyFolder(store).file(owner) }

    /// Where the key of this name lies.
    func file(_ name: String) -> String { "\(path)/\(name).key" }

    /// The key of this name.
    ///
    /// - Throws: ``RunningError`` when it is missing, or others may read it.
    func credential(_ name: String) throws -> Credential {
        guard let credential = try existing(name) else {
            throw RunningError("\(file(name)): there is no such key.")
        }
        return credential
    }

    /// Whom the coordinator admits.
    ///
    /// - Throws: ``RunningError`` or ``KeyError`` when the list cannot be read.
    func allowed() throws -> AllowList {
        let text = try SecretFile.read("\(path)/allowed", what: "allow-list") ?? ""
        return try AllowList(text: text, file: "\(path)/allowed")
    }

    /// Changes the list under its lock; on return the change is on disk.
    ///
    /// - Throws: what `body` throws, and then nothing is changed.
    func change<Value>(_ body: (inout AllowList) throws -> Value) throws -> Value {
        let end = Clock.monotonicSeconds + 10
        var lock = try FileLock(path: "\(path)/lock")
        while lock == nil, Clock.monotonicSeconds < end {
            usleep(5000)
            lock = try FileLock(path: "\(path)/lock")
        }
        guard let lock else {
            throw RunningError("\(path): another command changes the keys. Try again.")
        }
        return try withExtendedLifetime(lock) {
            var list = try allowed()
            let before = list
            let value = try body(&list)
            if list != before { try SecretFile.write(list.text, to: "\(path)/allowed") }
            return value
        }
    }

    /// Makes the key of a worker and lists it; its file is to be taken to the worker's machine.
    func makeWorker(_ name: String) throws {
        _ = try change { try makeWorker(name, in: &$0) }
    }

    private func makeWorker(_ name: String, in list: inout AllowList) throws -> Credential {
        let coordinator = try credential("coordinator")
        let worker = Credential(
            name: name, coordinator: coordinator.coordinator, secret: .random())
        try list.admit(name, .worker, worker.secret.publicKey)
        try SecretFile.write(worker.text, to: file(name))
        return worker
    }

    /// The name of the key of workers that a launcher starts.
    static let launched = "launched"

    /// The key of workers that a launcher starts, which is made where it is missing or revoked.
    func launched() throws -> Credential {
        let name = KeyFolder.launched
        return try change { list in
            if let entry = list[name], !entry.state.isRevoked {
                if case .admitted = entry.state, let credential = try existing(name) {
                    return credential
                }
                // Its secret is gone, or was never here: nobody can be started under it.
                try list.revoke(name)
            }
            return try makeWorker(name, in: &list)
        }
    }

    /// Makes a token by which a worker can join until `seconds` after 1970.
    func makeToken(_ name: String?, until seconds: Int) throws -> (name: String, token: JoinToken) {
        let coordinator = try credential("coordinator").coordinator
        let token = JoinToken(coordinator: coordinator, secret: .random())
        return try change { list in
            let name = name ?? list.freeName("worker")
            try list.invite(
                name, token: JoinToken.hash(of: token.secret.publicKey), until: seconds)
            return (name, token)
        }
    }

    /// Admits `name` no more. The owner, without whom the store would be of no use, gets a new key.
    func revoke(_ name: String) throws {
        try change { list in
            if name == KeyFolder.owner {
                let owner = try make(name, try credential("coordinator"))
                list.renew(name, owner.secret.publicKey)
            } else {
                try list.revoke(name)
                unlink(file(name))
            }
        }
    }

    /// What changes when the list's file does.
    var stamp: Stamp? {
        var status = stat()
        guard stat("\(path)/allowed", &status) == 0 else { return nil }
        return Stamp(
            file: status.st_ino, bytes: status.st_size, mode: status.st_mode,
            seconds: status.st_mtim.tv_sec, nanoseconds: status.st_mtim.tv_nsec)
    }

    /// Which file it is, and when it was written.
    struct Stamp: Equatable {
        let file: UInt
        let bytes: Int
        let mode: UInt32
        let seconds: Int
        let nanoseconds: Int
    }

    private func existing(_ name: String) throws -> Credential? {
        try SecretFile.read(file(name), what: "key").map {
            try Credential(text: $0, file: file(name))
        }
    }

    private func make(_ name: String, _ coordinator: Credential?) throws -> Credential {
        let secret = SecretKey.random()
        let credential = Credential(
            name: name, coordinator: coordinator?.coordinator ?? secret.publicKey, secret: secret)
        try SecretFile.write(credential.text, to: file(name))
        return credential
    }
}
