import Planning

extension Collection<Cell> {
    /// What is printed in red over all that shows scores of these cells; nil where nothing of them
    /// was chosen on the test side.
    var mark: String? {
        let touched = filter { $0.selection == .test }
        guard !touched.isEmpty else { return nil }
        let how = "Chosen on the test side (selection: test), hence too good: "
        if touched.count == count { return how + "everything here." }
        let names = touched.map(\.scheme).distinct.joined(separator: ", ")
        return how + "what is here of \(names)."
    }
}
