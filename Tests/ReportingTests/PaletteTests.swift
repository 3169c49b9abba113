import Foundation
import Testing

@testable import Reporting

@Suite struct PaletteTests {
    /// The relative luminance of WCAG 2.1.
    private func luminance(_ colour: String) -> Double {
        let value = Int(colour.dropFirst(), radix: 16)!
        let parts = [value >> 16, value >> 8 & 255, value & 255].map { part -> Double in
            let share = Double(part) / 255
            return share <= 0.03928 ? share / 12.92 : pow((share + 0.055) / 1.055, 2.4)
        }
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
    }

    private func contrast(_ a: String, _ b: String) -> Double {
        let ends = [luminance(a), luminance(b)].sorted()
        return (ends[1] + 0.05) / (ends[0] + 0.05)
    }

    @Test("Text is readable on every band and on the ground, light and dark")
    func readable() {
        for palette in [Palette.light, .dark] {
            #expect(palette.bands.count == 11)
            for (index, band) in palette.bands.enumerated() {
                let found = contrast(band.fill, band.text)
                #expect(found >= 4.5, "band \(index): \(found)")
            }
            #expect(Set(palette.series).count == 6)
            for colour in palette.series {
                #expect(contrast(colour, palette.ground) >= 3, "\(colour)")
            }
            for colour in [palette.ink, palette.muted, palette.alarm] {
                #expect(contrast(colour, palette.ground) >= 4.5)
            }
        }
    }

    @Test("Bands grow darker in print and brighter on a dark ground")
    func ordered() {
        let light = Palette.light.bands.dropFirst().map { luminance($0.fill) }
        let dark = Palette.dark.bands.dropFirst().map { luminance($0.fill) }
        #expect(zip(light, light.dropFirst()).allSatisfy { $0 > $1 })
        #expect(zip(dark, dark.dropFirst()).allSatisfy { $0 < $1 })
    }

    @Test(
        "A band holds a tenth; what is below 0 has its own",
        arguments: [
            (-1.0, 0), (-0.0001, 0), (0, 1), (0.0999, 1), (0.1, 2), (0.95, 10), (1, 10),
        ])
    func bands(_ ccc: Double, _ band: Int) {
        #expect(Palette.band(ccc) == band)
        #expect(Palette.ticks.count == 11)
    }
}
