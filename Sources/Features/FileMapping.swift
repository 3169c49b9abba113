import Glibc

/// A file's bytes, mapped read-only.
///
/// A file that is cut short while it is mapped ends the process when the lost part is read
/// (SIGBUS), so feature files are replaced by renaming, never rewritten in place.
final class FileMapping: @unchecked Sendable {  // Immutable after `init`; the pages are read-only.
    /// The file's first byte.
    let base: UnsafeRawPointer
    /// The file's length in bytes when it was mapped.
    let count: Int

    /// Maps the whole of an open file, which may be closed afterwards; nil where that fails.
    init?(descriptor: Int32) {
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_size > 0,
            let base = mmap(nil, status.st_size, PROT_READ, MAP_SHARED, descriptor, 0),
            base != MAP_FAILED
        else { return nil }
        self.base = UnsafeRawPointer(base)
        count = status.st_size
    }

    deinit { munmap(UnsafeMutableRawPointer(mutating: base), count) }

    /// `values` float32 from byte `offset`; nil unless they are aligned and inside the file.
    func floats(at offset: Int, count values: Int) -> UnsafePointer<Float>? {
        guard offset >= 0, offset % MemoryLayout<Float>.alignment == 0, offset <= count,
            values <= (count - offset) / MemoryLayout<Float>.stride
        else { return nil }
        return (base + offset).assumingMemoryBound(to: Float.self)
    }

    /// Whether `address` lies in the mapped bytes.
    func contains(_ address: UnsafeRawPointer) -> Bool {
        address >= base && address < base + count
    }
}
