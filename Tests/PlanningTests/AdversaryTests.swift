import Networks
import Testing

@testable import Planning

@Suite("Adversaries in a plan") struct AdversaryPlanTests {
    private func plan(_ schemes: [Scheme], _ weights: [Double?]) throws -> Plan {
        let models = weights.enumerated().map { index, weight in
            recipe("model\(index)") { $0.adversaryWeight = weight }
        }
        var sweep = sweep(change: { $0.models = models })
        sweep.schemes = schemes
        return try Plan(sweep: sweep, corpora: [filmCorpus()])
    }

    private let pooled = Scheme.pooled(folds: 4, group: "run")
    private let across = Scheme.crossCulture(folds: 4, group: "run")

    @Test("The weight flips the key of a cell that trains on two cultures, and is its ingredient")
    func keyed() throws {
        let plan = try plan([pooled], [nil, 0.3, 0.5])
        #expect(plan.uniqueKeys.count == plan.trials.count)
        let trials = (0..<3).map { cell in plan.trials.first { $0.cell == cell }! }
        let plain = plan.ingredients(of: trials[0])
        let weak = plan.ingredients(of: trials[1])
        let added = plain.differences(to: weak)
        #expect(added == [.init(name: "adversary weight", old: nil, new: "0.3")])
        let changed = weak.differences(to: plan.ingredients(of: trials[2]))
        #expect(changed == [.init(name: "adversary weight", old: "0.3", new: "0.5")])
    }

    @Test("A cell that trains on one culture has no adversary: it is the plain model's trial")
    func oneCulture() throws {
        let plan = try plan([pooled, across], [nil, 0.3])
        for cell in plan.cells where cell.recipe.name == "model1" {
            #expect((cell.recipe.adversaryWeight == nil) == (cell.trainCultures.count == 1))
        }
        func keys(_ model: String, _ scheme: String) -> [TrialKey] {
            plan.trials.filter {
                let cell = plan.cells[$0.cell]
                return cell.recipe.name == model && cell.scheme == scheme
            }.map(\.key)
        }
        #expect(keys("model0", "cross-culture") == keys("model1", "cross-culture"))
        #expect(Set(keys("model0", "pooled")).isDisjoint(with: keys("model1", "pooled")))
    }

    @Test("An adversary that no cell could use is refused with the model, a cell and the way out")
    func useless() {
        #expect {
            _ = try plan([across], [nil, 0.3])
        } throws: {
            "\($0)" == """
                The adversary of model `model1` tells cultures apart, but every cell of the sweep \
                trains on one culture, such as cross-culture DE→IT av model1. Add the scheme \
                `pooled`, or leave `adversary` out.
                """
        }
    }
}
