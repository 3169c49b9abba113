/// A document: sections of paragraphs, tables and figures, rendered as text, Markdown, HTML and
/// LaTeX. The same document gives the same bytes in each.
public struct Document: Hashable, Sendable {
    /// The heading.
    public let title: String
    /// Its parts, in order.
    public let sections: [Section]

    /// Its figures, in order; their names are file names without an ending, each another one: what
    /// would have the name of an earlier figure has a number behind it.
    public var figures: [Figure] {
        var names: Set<String> = []
        return sections.flatMap(\.blocks).compactMap { block in
            guard var figure = block.figure else { return nil }
            let name = figure.name
            var number = 2
            while !names.insert(figure.name).inserted {
                figure.name = "\(name)-\(number)"
                number += 1
            }
            return figure
        }
    }
}

extension Report {
    /// The report as a document.
    public var document: Document { Document(title: title, sections: sections) }

    /// The whole report as one HTML page that needs no other file and no script.
    public var html: String { document.html }

    /// The whole report in Markdown with pipe tables, as GitHub and Pandoc read it.
    public var markdown: String { document.markdown }

    /// The report for a terminal: coverage, matrices and comparisons, without the background.
    public func text(width: Int = 80) -> String { document.text(width: width) }

    /// What a run ends with on the terminal: the culture × culture matrices alone or, where there
    /// are none, all tables.
    ///
    /// - Parameter width: As in `Document.text(width:)`.
    public func mainTables(width: Int = 80) -> String {
        let blocks = sections.filter { !$0.isBackground }.flatMap(\.blocks)
        let tables = matrices.isEmpty ? blocks.compactMap(\.table) : matrices.map(\.table)
        return tables.map { Document.text($0, width).joined(separator: "\n") + "\n" }
            .joined(separator: "\n")
    }
}
