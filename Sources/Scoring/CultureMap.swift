import Planning

/// Which cells of one model and choice of features stand where among cultures: the first scheme of
/// each kind, because two kinds of folds cannot be compared.
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

    init(plan: Plan, cells: [Int], scores: [CellScores]) {
        let schemes = Self.schemes(plan)
        for index in cells where schemes.contains(plan.cells[index].scheme) {
            let cell = plan.cells[index]
            for (test, scores) in scores[index].tests.enumerated() {
                guard let culture = scores.culture else { continue }
                let place = Inference.Place(cell: index, test: test)
                if cell.isOf("pooled") {
                    if pooled[culture] == nil { pooled[culture] = place }
                } else if cell.trainCultures == [culture] {
                    if within[culture] == nil { within[culture] = place }
                } else if cell.trainCultures.count == 1 {
                    pairs.append((Pair(train: cell.trainCultures[0], test: culture), place))
                }
            }
        }
    }

    /// The first scheme of each of the kinds that a matrix of cultures shows.
    static func schemes(_ plan: Plan) -> Set<String> {
        Set(
            ["within-culture", "cross-culture", "pooled"].compactMap { kind in
                plan.cells.first { $0.isOf(kind) }?.scheme
            })
    }

    func within(_ culture: String) -> Inference.Place? { within[culture] }

    func pooled(_ culture: String) -> Inference.Place? { pooled[culture] }

    func cross(from train: String, to test: String) -> Inference.Place? {
        pairs.first { $0.0 == Pair(train: train, test: test) }?.1
    }
}

extension Plan {
    /// The schemes that a matrix of cultures shows: the first of each kind.
    public var matrixSchemes: Set<String> { CultureMap.schemes(self) }
}
