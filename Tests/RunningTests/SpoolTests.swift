import Foundation
import Glibc
import Testing

/// The folder in which a worker keeps what no coordinator has recorded yet.
@Suite(.serialized) struct SpoolTests {
    @Test("A spool that others can write into is refused, and a new one is its user's alone")
    func others() throws {
        try withFolder { folder in
            let cluster = try HandCluster(try TinySweep(in: folder))
            let open = folder.appending(path: "open")
            try FileManager.default.createDirectory(at: open, withIntermediateDirectories: false)
            chmod(open.path, 0o777)
            let refused = try cluster.work("open").wait()
            #expect(refused.status == 1)
            #expect(refused.errors.contains("no folder of this user's own"), "\(refused.errors)")
            #expect(refused.errors.contains("--spool"))
            if geteuid() == 0 {
                chmod(open.path, 0o700)
                chown(open.path, 12_345, 12_345)
                #expect(try cluster.work("open").wait().status == 1)
            }
            #expect(try cluster.work("own").wait().status == 0)
            var status = stat()
            #expect(lstat(folder.appending(path: "own").path, &status) == 0)
            #expect(status.st_mode & 0o777 == 0o700)
            #expect(cluster.coordinator.wait().status == 0)
        }
    }

    @Test("A worker whose disk is full hands over what it trained, and ends; no trial suffers")
    func full() throws {
        try withFolder { folder in
            let sweep = try TinySweep(in: folder)
            #expect(try sweep.run(store: "calm").status == 0)
            let cluster = try HandCluster(sweep)
            // No file of the worker may grow over 2 KiB, which every outcome does.
            let limited = "trap '' XFSZ; ulimit -f 2; exec \"$0\" \"$@\" 2>said"
            for life in 1...3 {
                let status = try Shell.run(
                    [
                        "bash", "-c", limited, Command.concord.path, "work", cluster.address,
                        "--slots", "1", "--spool", "full", "--key", "store/keys/owner.key",
                    ], in: folder)
                #expect(status == 1)
                let said = try String(
                    contentsOf: folder.appending(path: "said"), encoding: .utf8)
                #expect(said.contains("the spool cannot be written"), "\(said)")
                #expect(sweep.finished(in: "store") >= life)
            }
            #expect(try cluster.work("b").wait().status == 0)
            let ended = cluster.coordinator.wait()
            #expect(ended.status == 0)
            #expect(!ended.errors.contains("counts as lost"), "\(ended.errors)")
            #expect(try sweep.report(of: "store") == sweep.report(of: "calm"))
        }
    }
}
