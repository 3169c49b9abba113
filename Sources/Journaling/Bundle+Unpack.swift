import Corpora
import Glibc

extension Bundle {
    /// Writes all files of the archive into `folder`, which exists, and compares every byte.
    ///
    /// - Throws: ``JournalError/bundle(path:reason:)`` when it is not, byte for byte, what
    ///   ``write(_:)`` writes.
    func unpack(into folder: String) throws(JournalError) {
        let input = open(path, O_RDONLY | O_CLOEXEC)
        guard input >= 0 else { throw FileSystem.failure(path, "opening") }
        defer { close(input) }
        for (digest, name) in try listing(input) {
            let header = try nextHeader(input)
            guard header.name == name else { throw damaged("\(name) is not where it should be") }
            let target = folder + "/" + name
            try FileSystem.makeFolder(String(target[..<target.lastIndex(of: "/")!]))
            let output = open(target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
            guard output >= 0 else { throw FileSystem.failure(target, "opening") }
            defer { close(output) }
            var stream = DigestStream()
            try take(header.size, from: input) { (piece) throws(JournalError) in
                piece.withUnsafeBytes { stream.add($0) }
                try FileSystem.write(piece, to: output, target)
            }
            try skipPadding(header.padding, input)
            guard stream.digest == digest else { throw damaged("\(name) has another digest") }
            guard fsync(output) == 0 else { throw FileSystem.failure(target, "writing") }
        }
        try skipPadding(2 * TarHeader.block, input)
        var more: UInt8 = 0
        guard Glibc.read(input, &more, 1) == 0 else { throw damaged("it goes on after its end") }
    }

    /// The digests and names of its files, in their order.
    private func listing(_ input: Int32) throws(JournalError) -> [(Digest, String)] {
        let header = try nextHeader(input)
        guard header.name == Bundle.sums, header.size < 64 << 20 else {
            throw damaged("it does not begin with \(Bundle.sums)")
        }
        var bytes: [UInt8] = []
        try take(header.size, from: input) { bytes += $0 }
        try skipPadding(header.padding, input)
        guard bytes.last == UInt8(ascii: "\n") else { throw damaged("its list has no end") }
        var listing: [(Digest, String)] = []
        for line in bytes.dropLast().split(
            separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        {
            let words = String(decoding: line, as: UTF8.self)
            let name = String(words.dropFirst(66))
            guard let digest = Digest(hex: words.prefix(64)),
                words == "\(digest)  \(name)", Bundle.isSafe(name)
            else { throw damaged("its list has the line \(words)") }
            listing.append((digest, name))
        }
        return listing
    }

    /// Whether a file of this name lies inside the folder and is one of a store.
    private static func isSafe(_ name: String) -> Bool {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        return name.utf8.allSatisfy { $0 > 0x1F && $0 != 0x7F }
            && parts.allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." }
            && (folders + ["manifests", "sweep.yaml", Store.fileName]).contains(String(parts[0]))
    }

    private func nextHeader(_ input: Int32) throws(JournalError) -> TarHeader {
        var block: [UInt8] = []
        try take(TarHeader.block, from: input) { block += $0 }
        guard let header = TarHeader(block: block) else {
            throw damaged("a header is not one of ours")
        }
        return header
    }

    private func skipPadding(_ count: Int, _ input: Int32) throws(JournalError) {
        var clean = true
        try take(count, from: input) { clean = clean && $0.allSatisfy { $0 == 0 } }
        guard clean else { throw damaged("there is something between its files") }
    }

    private func take(
        _ count: Int, from input: Int32, _ body: ([UInt8]) throws(JournalError) -> Void
    ) throws(JournalError) {
        var rest = count
        while rest > 0 {
            let piece = try Bundle.readPiece(min(rest, 1 << 20), from: input, path)
            guard !piece.isEmpty else { throw damaged("it ends too early") }
            rest -= piece.count
            try body(piece)
        }
    }

    private func damaged(_ reason: String) -> JournalError { .bundle(path: path, reason: reason) }
}
