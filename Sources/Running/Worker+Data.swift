import Corpora
import Leasing
import Messaging

/// Data that this machine lacks: asked for, fetched, and the trial begun when they are there.
extension Worker {
    /// The coordinator's word on data; a welcome, which lets them be asked for.
    func hearData(_ message: CoordinatorMessage) throws {
        switch message {
        case .welcome where !isFetching:
            isFetching = true
            try take(data.handle(.connected, at: Worker.now))
        case .chunk(let chunk): try take(data.handle(.chunk(chunk), at: Worker.now))
        case .unavailable(let digest, let reason):
            try take(data.handle(.unavailable(digest, reason), at: Worker.now))
        default: return
        }
    }

    func fetch(_ digests: [Digest], for lease: LeaseID, _ reason: String) throws {
        let count = (lacks[lease]?.count ?? 0) + 1
        lacks[lease] = (reason, count)
        let event: Fetcher.Event = .lacking(digests, lease)
        guard count > Worker.lacksMax else {
            return try take(data.handle(event, at: Worker.now))
        }
        for digest in digests.prefix(1) {
            try take([
                .failed(lease, digest, "what was fetched into \(cache) cannot be read there")
            ])
        }
    }

    /// How often the trainer of a trial may say that it lacks data.
    private static let lacksMax = 8

    func stopFetching() throws {
        guard isFetching else { return }
        isFetching = false
        try take(data.handle(.disconnected, at: Worker.now))
    }

    func forgetData(of lease: LeaseID) throws {
        guard lacks.removeValue(forKey: lease) != nil else { return }
        try take(data.handle(.ended(lease), at: Worker.now))
    }

    /// Says what was fetched.
    func tellFetched() {
        if let line = data.account() { Terminal.complain("concord: \(line)") }
    }

    func take(_ news: [DataFetch.News]) throws {
        for item in news {
            switch item {
            case .send(let message): say(message)
            case .progressed(let lease):
                try handle(.progress(lease, Progress(epoch: 0, epochs: 0)))
            case .ready(let lease):
                tellFetched()
                if let slot = leases.firstIndex(of: lease) { train(lease, slot: slot) }
            case .failed(let lease, let digest, let reason):
                guard let own = lacks[lease]?.reason else { continue }
                let message = "\(own) Nor could it be fetched: \(reason)"
                if let slot = leases.firstIndex(of: lease) { leases[slot] = nil }
                try forgetData(of: lease)
                let failure = Failure(cause: .data, message: message, matrix: digest)
                try handle(.trainerFailed(lease, failure))
            }
        }
    }
}
