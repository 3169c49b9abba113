import Testing

@testable import Reporting

@Suite struct FixedTests {
    @Test(
        "Numbers have a fixed number of decimals and no negative zero",
        arguments: [
            (0.4124, "0.412"), (0.4126, "0.413"), (-0.5, "-0.500"), (0, "0.000"),
            (-0.0, "0.000"), (-0.0004, "0.000"), (0.0005, "0.001"), (1, "1.000"),
            (12.3456, "12.346"), (0.9996, "1.000"), (-123.4, "-123.400"),
            (1e300, "1e+300"), (.infinity, "inf"),
        ])
    func decimals(_ value: Double, _ text: String) {
        #expect(Fixed.text(value) == text)
    }

    @Test("Other numbers of decimals, none among them")
    func otherDecimals() {
        #expect(Fixed.text(2.5, decimals: 0) == "3")
        #expect(Fixed.text(0.2, decimals: 2) == "0.20")
        #expect(Fixed.text(-0.2, decimals: 0) == "0")
    }

    @Test("Every number of three decimals is written as it is")
    func roundTrip() {
        for thousandths in -2500...2500 {
            let value = Double(thousandths) / 1000
            #expect(Double(Fixed.text(value)) == value)
        }
    }

    @Test(
        "Whole numbers are grouped by threes",
        arguments: [
            (0, "0"), (999, "999"), (1000, "1,000"), (70856, "70,856"), (-1_234_567, "-1,234,567"),
        ])
    func groups(_ value: Int, _ text: String) {
        #expect(Fixed.grouped(value) == text)
    }

    @Test("A range names its ends once where they are equal")
    func ranges() {
        #expect(Fixed.range([8, 12, 10]) == "8–12")
        #expect(Fixed.range([8, 8]) == "8")
        #expect(Fixed.range([]) == "-")
    }

    @Test("Settings stand as they were written, shares in per cent")
    func settings() {
        #expect([100_000, 0.98, 0.002, 1].map(Fixed.plain) == ["100000", "0.98", "0.002", "1"])
        #expect([0.2, 0.29, 0.125].map(Fixed.percent) == ["20 %", "29 %", "12.5 %"])
    }

    @Test("Control characters become visible")
    func printable() {
        #expect("a\u{1B}[31m\nb\u{2028}".printable == "a\u{FFFD}[31m\u{FFFD}b\u{FFFD}")
        #expect("Köln → Győr 🙂".printable == "Köln → Győr 🙂")
    }
}
