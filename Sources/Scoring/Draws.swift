import Corpora
import Kernels

/// The resamples and permutations of each set of groups, drawn once: the same groups always have
/// the same, so that whatever is tested on them can be compared in pairs.
struct Draws {
    private var drawn: [Digest: Resamples] = [:]
    private var flipped: [Digest: SignFlips] = [:]

    /// The resamples of the groups that `content` names.
    mutating func resamples(_ content: Digest, _ strata: [Int], count: Int) -> Resamples {
        if let known = drawn[content] { return known }
        let fresh = Resamples(
            count: count, strata: strata, random: RandomStream(digest: content.bytes))
        drawn[content] = fresh
        return fresh
    }

    /// The permutations of the groups.
    mutating func flips(_ grouping: RecordingGroups) -> SignFlips {
        if let known = flipped[grouping.content] { return known }
        let seed = Digest(of: Array("sign flips".utf8) + grouping.content.bytes)
        let fresh = SignFlips(groups: grouping.count, random: RandomStream(digest: seed.bytes))
        flipped[grouping.content] = fresh
        return fresh
    }
}
