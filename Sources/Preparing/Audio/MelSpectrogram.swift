import Kernels

/// Energies of sound in bands that are even on the mel scale, in decibels.
///
/// Frames of `windowSeconds` under a Hann window, every `hopSeconds`, the first from sample 0; the
/// power of their Fourier transform, summed under triangles whose corners are even from 0 Hz to
/// half the rate on the mel scale; 10 log₁₀ of it, not below ``floor``.
public struct MelSpectrogram: Hashable, Sendable {
    /// The number of bands. The default is 128, as Deep Spectrum draws.
    public var bands = 128
    /// The length of a frame. The default is 25 ms.
    public var windowSeconds = 0.025
    /// Seconds between two frames. The default is 10 ms.
    public var hopSeconds = 0.01
    /// The mel scale. The default is HTK's.
    public var scale = Scale.htk

    /// What is even in pitch, and how high the triangles are.
    public enum Scale: String, Hashable, Sendable, CaseIterable {
        /// 2595 log₁₀(1 + f / 700), triangles of height 1.   Young et al., "The HTK Book".
        case htk
        /// Linear below 1 kHz and logarithmic above, triangles of area 1.   Slaney 1998, "Auditory
        /// Toolbox"; the default of librosa and Deep Spectrum.
        case slaney
    }

    /// The least value, in decibels: that of silence.
    public static let floor: Float = -100

    /// A spectrogram of these defaults.
    public init() {}

    /// The settings, in words.
    public var summary: String {
        "mel (\(scale.rawValue)), \(bands) bands, Hann window \(windowSeconds) s, "
            + "hop \(hopSeconds) s, dB"
    }

    /// The columns' names.
    public var columns: [String] { (0..<bands).map { "mel_\($0)" } }

    /// The energies (frames, bands) of `sound`; frame n begins n hops after its first sample.
    ///
    /// - Throws: ``PreparingError`` when the sound is shorter than a frame, or a frame has less
    ///   than two samples.
    public func energies(of sound: WaveFile) throws(PreparingError) -> Matrix {
        let window = Int((windowSeconds * Double(sound.rate)).rounded())
        let hop = Int((hopSeconds * Double(sound.rate)).rounded())
        guard window >= 2, hop >= 1, bands >= 1 else {
            throw PreparingError(
                problem: """
                    at \(sound.rate) Hz a window of \(windowSeconds) s has \(window) samples and a \
                    hop of \(hopSeconds) s \(hop); 2 and 1 are the least. Give longer ones.
                    """)
        }
        guard sound.samples.count >= window else {
            throw PreparingError(
                problem: """
                    the sound has \(sound.samples.count) samples and a frame \(window). Give a \
                    longer one, or a shorter window.
                    """)
        }
        let frames = (sound.samples.count - window) / hop + 1
        let transform = FourierTransform(atLeast: window)
        let hann = (0..<window).map { n in
            0.5 - 0.5 * Elementary.cos(2 * .pi * Double(n) / Double(window))
        }
        let filters = filters(rate: sound.rate, size: transform.size)
        var values = [Float](repeating: 0, count: frames * bands)
        for frame in 0..<frames {
            var real = [Double](repeating: 0, count: transform.size)
            for n in 0..<window {
                real[n] = Double(sound.samples[frame * hop + n]) * hann[n]
            }
            let power = transform.power(of: real)
            for (band, filter) in filters.enumerated() {
                var sum = 0.0
                for (offset, weight) in filter.weights.enumerated() {
                    sum += weight * power[filter.first + offset]
                }
                let decibels = 10 * Elementary.log(max(sum, 1e-10)) / MelSpectrogram.logTen
                values[frame * bands + band] = Float(decibels)
            }
        }
        return Matrix(rows: frames, columns: bands, values: values)
    }

    fileprivate static let logTen = Elementary.log(10)

    /// A triangle over some bins of the transform.
    private struct Filter {
        var first: Int
        var weights: [Double]
    }

