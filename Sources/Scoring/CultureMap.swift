import Planning

/// Which cells of one model and choice of features stand where among cultures.
struct CultureMap {
    /// A culture that is trained on and another one that is tested.
    struct Pair: Hashable {
        let train: String
        let test: String
    }

    /// Cross-culture tests, in the plan's order.
    private(set) var pairs: [(Pair, Inference.Place)] = []
    private var within: [String: Inference.Place] = [:]
    private var pooled: [String: Inference.Place] = [:]

    /// The places of `cells`, which are of one family.
    init(plan: Plan, cells: [Int], scores: [CellScores]) {
        for index in cells {
            let cell = plan.cells[index]
            for (test, scores) in scores[index].tests.enumerated() {
                guard let culture = scores.culture else { continue }
                let place = Inference.Place(cell: index, test: test)
                if cell.isPooled {
                    if pooled[culture] == nil { pooled[culture] = place }
                } else if cell.trainCultures == [culture] {
                    if within[culture] == nil { within[culture] = place }
                } else {
                    pairs.append((Pair(train: cell.trainCultures[0], test: culture), place))
                }
            }
        }
    }

    func within(_ culture: String) -> Inference.Place? { within[culture] }

    func pooled(_ culture: String) -> Inference.Place? { pooled[culture] }

    func cross(from train: String, to test: String) -> Inference.Place? {
        pairs.first { $0.0 == Pair(train: train, test: test) }?.1
    }
}

/// Schemes whose scores stand in one matrix of cultures, with its gaps and asymmetries.
public struct MatrixFamily: Hashable, Sendable {
    /// The schemes, in the plan's order.
    public let schemes: [String]
    /// The scheme that is a family alone, because its training sides or test sides are its own; nil
    /// is the family of within-culture, cross-culture and pooled.
    public let scheme: String?

    /// Whether a cell is of one of its schemes.
    public func holds(_ cell: Cell) -> Bool { schemes.contains(cell.scheme) }
}

extension Plan {
    /// The matrices of cultures that a report shows: one of the first schemes of the kinds
    /// within-culture, cross-culture and pooled together, because two kinds of folds cannot be
    /// compared; then one of each other scheme that tests a culture both from itself and from
    /// another one, such as size-matched.
    public var matrixFamilies: [MatrixFamily] {
        var firsts: Set<String> = []
        for kind in [Scheme.Kind.withinCulture, .crossCulture, .pooled] {
            if let cell = cells.first(where: { $0.kind == kind }) { firsts.insert(cell.scheme) }
        }
        var schemes: [String] = []
        for cell in cells where schemes.last != cell.scheme { schemes.append(cell.scheme) }
        let shared = MatrixFamily(schemes: schemes.filter(firsts.contains), scheme: nil)
        let meets = cells.contains { shared.holds($0) && $0.kind != .withinCulture }
        let alone = schemes.filter { scheme in
            // Two corpora may be of one culture.
            let single = cells.filter {
                $0.scheme == scheme && $0.kind != .crossCorpus && $0.trainCultures.count == 1
            }
            return single.contains { $0.testCultures == $0.trainCultures }
                && single.contains { $0.testCultures != $0.trainCultures }
        }
        return (meets ? [shared] : [])
            + alone.map { MatrixFamily(schemes: [$0], scheme: $0) }
    }
}

extension Cell {
    /// Whether it learns from several cultures at once, or is of the pooled scheme.
    public var isPooled: Bool { kind == .pooled || trainCultures.count > 1 }
}
