import Kernels

/// A network behind a learnt projection of its wide modalities.   x (R, D) → p (R, D′) → y (R, O).
///
/// p_m = tanh(P_m x_m + b_m) for a modality wider than the recipe says, P_m (width, D_m); others
/// pass as they are. A gate over 11136 features would have 124 million weights, one over their
/// projection to 64 has four thousand, and 0.7 million stand before it.
struct ProjectedNetwork: PlannedNetwork {
    let layout: ParameterLayout
    let widths: [Int]
    let kernels: InstructionSet
    /// The network behind it, whose tensors come first in the layout.
    let base: any Network
    /// P and b of each modality; nil where it passes as it is.
    let projections: [Dense?]

    /// `makeBase` makes the network for the projected widths.
    init(
        _ recipe: ProjectionRecipe, widths: [Int], kernels: InstructionSet,
        makeBase: ([Int]) throws(NetworkError) -> any Network
    ) throws(NetworkError) {
        base = try makeBase(recipe.widths(from: widths))
        var layout = base.layout
        projections = widths.enumerated().map { m, width in
            recipe.applies(to: width)
                ? Dense(&layout, "projections.\(m)", inputs: width, outputs: recipe.width) : nil
        }
        self.layout = layout
        self.widths = widths
        self.kernels = kernels
    }

    var outputs: Int { base.outputs }
    var representationWidth: Int { base.representationWidth }
    var attention: AttentionShape { base.attention }

    func initialise(_ parameters: UnsafeMutablePointer<Float>, from random: inout RandomStream) {
        parameters.clear(count: layout.count)
        base.initialise(parameters, from: &random)
        for projection in projections { projection?.initialise(parameters, from: &random) }
    }

    /// Where everything lies, after the base's own space.
    struct Space: PlannedSpace {
        let projected: Int, dProjected: Int, panels: Int, scratch: Int, count: Int

        init(_ network: ProjectedNetwork, _ batch: SequenceBatch, training: Bool) {
            let layers = network.projections.compactMap { $0 }
            let width = network.base.widths.reduce(0, +)
            var plan = WorkspacePlan()
            _ = plan.take(network.base.workspaceCount(for: batch, training: training))
            projected = plan.take(batch.rows * width)
            dProjected = plan.take(training ? batch.rows * width : 0)
            panels = plan.take(layers.map(\.panels).max() ?? 0)
            let widest = layers.map(\.inputs).max() ?? 0
            scratch = plan.take(training ? InstructionSet.gradientScratch(n: widest) : 0)
            count = plan.required
        }
    }

    func plan(_ batch: SequenceBatch, training: Bool) -> Space {
        Space(self, batch, training: training)
    }

    func forward(_ pass: Pass, _ space: Space, inputs: Rows, predictions: Rows) {
        let batch = pass.batch
        let projected = pass.space(space.projected, step: base.widths.reduce(0, +))
        eachModality { m, projection, column, target in
            let x = inputs.from(row: 0, column: column)
            let p = projected.from(row: 0, column: target)
            guard let projection else {
                return x.copy(rows: batch.rows, columns: widths[m], to: p)
            }
            let panels = pass.space(space.panels)
            projection.pack(pass, into: panels)
            projection.forward(pass, rows: batch.rows, x, panels: panels, into: p)
            kernels.tanh(rows: batch.rows, n: projection.outputs, p, into: p)
        }
        base.forward(
            batch, inputs: projected.base, parameters: pass.parameters, workspace: pass.workspace,
            training: pass.training, predictions: predictions.base)
    }

    func representation(
        _ batch: SequenceBatch, inputs: UnsafePointer<Float>,
        workspace: UnsafeMutablePointer<Float>
    ) -> Rows {
        let space = Space(self, batch, training: true)
        return base.representation(
            batch, inputs: WorkspacePlan.align(workspace) + space.projected, workspace: workspace)
    }

    func backward(
        _ pass: Pass, _ space: Space, inputs: Rows, dPredictions: Rows, dRepresentation: Rows?,
        gradients: UnsafeMutablePointer<Float>, dInputs: Rows?
    ) {
        let batch = pass.batch
        let (rows, width) = (batch.rows, base.widths.reduce(0, +))
        let projected = pass.space(space.projected, step: width)
        let dProjected = pass.space(space.dProjected, step: width)
        base.backward(
            batch, inputs: projected.base, parameters: pass.parameters, workspace: pass.workspace,
            dPredictions: dPredictions.base, dRepresentation: dRepresentation,
            gradients: gradients, dInputs: dProjected.base)
        eachModality { m, projection, column, target in
            let x = inputs.from(row: 0, column: column)
            let dp = dProjected.from(row: 0, column: target)
            let dx = dInputs?.from(row: 0, column: column)
            guard let projection else {
                if let dx { dp.copy(rows: rows, columns: widths[m], to: dx) }
                return
            }
            kernels.tanhBackward(
                rows: rows, n: projection.outputs, projected.from(row: 0, column: target), dp,
                into: dp)
            projection.backward(
                pass, rows: rows, x, dy: dp, gradients: gradients,
                scratch: pass.space(space.scratch))
            guard let dx else { return }
            let panels = pass.space(space.panels)
            projection.packBackward(pass, into: panels)
            projection.backwardInput(
                pass, rows: rows, dy: dp, panels: panels, start: nil, into: dx)
        }
    }

    /// Each modality with its projection, its first column among the inputs and among what the
    /// network behind reads.
    private func eachModality(_ body: (Int, Dense?, _ column: Int, _ target: Int) -> Void) {
        var (column, target) = (0, 0)
        for (m, projection) in projections.enumerated() {
            body(m, projection, column, target)
            column += widths[m]
            target += base.widths[m]
        }
    }
}
