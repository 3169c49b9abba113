/// Words for a POSIX shell.
enum Shell {
    /// `word` as the shell must read it to see just these characters.
    ///
    /// What needs no quotes gets none; everything else stands between single quotes, in which only
    /// the single quote itself is special: `it's` is `'it'\''s'`.
    static func quoted(_ word: String) -> String {
        let isPlain = word.unicodeScalars.allSatisfy { scalar in
            scalar.isASCII
                && (scalar.properties.isAlphabetic || "0123456789_-./:=,@%+".unicodeScalars
                    .contains(scalar))
        }
        if isPlain, !word.isEmpty { return word }
        return "'" + word.split(separator: "'", omittingEmptySubsequences: false)
            .joined(separator: "'\\''") + "'"
    }

    /// A command line of these words.
    static func line(_ words: [String]) -> String {
        words.map(quoted).joined(separator: " ")
    }
}
