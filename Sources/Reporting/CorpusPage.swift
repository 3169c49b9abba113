import Corpora
import Scoring

/// A page about a corpus: who is recorded, how the gold traces are distributed, what the features
/// are like, and what could leak; a pure function of its profile.
public struct CorpusPage: Sendable {
    /// The corpus's name.
    public let title: String
    let parts: [Part]

    /// A part under a heading of its own.
    struct Part: Sendable {
        let title: String
        let texts: [String]
        var figures: [Figure] = []
        var tables: [Table] = []
    }

    /// A drawing; what it shows stands in a table too, which Markdown has alone.
    struct Figure: Sendable {
        let title: String
        let svg: String
        let caption: String
    }

    /// The page of a corpus.
    public init(_ profile: CorpusProfile) {
        title = profile.corpus.name
        let draft = CorpusDraft(profile: profile)
        parts = [
            draft.recordings, draft.traces, draft.raters, draft.partners, draft.features,
            draft.duplicates,
        ].compactMap { $0 }
    }

    /// The page in HTML, which needs no other file and no script.
    public var html: String {
        let body = parts.map { part in
            var lines = ["<h2>\(HTML.escaped(part.title))</h2>"]
            lines += part.texts.map { "<p>\(HTML.escaped($0))</p>" }
            if !part.figures.isEmpty {
                let figures = part.figures.map { figure in
                    """
                    <figure>
                    <h3>\(HTML.escaped(figure.title))</h3>
                    \(figure.svg)
                    <figcaption>\(HTML.escaped(figure.caption))</figcaption>
                    </figure>
                    """
                }
                lines.append("<div class=\"figures\">\n\(figures.joined(separator: "\n"))\n</div>")
            }
            lines += part.tables.map { HTML.table($0) }
            return "<section>\n\(lines.joined(separator: "\n"))\n</section>"
        }
        return """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(HTML.escaped(title))</title>
            <style>
            \(HTML.style)
            .bars rect { fill: var(--b7); }
            .bars line { stroke: var(--ink); stroke-width: 1.5; }
            .bars .rule { stroke: var(--rule); stroke-width: 1; }
            </style>
            </head>
            <body>
            <main>
            <h1>Corpus \(HTML.escaped(title))</h1>
            \(body.joined(separator: "\n"))
            </main>
            </body>
            </html>

            """
    }

    /// The page in Markdown with pipe tables.
    public var markdown: String {
        var blocks = ["# Corpus " + Document.escaped(title)]
        for part in parts {
            blocks.append("## " + Document.escaped(part.title))
            blocks += part.texts.map { Document.escaped($0) }
            blocks += part.tables.flatMap { Document.markdown($0) }
        }
        return blocks.joined(separator: "\n\n") + "\n"
    }
}
