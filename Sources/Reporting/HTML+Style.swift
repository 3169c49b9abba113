extension HTML {
    /// The page's style sheet.
    static var style: String {
        """
        \(colours)
        \(layout)
        \(figures)
        \(print)
        """
    }

    /// The colours of a page and of an image that stands alone, light and dark.
    static var colours: String {
        """
        :root {
        color-scheme: light dark;
        \(Palette.light.variables)
        }
        @media (prefers-color-scheme: dark) {
        :root {
        \(Palette.dark.variables)
        }
        }
        @media print {
        :root {
        \(Palette.light.variables)
        }
        }
        """
    }

    /// The style of heatmaps and plots.
    static var figures: String { heatmap + "\n" + plots }

    private static var plots: String {
        let series = Palette.light.series.indices.map { index in
            """
            .plot .curve.s\(index), .plot .whisker.s\(index) { stroke: var(--s\(index)); } \
            .plot .point.s\(index) { fill: var(--s\(index)); }
            """
        }
        return """
            .plot { display: block; width: 100%; height: auto; font-family: inherit; }
            .plot text { fill: var(--ink); font-size: 12px; }
            .plot .axis, .plot .tick { fill: var(--muted); font-size: 11px; }
            .plot line, .plot path { fill: none; stroke: var(--ink); }
            .plot .rule { stroke: var(--rule); }
            .plot .zero { stroke: var(--muted); stroke-width: 1.5; }
            .plot .whisker { stroke-width: 1.5; }
            .plot .filled { fill: var(--ink); stroke: var(--ink); stroke-width: 1.5; }
            .plot .hollow { fill: var(--ground); stroke: var(--ink); stroke-width: 1.5; }
            .plot .point { stroke: var(--ground); stroke-width: 0.6; }
            .plot .mean { stroke-width: 2.5; }
            .plot .rug { stroke: var(--muted); stroke-width: 1; }
            .plot .curve { stroke-width: 1.8; stroke-linejoin: round; }
            .plot .curve.s1 { stroke-dasharray: 7 3; }
            .plot .curve.s2 { stroke-dasharray: 2 3; }
            .plot .curve.s3 { stroke-dasharray: 9 3 2 3; }
            .plot .curve.s4 { stroke-dasharray: 12 4; }
            .plot .curve.s5 { stroke-dasharray: 4 2 1 2 1 2; }
            .plot .curve.gold { stroke: var(--ink); stroke-width: 3; opacity: 0.45; }
            .ground { fill: var(--ground); }
            \(series.joined(separator: "\n"))
            """
    }

    private static let layout = """
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--ground); color: var(--ink);
          font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", "Liberation Sans", sans-serif; }
        main { max-width: 76rem; margin: 0 auto; padding: 1rem; }
        h1 { font-size: 1.6rem; line-height: 1.2; margin: 1rem 0; overflow-wrap: anywhere; }
        h2 { font-size: 1.2rem; margin: 2.2rem 0 0.6rem; padding-bottom: 0.2rem;
          border-bottom: 1px solid var(--rule); }
        h3 { font-size: 1rem; margin: 0 0 0.6rem; overflow-wrap: anywhere; }
        p { max-width: 46rem; margin: 0.6rem 0; overflow-wrap: anywhere; }
        .notice { border: 2px solid var(--alarm); border-left-width: 0.6rem; color: var(--ink);
          padding: 0.6rem 0.8rem; font-weight: 600; }
        .mark { color: var(--alarm); font-weight: 600; font-size: 0.9rem; margin: 0 0 0.3rem; }
        .figures { display: grid; gap: 2rem;
          grid-template-columns: repeat(auto-fit, minmax(min(100%, 25rem), 1fr)); }
        figure { margin: 0; min-width: 0; }
        figure.wide { grid-column: 1 / -1; }
        figcaption { color: var(--muted); font-size: 0.85rem; margin: 0.5rem 0; max-width: 40rem; }
        .scroll { overflow-x: auto; margin: 0.8rem 0; }
        table { border-collapse: collapse; font-size: 0.9rem; }
        caption { text-align: left; font-weight: 600; padding-bottom: 0.3rem; }
        caption span { display: inline-block; max-width: calc(100vw - 2rem); }
        th, td { text-align: left; padding: 0.2rem 0.7rem 0.2rem 0; vertical-align: top;
          white-space: nowrap; }
        .long, .banner th { white-space: normal; }
        .long { min-width: 16rem; }
        thead th { border-bottom: 1px solid var(--ink); vertical-align: bottom; }
        tbody tr { border-bottom: 1px solid var(--rule); }
        .banner th { padding-top: 0.6rem; font-style: italic; }
        .n { text-align: right; font-variant-numeric: tabular-nums; }
        td.n:last-child, th.n:last-child { padding-right: 0; }
        @media (max-width: 30rem) {
        table { font-size: 0.8rem; }
        th, td { padding-right: 0.4rem; }
        }
        strong { font-weight: 700; text-decoration: underline; text-underline-offset: 0.15em; }
        """

    private static var heatmap: String {
        let bands = Palette.light.bands.indices.map { band in
            ".b\(band) rect { fill: var(--b\(band)); } .b\(band) text { fill: var(--t\(band)); }"
        }
        return """
            .heat { display: block; width: 100%; height: auto; font-family: inherit; }
            .heat text { fill: var(--ink); font-size: 13px; }
            .heat .axis, .heat .tick { fill: var(--muted); font-size: 11px; }
            .heat .score { font-size: 17px; font-weight: 600; }
            .heat .small { font-size: 11px; }
            .heat g rect { stroke: var(--rule); }
            .heat .within rect { stroke: var(--ink); stroke-width: 2.5; }
            .heat .blank rect { fill: none; stroke: var(--rule); stroke-dasharray: 2 4; }
            .heat .blank text { fill: var(--muted); font-size: 11px; }
            .heat .partial rect { stroke: var(--alarm); stroke-width: 2.5; stroke-dasharray: 6 4; }
            \(bands.joined(separator: "\n"))
            """
    }

    private static let print = """
        @page { margin: 12mm; }
        @media print {
        body { font-size: 10pt; }
        main { max-width: none; padding: 0; }
        .figures { display: block; }
        figure { break-inside: avoid; margin-bottom: 1.5rem; display: inline-block; width: 48%;
          vertical-align: top; }
        figure.wide { display: block; width: auto; }
        tr, .notice { break-inside: avoid; }
        h2, h3, caption, .mark { break-after: avoid; }
        .scroll { overflow: visible; }
        figcaption { font-size: 8pt; }
        table { font-size: 7pt; }
        th, td { padding-right: 0.3rem; white-space: normal; }
        td.n { white-space: nowrap; }
        caption span { max-width: none; }
        .long { min-width: 0; }
        .heat, .plot { min-width: 0 !important; }
        .heat { max-width: 6.5cm !important; }
        .heat *, .plot * { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
        }
        """
}
