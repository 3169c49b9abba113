/// Finds the word that a person probably meant.
public enum Spelling {
    /// The word of `known` with the smallest edit distance to `word`; nil when `known` is empty.
    ///
    /// An edit inserts, deletes or replaces a character or swaps two neighbours (optimal string
    /// alignment, Damerau 1964). Case does not count. Of words equally near the first is taken, so
    /// give `known` in a fixed order.
    ///
    /// ```swift
    /// Spelling.nearest("modaltiy", in: ["file", "modality", "width"])  // "modality"
    /// ```
    public static func nearest(_ word: String, in known: some Sequence<String>) -> String? {
        var best: (word: String, distance: Int)?
        for candidate in known {
            let distance = distance(word, candidate)
            if best.map({ distance < $0.distance }) ?? true { best = (candidate, distance) }
        }
        return best?.word
    }

    /// The number of edits between two words.
    static func distance(_ a: String, _ b: String) -> Int {
        let a = Array(a.lowercased())
        let b = Array(b.lowercased())
        // Row i holds the distances from the first i characters of `a` to each prefix of `b`.
        var twoBack: [Int] = []
        var oneBack = Array(0...b.count)
        for i in a.indices {
            var row = [i + 1]
            for j in b.indices {
                var edits = min(oneBack[j + 1] + 1, row[j] + 1, oneBack[j] + (a[i] == b[j] ? 0 : 1))
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
                    edits = min(edits, twoBack[j - 1] + 1)
                }
                row.append(edits)
            }
            twoBack = oneBack
            oneBack = row
        }
        return oneBack[b.count]
    }
}
