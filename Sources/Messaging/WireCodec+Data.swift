import Corpora
import Leasing

extension WireFetch {
    init(_ request: ChunkRequest) {
        digest = request.digest.data
        offset = UInt64(clamping: request.offset)
        count = UInt32(clamping: request.count)
        received = UInt64(clamping: request.received)
    }

    func value() throws(WireError) -> ChunkRequest {
        try WireCodec.check(
            count <= ChunkRequest.bytesMax && offset <= 1 << 48 && received <= 1 << 48,
            "a request for \(count) bytes from byte \(offset)")
        return ChunkRequest(
            digest: try Digest(data: digest), offset: Int(offset), count: Int(count),
            received: Int(received))
    }
}

extension WireChunk {
    init(_ chunk: MatrixChunk) {
        digest = chunk.digest.data
        offset = UInt64(clamping: chunk.offset)
        total = UInt64(clamping: chunk.total)
    }
}

extension WireUnavailable {
    init(_ digest: Digest, _ reason: String) {
        self.digest = digest.data
        self.reason = WireCodec.clipped(reason)
    }
}

extension Parcel {
    /// The piece of a matrix in its one frame.
    func chunk(_ wire: WireChunk) throws(WireError) -> MatrixChunk {
        try WireCodec.check(bulk.count == 1, "a chunk has 1 frame, not \(bulk.count)")
        let bytes = bulk[bulk.startIndex]
        try WireCodec.check(
            bytes.count <= ChunkRequest.bytesMax && wire.offset <= 1 << 48
                && wire.total <= 1 << 48,
            "a chunk has \(bytes.count) bytes from byte \(wire.offset)")
        return MatrixChunk(
            digest: try Digest(data: wire.digest), offset: Int(wire.offset), total: Int(wire.total),
            bytes: bytes)
    }
}
