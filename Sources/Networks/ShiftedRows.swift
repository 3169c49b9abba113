import Kernels

/// Rows of a packed batch beside the rows of the same sequences some frames later or earlier.
///
/// In packed rows (time-major, longest sequence first) the frames of a step that exist `shift`
/// frames away are a run of rows, and so are their partners. Steps whose runs touch on both sides
/// are one run.
struct ShiftedRows {
    /// The first row, its partner, and how many follow.
    let row: Int, partner: Int, count: Int

    /// The runs of these time steps; frames without a partner are in none.
    static func runs(_ batch: SequenceBatch, _ steps: Range<Int>, shift: Int) -> [ShiftedRows] {
        var runs: [ShiftedRows] = []
        for t in steps where (0..<batch.frames).contains(t + shift) {
            let (row, partner) = (batch.offsets[t], batch.offsets[t + shift])
            let count = min(batch.activeCounts[t], batch.activeCounts[t + shift])
            if let last = runs.last, last.row + last.count == row,
                last.partner + last.count == partner
            {
                runs[runs.count - 1] = ShiftedRows(
                    row: last.row, partner: last.partner, count: last.count + count)
            } else {
                runs.append(ShiftedRows(row: row, partner: partner, count: count))
            }
        }
        return runs
    }
}
