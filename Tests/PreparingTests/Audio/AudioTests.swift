import Kernels
import Testing

@testable import Preparing

/// A WAVE file of these samples.
func wave(_ samples: [Double], rate: Int = 8000, channels: Int = 1, bits: Int = 16) -> [UInt8] {
    func bytes(_ value: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
    let size = bits / 8
    let sound = samples.flatMap { sample -> [UInt8] in
        if bits == 8 { return [UInt8(sample * 128 + 128)] }
        return bytes(Int(sample * Double(1 << (bits - 1))), size)
    }
    return Array("RIFF".utf8) + bytes(36 + sound.count, 4) + Array("WAVEfmt ".utf8) + bytes(16, 4)
        + bytes(1, 2) + bytes(channels, 2) + bytes(rate, 4) + bytes(rate * channels * size, 4)
        + bytes(channels * size, 2) + bytes(bits, 2) + Array("LIST".utf8) + bytes(3, 4)
        + [1, 2, 3, 0] + Array("data".utf8) + bytes(sound.count, 4) + sound
}

/// Sound files and mel spectrograms.
@Suite struct AudioTests {
    private let sound = (0..<1000).map { n in
        (n / 16 % 2 == 0 ? 0.5 : -0.5) + (n < 400 ? 0 : n / 4 % 2 == 0 ? 0.25 : -0.25)
    }

    @Test("PCM of every width, and the mean of channels", arguments: [8, 16, 24, 32])
    func widths(_ bits: Int) throws {
        let mono = try WaveFile(wave(sound, bits: bits))
        #expect(mono.rate == 8000 && mono.samples == sound.map(Float.init))
        let pairs = sound.flatMap { [$0, $0 / 2] }
        let stereo = try WaveFile(wave(pairs, channels: 2, bits: bits))
        #expect(stereo.samples == sound.map { Float($0 * 0.75) })
    }

    @Test("What is no sound, or cut off anywhere, is refused")
    func broken() throws {
        let whole = wave(sound)
        for length in 0..<whole.count where length < 70 || length % 97 == 0 {
            #expect(throws: PreparingError.self) { try WaveFile(Array(whole.prefix(length))) }
        }
        var odd = whole
        odd[34] = 12
        #expect(throws: PreparingError.self) { try WaveFile(odd) }
        var random = RandomStream(seed: 6)
        for _ in 0..<3000 {
            var changed = whole
            changed[random.below(60)] = UInt8(random.below(256))
            _ = try? WaveFile(changed)
        }
    }

    @Test("The Fourier transform is that of the definition")
    func transform() {
        var random = RandomStream(seed: 7)
        for count in [1, 2, 3, 8, 50] {
            let transform = FourierTransform(atLeast: count)
            let values = (0..<transform.size).map { _ in random.normal() }
            for (bin, power) in transform.power(of: values).enumerated() {
                var (real, imaginary) = (0.0, 0.0)
                for (n, value) in values.enumerated() {
                    let angle = 2 * Double.pi * Double(bin * n) / Double(transform.size)
                    real += value * Elementary.cos(angle)
                    imaginary -= value * Elementary.sin(angle)
                }
                #expect((power - real * real - imaginary * imaginary).magnitude < 1e-9)
            }
        }
    }

    @Test(
        "Mel energies equal NumPy's on HTK's scale and Slaney's (References/mel.py)",
        arguments: [
            (MelSpectrogram.Scale.htk, MelReferences.energies),
            (.slaney, MelReferences.slaney),
        ])
    func mel(_ scale: MelSpectrogram.Scale, _ references: [Float]) throws {
        var mel = MelSpectrogram()
        mel.bands = 20
        mel.scale = scale
        let energies = try mel.energies(of: try WaveFile(wave(sound)))
        #expect(energies.rows == MelReferences.frames && energies.columns == 20)
        for (place, frame) in [0, 7].enumerated() {
            for band in 0..<20 {
                let expected = references[20 * place + band]
                #expect((energies[frame, band] - expected).magnitude < 1e-3, "\(frame) \(band)")
            }
        }
    }

    @Test("Silence is -100 dB, and a sound shorter than a frame is refused")
    func edges() throws {
        let silence = try WaveFile(wave([Double](repeating: 0, count: 400)))
        let energies = try MelSpectrogram().energies(of: silence)
        #expect(energies.array.allSatisfy { $0 == -100 })
        let short = try WaveFile(wave([0, 0, 0]))
        #expect(throws: PreparingError.self) { try MelSpectrogram().energies(of: short) }
    }
}
