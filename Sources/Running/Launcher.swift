import Leasing
import Messaging

/// What starts the workers of a run, starts the lost again, and ends them.
public protocol Launcher: AnyObject {
    /// Looks after the workers; called between two turns of the coordinator, at least twice a
    /// second. It never waits.
    ///
    /// - Parameter openTrials: How many trials are still to be finished; none: nobody is started.
    /// - Throws: an error that no later look can mend.
    func look(openTrials: Int, at now: Double) throws

    /// Asks the workers to give back what they hold and leave.
    func drain()

    /// Ends the workers that are left, and waits for that, some seconds at most.
    func end()

    /// Takes what people should read, oldest first.
    func takeNotices() -> [String]
}

/// What a launcher is told of the coordinator whose workers it starts.
public struct LaunchSite {
    /// The sweep.
    public let sweep: LoadedSweep
    /// The folder that keeps journal and outcomes.
    public let store: String
    /// Where the coordinator listens.
    public let endpoint: Address
    /// It listens elsewhere than the store's last coordinator, whose workers do not find it.
    public let hasMoved: Bool
    /// How long a worker waits for a coordinator that is gone.
    public let orphanSeconds: Double
    /// What all workers that are started are told.
    public let options: WorkerOptions

    /// The key file of workers that a launcher starts elsewhere: `launched` on the allow-list, the
    /// same for all of them. It is a secret: not for a command line or a log.
    ///
    /// - Throws: ``RunningError`` or `KeyError` when the store's keys cannot be read or changed.
    public func keyText() throws -> String { try KeyFolder(of: store).launched().text }

    /// Writes that key into a file for its owner alone.
    ///
    /// - Throws: ``RunningError`` too when the file cannot be written.
    public func writeKey(to path: String) throws { try SecretFile.write(try keyText(), to: path) }
}
