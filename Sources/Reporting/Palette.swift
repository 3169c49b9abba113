/// The colours of a page.
///
/// CCC has eleven bands: below 0 in a warm hue, then tenths in one hue from faint to strong. Values
/// are printed in the cells, so that no colour has to be told from another; text is readable on
/// its band (contrast 4.5 and more, WCAG 2.1 AA).
struct Palette {
    /// One band's fill and the colour of the text on it.
    struct Band {
        let fill: String
        let text: String
    }

    let ground: String
    let ink: String
    let muted: String
    let rule: String
    let alarm: String
    let bands: [Band]
    /// Of lines and points, each at least 3 : 1 against the ground (WCAG 2.1, 1.4.11); they differ
    /// by dashes and signs too.
    let series: [String]

    /// The band of a CCC.
    static func band(_ ccc: Double) -> Int { ccc < 0 ? 0 : min(10, 1 + Int(ccc * 10)) }

    /// The lower ends of the bands, as the legend prints them.
    static let ticks = ["< 0"] + (0..<10).map { "0.\($0)" }

    /// Its colours as custom properties.
    var variables: String {
        let pairs =
            bands.enumerated().map { "--b\($0): \($1.fill); --t\($0): \($1.text);" }
            + series.enumerated().map { "--s\($0): \($1);" }
        return (["""
            --ground: \(ground); --ink: \(ink); --muted: \(muted); --rule: \(rule); \
            --alarm: \(alarm);
            """] + pairs).joined(separator: "\n")
    }

    static let light = Palette(
        ground: "#ffffff", ink: "#16202a", muted: "#566472", rule: "#d5dce3", alarm: "#b3261e",
        bands: bands(
            below: "#f6d6bd",
            [
                "#f2f7fc", "#dfebf7", "#cadef0", "#adcfe6", "#8abfdd", "#65aad3", "#4a96ca",
                "#2470ae", "#125ca4", "#08407f",
            ], dark: 0..<8, ink: "#10202e", paper: "#ffffff"),
        series: ["#0b5cad", "#b3541e", "#2e7d32", "#7b3fa0", "#8a6d00", "#00727d"])

    static let dark = Palette(
        ground: "#10161c", ink: "#e6ebf0", muted: "#9fadba", rule: "#34414d", alarm: "#ff8a80",
        bands: bands(
            below: "#5a3520",
            [
                "#17222d", "#1b2c3c", "#1d384f", "#204664", "#245479", "#2b6492", "#3473a6",
                "#5c9bca", "#82b7dc", "#b0d4ee",
            ], dark: 8..<11, ink: "#0b1520", paper: "#f2f6fa"),
        series: ["#6cb2f0", "#f0a26c", "#7ccf80", "#c79be6", "#d9c04d", "#5cc8d0"])

    /// `dark` are the bands with dark text.
    private static func bands(
        below: String, _ fills: [String], dark: Range<Int>, ink: String, paper: String
    ) -> [Band] {
        ([below] + fills).enumerated().map { index, fill in
            Band(fill: fill, text: dark.contains(index) ? ink : paper)
        }
    }
}
