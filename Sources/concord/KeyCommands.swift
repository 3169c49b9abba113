import ArgumentParser
import Running

/// `concord keys`: who may take part in a sweep.
struct KeysCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys",
        abstract: "Say which workers may take part in a sweep.",
        discussion: """
            A store has a key of its own and a list of the keys that it admits; both are made by \
            themselves. Give a worker on another machine a key file (`new`) or, so that no secret \
            is copied, a token that is good once (`token`). A running coordinator follows every \
            change at once.
            """,
        subcommands: [
            KeysNewCommand.self, KeysTokenCommand.self, KeysListCommand.self,
            KeysRevokeCommand.self,
        ])
}

/// `concord keys new`: key files.
struct KeysNewCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "new",
        abstract: "Make a store's keys, and a key file for each worker that is named.",
        discussion: """
            Take a worker's file to its machine over a safe way, such as scp, and start `concord \
            work ADDRESS --key FILE`. Any number of workers may share a file.
            """)

    @Argument(help: "What workers are called: letters, digits, dots and dashes.")
    var names: [String] = []

    @Option(help: "The sweep's store; made if it is missing.")
    var store: String

    func run() throws {
        try conclude {
            let keys = try StoreKeys(making: store)
            for name in names { Terminal.show(try keys.makeWorker(name)) }
            return .done
        }
    }
}

/// `concord keys token`: a token.
struct KeysTokenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token",
        abstract: "Print a token that lets one worker join, once.",
        discussion: """
            The worker makes a key of its own and enrols it with the token: `concord work ADDRESS \
            --token TOKEN`. The token is a secret until it is used or has expired; it is printed \
            here and kept nowhere.
            """)

    @Argument(help: "What the worker is called (default: worker-1 and so on).")
    var name: String?

    @Option(help: "The sweep's store.")
    var store: String

    @Option(help: "For how many hours it is good.")
    var hours = 24.0

    func validate() throws {
        if !(0.0001...8784).contains(hours) {
            throw ValidationError("--hours must lie between 0.0001 and 8784, a year.")
        }
    }

    func run() throws {
        try conclude {
            let made = try StoreKeys(making: store).makeToken(name, seconds: hours * 3600)
            Terminal.show(made.token)
            let number = hours == hours.rounded() ? "\(Int(hours))" : "\(hours)"
            let span = hours == 1 ? "an hour" : "\(number) hours"
            Terminal.complain("concord: a token for \(made.name), good once, for \(span)")
            return .done
        }
    }
}

/// `concord keys list`: all of them.
struct KeysListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List keys and tokens: name, role, state, public key.")

    @Option(help: "The sweep's store.")
    var store: String

    func run() throws {
        try conclude {
            Terminal.show(try StoreKeys(of: store).table())
            return .done
        }
    }
}

/// `concord keys revoke`: not any more.
struct KeysRevokeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "Admit a key or token no more.",
        discussion: """
            A worker that is connected under it is told so and leaves; its trials are given to \
            others at once. The owner's key is replaced by a new one.
            """)

    @Argument(help: "The key's or token's name, as `concord keys list` shows it.")
    var names: [String]

    @Option(help: "The sweep's store.")
    var store: String

    func run() throws {
        try conclude {
            let keys = try StoreKeys(of: store)
            for name in names {
                try keys.revoke(name)
                Terminal.complain(
                    name == StoreKeys.owner
                        ? "concord: the owner has a new key; the old one is admitted no more"
                        : "concord: \(name) is admitted no more")
            }
            return .done
        }
    }
}
