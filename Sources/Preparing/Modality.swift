import Kernels

/// A modality of the embedded corpus: how emotions become its features.
struct Modality: Sendable {
    let name: String
    /// The number of features, D.
    let width: Int
    /// Each culture's map (D, K), by its label.
    private let maps: [String: [[Double]]]
    /// How the slow nuisances move the features (D, `Modality.nuisances`); shared by all cultures.
    private let nuisanceMap: [[Double]]

    private static let nuisances = 2
    /// A feature answers at once or through a one-pole filter: time constants taken in turn.
    private static let responseSeconds = [0, 0.5, 1]
    /// The standard deviation of tanh(0.8 z) for a standard normal z, so that e has variance 1.
    private static let emotionDeviation = 0.56
    /// The standard deviation of a subject's constant offset of a feature.
    private static let offsetDeviation = 0.3

    /// A modality that shows target k with weight `weights[k]`.
    init(name: String, width: Int, weights: [Double], parameters: SynthesisParameters) {
        self.name = name
        self.width = width
        func map(_ purpose: String, _ weights: [Double]) -> [[Double]] {
            var random = parameters.stream("map/\(name)/\(purpose)")
            return (0..<width).map { _ in weights.map { $0 * random.normal() } }
        }
        let common = map("common", weights)
        let shift = parameters.cultureShift
        let norm = ((1 - shift) * (1 - shift) + shift * shift).squareRoot()
        maps = Dictionary(
            uniqueKeysWithValues: parameters.cultures.map { culture in
                let own = map("culture \(culture)", weights)
                let mixed = zip(common, own).map { common, own in
                    zip(common, own).map { ((1 - shift) * $0 + shift * $1) / norm }
                }
                return (culture, mixed)
            })
        nuisanceMap = map("nuisance", [Double](repeating: 1, count: Modality.nuisances))
    }

    /// Features (T, D) of `emotions` (K, lag + T), which begin a lag before the first frame: the
    /// features of frame t show the emotion of index lag + t.
    func features(
        of emotions: [[Double]], frames: Int, culture: String,
        _ parameters: SynthesisParameters, _ random: inout RandomStream
    ) -> Matrix {
        let nuisances = (0..<Modality.nuisances).map { _ in
            SlowProcess(seconds: 4, hopSeconds: parameters.hopSeconds).trace(frames, &random)
        }
        var values = [Float](repeating: 0, count: frames * width)
        let map = maps[culture]!
        for j in 0..<width {
            let offset = Modality.offsetDeviation * random.normal()
            let seconds = Modality.responseSeconds[j % Modality.responseSeconds.count]
            let memory = seconds > 0 ? Elementary.exp(-parameters.hopSeconds / seconds) : 0
            let drive = response(to: emotions, through: map[j], memory: memory)
            for t in 0..<frames {
                var input = drive[drive.count - frames + t]
                for (n, nuisance) in nuisances.enumerated() {
                    input += parameters.nuisance * nuisanceMap[j][n] * nuisance[t]
                }
                let signal = 2 * Elementary.tanh(0.5 * input) + offset
                values[t * width + j] = Float(signal + parameters.featureNoise * random.normal())
            }
        }
        return Matrix(rows: frames, columns: width, values: values)
    }

    /// One feature's answer (lag + T) to `emotions` (K, lag + T), filtered by `memory`.
    private func response(
        to emotions: [[Double]], through weights: [Double], memory: Double
    ) -> [Double] {
        var answer: [Double] = []
        answer.reserveCapacity(emotions[0].count)
        for t in emotions[0].indices {
            var input = 0.0
            for k in emotions.indices {
                input += weights[k] * emotions[k][t] / Modality.emotionDeviation
            }
            answer.append(memory * (answer.last ?? input) + (1 - memory) * input)
        }
        return answer
    }
}
