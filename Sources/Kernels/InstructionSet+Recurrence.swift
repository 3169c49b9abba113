import CKernels

extension InstructionSet {
    /// One time step of an LSTM over some sequences: z = gates + h_before · W, then the cell.
    ///
    /// `gates` (rows, 4 Hp): in, what the input contributes; out, the activations, interleaved as
    /// in `Packing.gateMap`. `weights`: packed (H, 4 Hp). `hBefore` (rows, H) and `cBefore`
    /// (rows, Hp): the state before, nil for zero → `c` (rows, Hp), `h` (rows, H).   Hp is H
    /// rounded up to 16.   c = f ∘ c_before + i ∘ g; h = o ∘ tanh c.   `ahead` rows further on lie
    /// the gates of the step to come, which are fetched meanwhile; 0 fetches nothing.
    ///
    /// - Precondition: `hBefore` has the step of `h`, `cBefore` that of `c`.
    public func lstmForward(
        rows: Int, hidden: Int, gates: Rows, ahead: Int = 0, weights: UnsafePointer<Float>,
        hBefore: Rows?, cBefore: Rows?, into h: Rows, c: Rows
    ) {
        precondition(hBefore?.step ?? h.step == h.step && cBefore?.step ?? c.step == c.step)
        table.pointee.lstm_forward(
            rows, hidden, gates.base, gates.step, ahead, weights, hBefore?.base, h.base, h.step,
            cBefore?.base, c.base, c.step)
    }

    /// The same step backwards, up to the recurrent product.
    ///
    /// `dh` (rows, H); `gates` in: the activations, out: their gradients before the nonlinearity;
    /// `dc` (rows, Hp, without gaps) in: the gradient of c, out: that of c_before.
    public func lstmBackward(
        rows: Int, hidden: Int, gates: Rows, ahead: Int = 0, cBefore: Rows?, c: Rows, dh: Rows,
        dc: UnsafeMutablePointer<Float>
    ) {
        precondition(cBefore?.step ?? c.step == c.step)
        table.pointee.lstm_backward(
            rows, hidden, gates.base, gates.step, ahead, cBefore?.base, c.base, c.step, dh.base,
            dh.step, dc)
    }
}
