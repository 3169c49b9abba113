/// A figure: an image with a title and a sentence that says how to read it.
public struct Figure: Hashable, Sendable {
    /// The name of its file without an ending: letters, digits, `.` and `-`.
    public internal(set) var name: String
    /// What it shows, in a line.
    public let title: String
    /// How to read it.
    public let reading: String
    /// Its size, in pixels of a screen.
    let width: Int, height: Int
    /// The style of its parts in the page's style sheet.
    let style: String
    /// Its parts as SVG.
    let elements: [String]
    /// What is printed in red over it; nil where nothing of it was chosen on the test side.
    public internal(set) var mark: String?

    /// It with what is printed in red over it.
    func marked(_ mark: String?) -> Figure {
        var figure = self
        figure.mark = mark
        return figure
    }

    /// The image for a page: colours come from its style sheet; it scrolls where the screen is
    /// narrow.
    ///
    /// - Parameter id: is unique in the page.
    func svg(id: String) -> String {
        """
        <div class="scroll"><svg class="\(style)" viewBox="0 0 \(width) \(height)" role="img" \
        aria-labelledby="\(id)-title \(id)-text" style="max-width: \(width)px; \
        min-width: \(width * 4 / 5)px">
        <title id="\(id)-title">\(HTML.escaped(title))</title>
        <desc id="\(id)-text">\(HTML.escaped(reading))</desc>
        \(elements.joined(separator: "\n"))
        </svg></div>
        """
    }

    /// The image as a file of its own, light and dark, with its title above and its reading below.
    public var file: String {
        let marks = mark.map { Document.filled($0, (width - 16) / 7) } ?? []
        let head = 32 + 18 * marks.count
        let lines = Document.filled(reading, (width - 16) / 6)
        let whole = head + height + 18 * lines.count + 8
        var words = Plot()
        for (index, line) in marks.enumerated() {
            words.text(8, Double(18 + 18 * index), line, "alarm")
        }
        words.text(8, Double(head - 12), title, "title")
        for (index, line) in lines.enumerated() {
            words.text(8, Double(head + height + 14 + 18 * index), line, "axis")
        }
        return """
            <svg xmlns="http://www.w3.org/2000/svg" class="\(style)" viewBox="0 0 \(width) \
            \(whole)" width="\(width)" height="\(whole)" role="img" aria-labelledby="title">
            <title id="title">\(HTML.escaped(title))</title>
            <style>
            \(HTML.colours)
            \(HTML.figures)
            svg.plot, svg.heat { font-family: system-ui, "Liberation Sans", sans-serif; }
            svg .title { font-size: 14px; font-weight: 600; }
            svg .alarm { font-size: 12px; font-weight: 600; fill: var(--alarm); }
            </style>
            <rect class="ground" width="\(width)" height="\(whole)"/>
            \(words.elements.joined(separator: "\n"))
            <g transform="translate(0 \(head))">
            \(elements.joined(separator: "\n"))
            </g>
            </svg>

            """
    }

    /// A file name of words that the user chose: what is no letter, digit or dot is a hyphen, and
    /// letters are small, so that no file system takes two names for one.
    static func name(_ words: [String]) -> String {
        words.map { word in
            String(
                word.lowercased().unicodeScalars.map { scalar -> Character in
                    let isKept =
                        scalar.isASCII && (scalar.properties.isAlphabetic || scalar == "."
                            || ("0"..."9").contains(scalar))
                    return isKept ? Character(scalar) : "-"
                })
        }.joined(separator: "-")
    }
}
