import Networks
import Yams

extension NetworkRecipe {
    /// The network and its sizes as YAML, for a model that is read back by ``init(text:)``.
    ///
    /// - Throws: an error of the encoder, which no recipe provokes.
    public func text() throws -> String {
        let encoder = YAMLEncoder()
        encoder.options.sortKeys = true
        return try encoder.encode(self)
    }

    /// The network that ``text()`` wrote; nil when it is none that this program knows.
    public init?(text: String) {
        guard let recipe = try? YAMLDecoder().decode(NetworkRecipe.self, from: text) else {
            return nil
        }
        self = recipe
    }
}
