/// Finds the weights of a linear model, whose training frames it took in when it was made.
protocol LinearSolver {
    /// For each target its weights (D), then its intercept, under one candidate.
    ///
    /// What `progress` throws ends the search.
    func solution(_ candidate: Double, _ progress: () throws -> Void) throws -> [[Double]]
}
