import Kernels

/// An LSTM layer, forward only or bidirectional.   x (R, D) → h (R, directions · H).
///
/// z = W_ih x_t + b_ih + W_hh h_{t−1} + b_hh;  i, f, o = σ(z_i, z_f, z_o);  g = tanh z_g;
/// c_t = f ∘ c_{t−1} + i ∘ g;  h_t = o ∘ tanh c_t.   The reverse direction starts at each
/// sequence's own last frame. Hochreiter and Schmidhuber 1997; Gers et al. 2000.
///
/// The gates of all directions lie side by side in one row of the work space, interleaved by 16
/// units (`Packing.gateMap`), so that one product makes them all and a cell finds its four gates
/// together. They hold the input's part, then the activations, then, backwards, their gradients.
struct LSTM: Sendable {
    let inputs: Int
    let hidden: Int
    let directions: [Direction]
    /// For each interleaved column its row in PyTorch's order, or −1.
    let gateMap: [Int]
    /// The first column of its states in a mask; directions stand side by side.
    let stateColumn: Int

    /// The tensors of one direction: W_ih (4H, D), W_hh (4H, H), b_ih (4H), b_hh (4H).
    struct Direction: Sendable {
        let inputWeight: ParameterLayout.Entry, recurrentWeight: ParameterLayout.Entry
        let inputBias: ParameterLayout.Entry, recurrentBias: ParameterLayout.Entry

        init(_ layout: inout ParameterLayout, _ name: String, _ suffix: String, _ d: Int, _ h: Int)
        {
            inputWeight = layout.reserve("\(name).weight_ih_\(suffix)", 4 * h, d)
            recurrentWeight = layout.reserve("\(name).weight_hh_\(suffix)", 4 * h, h)
            inputBias = layout.reserve("\(name).bias_ih_\(suffix)", 4 * h)
            recurrentBias = layout.reserve("\(name).bias_hh_\(suffix)", 4 * h)
        }
    }

    /// The layer that PyTorch calls `name`, layer `index` of its stack.
    init(
        _ layout: inout ParameterLayout, _ name: String, index: Int, inputs: Int, hidden: Int,
        bidirectional: Bool
    ) {
        self.inputs = inputs
        self.hidden = hidden
        directions = (bidirectional ? ["l\(index)", "l\(index)_reverse"] : ["l\(index)"]).map {
            Direction(&layout, name, $0, inputs, hidden)
        }
        gateMap = Packing.gateMap(hidden: hidden)
        stateColumn = layout.reserveStates(directions.count * hidden)
    }

    /// The values of a row of its output.
    var outputs: Int { directions.count * hidden }
    /// H rounded up to whole vectors, Hp.
    var padded: Int { gateMap.count / 4 }
    /// The values of a row of gates: directions · 4 Hp.
    var columns: Int { directions.count * gateMap.count }
    /// From one row of gates to the next.
    var gateStep: Int { Packing.step(columns) }
    /// The values of a row of cells: directions · Hp.
    var cellColumns: Int { directions.count * padded }

    /// Glorot's uniform W_ih, orthogonal W_hh, biases 0 but 1 for the forget gate in b_ih.
    func initialise(_ parameters: UnsafeMutablePointer<Float>, from random: inout RandomStream) {
        for direction in directions {
            Initialisation.glorot(
                parameters + direction.inputWeight.offset, rows: 4 * hidden, columns: inputs,
                from: &random)
            Initialisation.orthogonal(
                parameters + direction.recurrentWeight.offset, rows: 4 * hidden, columns: hidden,
                from: &random)
            for unit in hidden..<2 * hidden { parameters[direction.inputBias.offset + unit] = 1 }
        }
    }

    /// Where the layer keeps its values: offsets into the work space.
    struct Space: Sendable {
        /// Gates (R, columns, gateStep apart), cells (R, cellColumns), outputs h (R, outputs).
        var gates = 0, cells = 0, states = 0
        /// Packed W_ih of all directions, packed W_hh one direction after the other, both biases.
        var inputPanels = 0, recurrentPanels = 0, bias = 0
        /// The gradients of h (N, H) and c (N, Hp) that a step hands to the next.
        var dState = 0, dCell = 0
        /// The states before each row of a block (B, H).
        var before = 0
        /// The states that a step continues, or their gradient, through the mask (N, outputs).
        var masked = 0
        /// Gradients of the interleaved weights (columns, D), (columns, H) and biases (columns).
        var dInputWeight = 0, dRecurrentWeight = 0, dBias = 0
        /// What `InstructionSet.gradient` works in.
        var scratch = 0
    }

    /// Plans what the layer keeps between its passes. Without training, all layers share `gates`
    /// and `cells`, which nobody reads after the layer is done.
    func keep(_ batch: SequenceBatch, _ plan: inout WorkspacePlan) -> Space {
        var space = Space()
        space.gates = plan.take(batch.rows * gateStep)
        space.cells = plan.take(batch.rows * cellColumns)
        return space
    }

    /// Plans what the layer needs only within a pass.
    func scratch(
        _ batch: SequenceBatch, training: Bool, _ space: inout Space, _ plan: inout WorkspacePlan
    ) {
        let back = Packing.count(k: columns, n: inputs)
        space.inputPanels = plan.take(max(columns * inputs, training ? back : 0))
        let recurrentBack = directions.count * Packing.count(k: gateMap.count, n: hidden)
        space.recurrentPanels = plan.take(max(columns * hidden, training ? recurrentBack : 0))
        space.bias = plan.take(columns)
        guard training else { return }
        space.dState = plan.take(batch.sequences * hidden)
        space.dCell = plan.take(batch.sequences * padded)
        space.masked = plan.take(batch.sequences * outputs)
        space.before = plan.take(Pass.largestBlock(of: batch) * hidden)
        space.dInputWeight = plan.take(columns * inputs)
        space.dRecurrentWeight = plan.take(columns * hidden)
        space.dBias = plan.take(columns)
        space.scratch = plan.take(InstructionSet.gradientScratch(n: max(inputs, hidden)))
    }
}

/// One time step of one direction, and the step whose state it continues.
struct RecurrentStep {
    /// The first row, and the number of sequences.
    let row: Int, active: Int
    /// The first row of the step before in the direction of the recurrence, and how many
    /// sequences carry a state from there: those that last so long.
    let before: Int, carried: Int
    /// How many rows further on the step after this one lies, in the direction of the recurrence;
    /// 0 at its end.
    let ahead: Int

    /// Step `t`; `reverse` runs from the last frame to the first.
    init(_ batch: SequenceBatch, _ t: Int, reverse: Bool) {
        row = batch.offsets[t]
        active = batch.activeCounts[t]
        let other = reverse ? t + 1 : t - 1
        let exists = other >= 0 && other < batch.frames
        before = exists ? batch.offsets[other] : 0
        carried = exists ? min(active, batch.activeCounts[other]) : 0
        let next = reverse ? t - 1 : t + 1
        ahead = batch.activeCounts.indices.contains(next) ? batch.offsets[next] - row : 0
    }
}
