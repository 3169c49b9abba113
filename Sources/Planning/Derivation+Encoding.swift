import Descriptors

extension CanonicalEncoder {
    /// Writes what is to be derived of a feature set.
    public mutating func derivation(_ derivation: Derivation) {
        number(derivation.windowSeconds)
        switch derivation.kind {
        case .functionals: string("functionals")
        case .words(let learner):
            string("words")
            integer(learner.words)
            integer(learner.assignments)
            optional(learner.gaussianWidth) { $0.number($1) }
            flag(learner.isIterated)
            flag(learner.isStandardised)
            integer(Int(learner.seed))
        }
    }
}

extension CanonicalDecoder {
    /// What is to be derived of a feature set.
    public mutating func derivation() throws(OutcomeError) -> Derivation {
        let windowSeconds = try double()
        let start = offset
        switch try string() {
        case "functionals": return Derivation(kind: .functionals, windowSeconds: windowSeconds)
        case "words":
            var learner = CodebookLearner()
            learner.words = try integer()
            learner.assignments = try integer()
            learner.gaussianWidth = try optional { d throws(OutcomeError) in try d.float() }
            learner.isIterated = try flag()
            learner.isStandardised = try flag()
            learner.seed = Int64(try integer())
            return Derivation(kind: .words(learner), windowSeconds: windowSeconds)
        case let kind: throw .malformed("`\(kind)` is derived", offset: start)
        }
    }
}
