import Corpora
import Kernels

/// The identity of a trial: SHA-256 of what determines its numbers, and of nothing else.
///
/// It covers the numerics version and class; for each recording of the split's three lists the
/// digests of the matrices used, its culture and its values of the columns that group; the targets
/// and the widths and hops of the features; the recipe; and the seed's index. It does not cover
/// ids, paths, names, comments, the order of a grid, the number of folds or of workers.
public struct TrialKey: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The digest.
    public let digest: Digest

    /// The key with this digest.
    public init(digest: Digest) { self.digest = digest }

    /// The key written as 64 hexadecimal digits, or nil when `hex` is anything else.
    public init?(hex: some StringProtocol) {
        guard let digest = Digest(hex: hex) else { return nil }
        self.digest = digest
    }

    /// 64 lower-case hexadecimal digits.
    public var description: String { digest.description }

    /// The trial's own random numbers for one use, such as `weights` or `order`.
    ///
    /// They follow from the key alone: not from the worker, the attempt, or what ran before.
    public func random(_ purpose: String) -> RandomStream {
        RandomStream(digest: Digest(of: digest.bytes + Array(purpose.utf8)).bytes)
    }

    /// The key of a part of the trial, such as one of several networks: it names random numbers of
    /// the part's own, and no outcome.
    public func part(_ purpose: String) -> TrialKey {
        TrialKey(digest: Digest(of: digest.bytes + Array(purpose.utf8)))
    }

    /// Orders by the bytes.
    public static func < (a: TrialKey, b: TrialKey) -> Bool { a.digest < b.digest }
}
