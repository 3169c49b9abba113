/// Puts whole groups into k folds of about equal size, as scikit-learn's `GroupKFold` does.
///
/// The largest group goes first, each to the fold that is lightest so far; of equal groups the one
/// with the last label goes first, of equal folds the first is taken.
enum GroupKFold {
    /// The fold, from 0, of each group; `sizes` are in the order of the groups' labels.
    ///
    /// ```swift
    /// GroupKFold.folds(sizes: [1, 3, 2, 2], count: 2)  // [0, 0, 1, 1]
    /// ```
    ///
    /// - Precondition: `1 <= count`.
    static func folds(sizes: [Int], count: Int) -> [Int] {
        precondition(count >= 1)
        // A stable ascending order, read backwards.
        let order = sizes.indices.sorted { (sizes[$0], $0) < (sizes[$1], $1) }.reversed()
        var weights = [Int](repeating: 0, count: count)
        var folds = [Int](repeating: 0, count: sizes.count)
        for group in order {
            var lightest = 0
            for fold in weights.indices where weights[fold] < weights[lightest] { lightest = fold }
            weights[lightest] += sizes[group]
            folds[group] = lightest
        }
        return folds
    }

    /// The fold, from 0, of each group when they are dealt in the given order, each to the fold
    /// that is lightest so far: in a random order, a random division.
    ///
    /// - Precondition: `1 <= count`.
    static func dealt(sizes: [Int], count: Int) -> [Int] {
        precondition(count >= 1)
        var weights = [Int](repeating: 0, count: count)
        return sizes.map { size in
            let lightest = weights.indices.min { weights[$0] < weights[$1] }!
            weights[lightest] += size
            return lightest
        }
    }
}

/// What a group is called: it decides between groups of one size.
enum GroupLabel: Hashable {
    /// The value of the column that groups.
    case value(String)
    /// A recording that is its own group, by its place in the order of content.
    case recording(Int)

    /// Whether the value is a whole number as a person writes one.
    private var number: Int? {
        guard case .value(let text) = self, let number = Int(text), String(number) == text else {
            return nil
        }
        return number
    }

    /// The order of these labels: as numbers where all are numbers, else as text, as NumPy sorts a
    /// column of each kind.
    ///
    /// The result holds, for each label, its rank; equal labels have equal ranks.
    static func ranks(_ labels: [GroupLabel]) -> [Int] {
        let numbers = labels.compactMap(\.number)
        let areNumbers = numbers.count == labels.count
        let order = labels.indices.sorted { a, b in
            areNumbers ? numbers[a] < numbers[b] : labels[a].precedes(labels[b])
        }
        var ranks = [Int](repeating: 0, count: labels.count)
        var rank = 0
        for (previous, next) in zip(order, order.dropFirst()) {
            if labels[previous] != labels[next] { rank += 1 }
            ranks[next] = rank
        }
        return ranks
    }

    private func precedes(_ other: GroupLabel) -> Bool {
        switch (self, other) {
        case (.value(let a), .value(let b)): a.utf8.lexicographicallyPrecedes(b.utf8)
        case (.recording(let a), .recording(let b)): a < b
        case (.value, .recording): true
        case (.recording, .value): false
        }
    }
}
