import Foundation
import Testing

@testable import Running

/// Workers of all sizes that come and go.
@Suite(.serialized)
struct ElasticTests {
    @Test("Trials that no worker has memory for wait, and say so, until a larger worker comes")
    func memory() throws {
        try withFolder { folder in
            let sweep = try TinySweep(in: folder)
            #expect(try sweep.run(store: "calm").status == 0)
            let cluster = try HandCluster(sweep)
            let small = try cluster.work("a", ["--memory-total", "0.02"])
            try #require(eventually { cluster.status.contains("20 MiB") })
            #expect(
                cluster.status.contains("wait for a worker with"), "\(cluster.status)")
            #expect(sweep.finished(in: "store") == 0)
            let large = try cluster.work("b", ["--memory-total", "1"])
            #expect(large.wait().status == 0)
            #expect(small.wait().status == 0)
            #expect(cluster.coordinator.wait().status == 0)
            #expect(try sweep.report(of: "store") == sweep.report(of: "calm"))
        }
    }

    @Test("A model's trials go to workers with its tags, and say so while none has; same bytes")
    func tags() throws {
        try withFolder { folder in
            let sweep = try TinySweep(in: folder)
            #expect(try sweep.run(store: "calm").status == 0)
            try sweep.write(
                epochs: 3, seeds: 1,
                models: TinySweep.models.map {
                    $0.replacing("hidden: 6", with: "hidden: 6, needs: [fast, node7]")
                })
            let cluster = try HandCluster(sweep)
            #expect(!cluster.status.contains("tags"), "Nobody is there at all.")
            let plain = try cluster.work("a", ["--tag", "fast"])
            try #require(eventually { sweep.finished(in: "store") == 6 })
            let waits = "6 trials wait for a worker with the tags"
            try #require(eventually { cluster.status.contains(waits) }, "\(cluster.status)")
            #expect(cluster.status.contains("--tag fast --tag node7"), "\(cluster.status)")
            #expect(cluster.status.contains("tags fast"), "\(cluster.status)")
            let other = try cluster.work("b", ["--tag", "node7", "--tag", "fast"])
            #expect(other.wait().status == 0 && plain.wait().status == 0)
            #expect(eventually { cluster.status.contains("all trials have ended; concord report") })
            #expect(cluster.coordinator.wait().status == 0)
            #expect(try sweep.report(of: "store") == sweep.report(of: "calm"))
            let provenance = try String(
                contentsOf: folder.appending(path: "report-store/provenance.csv"), encoding: .utf8)
            let lines = provenance.split(separator: "\n")
            #expect(lines.filter { $0.hasSuffix(",fast node7") }.count >= 6, "\(provenance)")
            #expect(lines.filter { $0.hasSuffix(",fast") }.count >= 1, "\(provenance)")
        }
    }

    @Test("A worker that ends begins nothing that would come to nothing, and leaves in time")
    func ends() throws {
        try withFolder { folder in
            let sweep = try TinySweep(in: folder)
            #expect(try sweep.run(store: "calm").status == 0)
            let cluster = try HandCluster(sweep)
            let end = Date().timeIntervalSince1970 + 14
            let brief = try cluster.work("a", ["--until", "@\(end)"])
            #expect(brief.wait().status == 0)
            #expect(Date().timeIntervalSince1970 < end)
            #expect(sweep.finished(in: "store") == 0)
            let other = try cluster.work("b")
            #expect(other.wait().status == 0)
            #expect(cluster.coordinator.wait().status == 0)
            #expect(try sweep.report(of: "store") == sweep.report(of: "calm"))
            let late = try Command.run(
                "work", "tcp://127.0.0.1:1", "--until", "@1", "--spool", "late", "--key",
                "store/keys/owner.key", in: folder)
            #expect(late.status == 1 && late.errors.contains("lies in the past"))
            let job = try Command.run(
                ["work", "tcp://127.0.0.1:1", "--spool", "job", "--key", "store/keys/owner.key"],
                in: folder, environment: ["SLURM_JOB_END_TIME": "1"])
            #expect(job.status == 1 && job.errors.contains("lies in the past"), "\(job.errors)")
        }
    }

    @Test("A time of day is the next such time; other spellings are refused")
    func until() throws {
        let now = 1_790_000_000.0
        #expect(WorkerEnd.parse("@1790000100.5", now: now) == 1_790_000_100.5)
        let calendar = Calendar.current
        let date = Date(timeIntervalSince1970: now)
        let next = try #require(WorkerEnd.parse("00:30", now: now))
        #expect(next > now && next - now <= 25 * 3600)
        let parts = calendar.dateComponents(
            [.hour, .minute], from: Date(timeIntervalSince1970: next))
        #expect(parts.hour == 0 && parts.minute == 30)
        let format = DateFormatter()
        format.dateFormat = "yyyy-MM-dd'T'HH:mm"
        let text = format.string(from: date)
        let minute = try #require(WorkerEnd.parse(text, now: now))
        #expect(now - minute >= 0 && now - minute < 60)
        for wrong in ["", "soon", "25:00", "12", "@", "@x", "2026-13-01T00:00"] {
            #expect(WorkerEnd.parse(wrong, now: now) == nil, "\(wrong)")
        }
    }
}
