import CHDF5

/// What all calls of the C library share.
///
/// The library serialises its calls by one global lock, so any thread may call it; its error stack
/// and the printing of errors are per thread. Every entry point therefore calls ``enter()``, and
/// reads the error stack on the thread of the failed call, with no suspension in between.
enum Library {
    /// The property list that changes nothing.
    static let defaults = hid_t(H5P_DEFAULT)

    /// The most values that are read into memory at once: 4 GiB of float32.
    static let valuesMax = 1 << 30

    /// Keeps the library from printing errors on this thread.
    static func enter() {
        H5Eset_auto2(hid_t(H5E_DEFAULT), nil, nil)
    }

    /// The product of `shape`, or nil when it is above ``valuesMax``.
    static func count(of shape: [Int]) -> Int? {
        if shape.contains(0) { return 0 }
        var count = 1
        for length in shape {
            let (product, overflow) = count.multipliedReportingOverflow(by: length)
            guard !overflow, product <= Int.max / 16 else { return nil }
            count = product
        }
        return count
    }
}

/// The error stack of a failed call, innermost first.
///
/// The next call of the library clears it, even the closing of a handle, so it is taken at once
/// and thrown.
struct ErrorStack: Error {
    /// One line a function: its name and what it says.
    let lines: [String]

    /// Takes the stack of this thread.
    static func take() -> ErrorStack {
        let text = String(unsafeUninitializedCapacity: 8192) { buffer in
            buffer.withMemoryRebound(to: CChar.self) { chars in
                chdf5_take_errors(chars.baseAddress, chars.count)
            }
        }
        return ErrorStack(lines: text.split(separator: "\n").map(String.init))
    }

    /// Throws the stack of the call that returned `status`, when that says that it failed.
    static func check(_ status: herr_t) throws(ErrorStack) {
        if status < 0 { throw take() }
    }

    /// Its innermost and outermost line: the cause, and what was tried.
    var summary: String {
        guard let first = lines.first, let last = lines.last else { return "no reason given" }
        return lines.count == 1 ? first : "\(first) <- \(last)"
    }

    /// Whether any line contains `words`.
    func mentions(_ words: String) -> Bool { lines.contains { $0.contains(words) } }
}

/// An identifier of the library, closed at the end of its life.
struct Handle: ~Copyable, Sendable {
    /// The identifier.
    let id: hid_t

    /// Owns `id`, or throws the stack of the call that failed to make it.
    init(_ id: hid_t) throws(ErrorStack) {
        guard id >= 0 else { throw ErrorStack.take() }
        self.id = id
    }

    deinit { H5Idec_ref(id) }
}