    private func filters(rate: Int, size: Int) -> [Filter] {
        let top = scale.mel(Double(rate) / 2)
        let corners = (0...bands + 1).map { n in
            scale.hertz(top * Double(n) / Double(bands + 1))
        }
        return (0..<bands).map { band in
            let (low, centre, high) = (corners[band], corners[band + 1], corners[band + 2])
            let height = scale == .slaney ? 2 / (high - low) : 1
            let weights = (0...size / 2).map { bin in
                let hertz = Double(bin) * Double(rate) / Double(size)
                let rise = (hertz - low) / (centre - low)
                return max(0, height * min(rise, (high - hertz) / (high - centre)))
            }
            let first = weights.firstIndex { $0 > 0 } ?? 0
            let last = weights.lastIndex { $0 > 0 } ?? -1
            return Filter(first: first, weights: last < first ? [] : Array(weights[first...last]))
        }
    }
}

extension MelSpectrogram.Scale {
    /// Slaney's: hertz in a mel below 1 kHz, mels there, and the step of the logarithm above.
    private static let linear = (hertz: 200.0 / 3, mels: 15.0, step: Elementary.log(6.4) / 27)

    /// The pitch of a frequency.
    fileprivate func mel(_ hertz: Double) -> Double {
        switch self {
        case .htk: 2595 * Elementary.log(1 + hertz / 700) / MelSpectrogram.logTen
        case .slaney where hertz < 1000: hertz / Self.linear.hertz
        case .slaney: Self.linear.mels + Elementary.log(hertz / 1000) / Self.linear.step
        }
    }

    /// The frequency of a pitch.
    fileprivate func hertz(_ mel: Double) -> Double {
        switch self {
        case .htk: 700 * (Elementary.pow(10, mel / 2595) - 1)
        case .slaney where mel < Self.linear.mels: mel * Self.linear.hertz
        case .slaney: 1000 * Elementary.exp((mel - Self.linear.mels) * Self.linear.step)
        }
    }
}

/// The discrete Fourier transform of real numbers, by radix 2.   Cooley and Tukey 1965.
struct FourierTransform {
    /// The number of values: a power of two.
    let size: Int
    private let cosines: [Double]
    private let sines: [Double]

    /// A transform of the least power of two that holds `count` values.
    init(atLeast count: Int) {
        var size = 1
        while size < count { size *= 2 }
        self.size = size
        cosines = (0..<size / 2).map { [size] in
            Elementary.cos(2 * .pi * Double($0) / Double(size))
        }
        sines = (0..<size / 2).map { [size] in
            -Elementary.sin(2 * .pi * Double($0) / Double(size))
        }
    }

    /// The squared magnitudes of bins 0 to size / 2.
    ///
    /// - Precondition: There are `size` values.
    func power(of values: [Double]) -> [Double] {
        precondition(values.count == size)
        var real = values
        var imaginary = [Double](repeating: 0, count: size)
        var target = 0
        for place in 1..<max(1, size) {
            var bit = size / 2
            while target & bit != 0 {
                target ^= bit
                bit /= 2
            }
            target |= bit
            if place < target { real.swapAt(place, target) }
        }
        var length = 2
        while length <= size {
            let step = size / length
            for start in stride(from: 0, to: size, by: length) {
                for k in 0..<length / 2 {
                    let (cosine, sine) = (cosines[k * step], sines[k * step])
                    let low = start + k
                    let high = low + length / 2
                    let r = real[high] * cosine - imaginary[high] * sine
                    let i = real[high] * sine + imaginary[high] * cosine
                    (real[high], imaginary[high]) = (real[low] - r, imaginary[low] - i)
                    (real[low], imaginary[low]) = (real[low] + r, imaginary[low] + i)
                }
            }
            length *= 2
        }
        return (0...size / 2).map { real[$0] * real[$0] + imaginary[$0] * imaginary[$0] }
    }
}
