extension LaTeX {
    /// What stands before a document whose `text` has letters that `pdflatex` lacks: it writes them
    /// in others or, failing that, by their numbers. Empty where it has them all.
    static func letters(of text: String) -> String {
        let lacking = Set(text.unicodeScalars.filter { !isKnown($0) }).sorted()
        guard !lacking.isEmpty else { return "" }
        let declarations = lacking.map {
            "\\DeclareUnicodeCharacter{\(hexadecimal($0))}{\(substitute($0))}"
        }
        return """
            % pdflatex writes letters that it lacks in others, or by their numbers. lualatex and
            % xelatex have them where the font does: name another one in \\setmainfont.
            \\usepackage{iftex}
            \\ifPDFTeX
            \(declarations.joined(separator: "\n"))
            \\else
            \\usepackage{fontspec}
            \\IfFontExistsTF{DejaVu Serif}{\\setmainfont{DejaVu Serif}}{}
            \\fi

            """
    }

    /// Whether `pdflatex` has a letter without any package but `inputenc`.
    private static func isKnown(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0xA0: true
        case 0xA0...0x17F: latin[scalar] == nil
        case 0x2010...0x2015, 0x2018, 0x2019, 0x201C, 0x201D, 0x2020...0x2022, 0x2026, 0x2030,
            0x20AC, 0x2116, 0x2122:
            true
        default: false
        }
    }

    private static func substitute(_ scalar: Unicode.Scalar) -> String {
        if let name = latin[scalar] { return name }
        if let name = signs[scalar] { return "\\ensuremath{\(name)}" }
        if let name = greek[scalar] { return "\\ensuremath{\(name)}" }
        if let name = cyrillic[scalar] { return name }
        let lower = scalar.properties.lowercaseMapping.unicodeScalars
        if lower.count == 1, let name = lower.first.flatMap({ cyrillic[$0] }) {
            return name.prefix(1).uppercased() + name.dropFirst()
        }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: return "{}"
        case .spaceSeparator: return "~"
        default: return "{[U+\(hexadecimal(scalar))]}"
        }
    }

    private static func hexadecimal(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }

    /// The words of a list by turns: a letter, and what is written for it.
    private static func pairs(_ list: String) -> [Unicode.Scalar: String] {
        let words = list.split { $0 == " " || $0 == "\n" }
        precondition(words.count.isMultiple(of: 2), "A letter lacks its substitute.")
        return Dictionary(
            uniqueKeysWithValues: stride(from: 0, to: words.count, by: 2).map {
                (words[$0].unicodeScalars.first!, String(words[$0 + 1]))
            })
    }

    private static let latin = pairs(
        """
        « \\ensuremath{\\ll} » \\ensuremath{\\gg} Ð D Þ Th ð d þ th Ą A ą a Đ D đ d Ę E \
        ę e Ħ H ħ h Į I į i ĸ k Ŀ L ŀ l \
        ŉ n Ŋ N ŋ n Ŧ T ŧ t Ų U ų u ſ s
        """)

    private static let signs = pairs(
        #"""
        ≈ \approx ≤ \leq ≥ \geq ≠ \neq ≡ \equiv ∞ \infty ∼ \sim √ \surd ∑ \sum ∏ \prod ∂ \partial
        ∈ \in ∩ \cap ∪ \cup ∅ \emptyset ∀ \forall ∃ \exists ← \leftarrow ↑ \uparrow
        → \rightarrow ↓ \downarrow ↔ \leftrightarrow ⇒ \Rightarrow ⇔ \Leftrightarrow ′ ' ″ ''
        ⁰ ^0 ⁴ ^4 ⁵ ^5 ⁶ ^6 ⁷ ^7 ⁸ ^8 ⁹ ^9 ₀ _0 ₁ _1 ₂ _2 ₃ _3 ₄ _4 ₅ _5 ₆ _6 ₇ _7 ₈ _8 ₉ _9
        − - ∓ \mp ∗ * ∘ \circ ∙ \cdot ★ \star ☆ \star ✓ \surd
        """#)

    private static let greek = pairs(
        #"""
        Α A Β B Γ \Gamma Δ \Delta Ε E Ζ Z Η H Θ \Theta Ι I Κ K Λ \Lambda Μ M Ν N Ξ \Xi Ο O Π \Pi
        Ρ P Σ \Sigma Τ T Υ \Upsilon Φ \Phi Χ X Ψ \Psi Ω \Omega
        α \alpha β \beta γ \gamma δ \delta ε \varepsilon ζ \zeta η \eta θ \theta ι \iota κ \kappa
        λ \lambda μ \mu ν \nu ξ \xi ο o π \pi ρ \rho ς \varsigma σ \sigma τ \tau υ \upsilon
        φ \varphi χ \chi ψ \psi ω \omega
        Ά A Έ E Ή H Ί I Ό O Ύ \Upsilon Ώ \Omega ά \acute\alpha έ \acute\varepsilon ή \acute\eta
        ί \acute\iota ό \acute{o} ύ \acute\upsilon ώ \acute\omega ϊ \ddot\iota ϋ \ddot\upsilon
        ΐ \ddot\iota ΰ \ddot\upsilon ϕ \phi ϑ \vartheta ϵ \epsilon
        """#)

    private static let cyrillic = pairs(
        """
        а a б b в v г g д d е e ё yo ж zh з z и i й j к k л l м m н n о o п p р r с s т t у u ф f \
        х kh ц ts ч ch ш sh щ shch ъ '' ы y ь ' э e ю yu я ya і i ї yi є ye ґ g ў u ђ dj ј j љ lj \
        њ nj ћ c џ dz ѓ g ќ k ѕ dz
        """)
}
