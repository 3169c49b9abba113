import Planning

extension Collection<Cell> {
    /// What is printed in red over all that shows scores of these cells; nil where nothing of them
    /// was chosen on the test side, and no partner of what is tested was learnt from.
    var mark: String? {
        let marks = [
            mark("Chosen on the test side (selection: test), hence too good: ") {
                $0.selection == .test
            },
            mark("Learnt from partners too (partner: keep), hence perhaps too good: ") {
                $0.partner == .keep
            },
        ].compactMap { $0 }
        return marks.isEmpty ? nil : marks.joined(separator: " ")
    }

    private func mark(_ how: String, _ isTouched: (Cell) -> Bool) -> String? {
        let touched = filter(isTouched)
        guard !touched.isEmpty else { return nil }
        if touched.count == count { return how + "everything here." }
        let names = touched.map(\.scheme).distinct.joined(separator: ", ")
        return how + "what is here of \(names)."
    }
}
