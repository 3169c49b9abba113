import Corpora
import Foundation
import Kernels
import Scoring
import Testing

@testable import Reporting

/// The page about a corpus.
@Suite struct CorpusPageTests {
    private func page(name: String = "toy", hasDyads: Bool = true) -> CorpusPage {
        let location = MatrixLocation(file: "f.h5", dataset: "{id}/x")
        let people = ["DE", "DE", "HU"].enumerated().map { index, culture in
            Recording(
                id: "r\(index)", culture: culture, frames: 50,
                columns: [
                    "partition": index == 1 ? "devel" : "train",
                    "dyad": hasDyads ? "\(index / 2)" : "",
                ].filter { !$0.value.isEmpty },
                digests: ["audio": Digest(of: [UInt8(index / 2)]), "targets": Digest(of: [9])])
        }
        var profile = CorpusProfile(
            of: Corpus(
                name: name, hopSeconds: 0.1, dataRoot: ".", targets: ["arousal"], gold: location,
                featureSets: [
                    FeatureSet(
                        name: "audio", modality: "audio", width: 2, hopSeconds: 0.1,
                        location: location)
                ], groups: [], recordings: people))
        for index in people.indices {
            let values = (0..<50).map { Float(($0 * (index + 3)) % 17) / 17 - 0.5 }
            profile.add(
                gold: Matrix(rows: 50, columns: 1, values: values), mask: nil, ofRecording: index)
            profile.add(
                Matrix(rows: 50, columns: 2, values: values + values),
                mask: [UInt8](repeating: 1, count: 49) + [0], set: 0, ofRecording: index)
            if index < 2 {
                profile.add(
                    raters: (1...3).map { rater in
                        [values.map { Double($0) * Double(rater) }]
                    }, ofRecording: index)
            }
        }
        return CorpusPage(profile)
    }

    @Test("Both forms hold every part and the same numbers")
    func parts() {
        let page = page()
        let titles = [
            "Recordings", "Gold traces", "Agreement of raters", "Partners", "Features",
            "Equal content",
        ]
        #expect(page.parts.map(\.title) == titles)
        for title in titles {
            #expect(page.html.contains("<h2>\(title)</h2>"))
            #expect(page.markdown.contains("\n## \(title)\n"))
        }
        #expect(page.markdown.contains("| DE | train | 1 | - | 1 | 0.1 | 5.0 | 5.0 | 50 |"))
        #expect(page.markdown.contains("| all | all | 3 | - | 2 | 0.3 | 5.0 | 5.0 | 150 |"))
        // A mask's one frame of fifty.
        #expect(page.html.contains("<td class=\"n\">2.00</td>"))
        #expect(page.html.contains("r0, r1") && page.html.contains("r0, r1, r2"))
        #expect(page.html.components(separatedBy: "<svg").count == 3)
    }

    @Test("The same corpus gives the same bytes, and the page needs nothing else")
    func standsAlone() {
        let html = page().html
        #expect(page().html == html)
        for word in ["http", "<script", "<link", "src="] { #expect(!html.contains(word)) }
    }

    @Test("Names cannot break the page, and what is not known is said")
    func names() {
        let page = page(name: "<b>|x</b>", hasDyads: false)
        #expect(page.html.contains("&lt;b&gt;|x&lt;/b&gt;") && !page.html.contains("<b>"))
        #expect(page.markdown.hasPrefix("# Corpus \\<b\\>\\|x\\</b\\>"))
        #expect(page.html.contains("names neither dyads nor sessions"))
    }

    @Test("An image is well-formed XML and says in words what it shows")
    func images() throws {
        let html = page().html
        for piece in html.components(separatedBy: "<svg").dropFirst() {
            let svg = "<svg" + piece.components(separatedBy: "</svg>")[0] + "</svg>"
            let parser = XMLCheck(svg)
            #expect(parser.isWellFormed, "\(svg.prefix(200))")
            #expect(svg.contains("<title") && svg.contains("<desc"))
        }
    }
}

/// Whether tags are closed in the order in which they were opened.
private struct XMLCheck {
    let isWellFormed: Bool

    init(_ text: String) {
        var open: [String] = []
        var isGood = true
        for tag in text.matches(of: /<(\/?)([a-z]+)([^>]*?)(\/?)>/) {
            if !tag.output.4.isEmpty { continue }
            if tag.output.1.isEmpty {
                open.append(String(tag.output.2))
            } else {
                isGood = isGood && open.popLast() == String(tag.output.2)
            }
        }
        isWellFormed = isGood && open.isEmpty
    }
}
