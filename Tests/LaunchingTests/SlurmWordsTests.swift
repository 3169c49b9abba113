import Messaging
import Running
import Testing

@testable import Launching

/// What Slurm says, and what it is told.
@Suite struct SlurmWordsTests {
    @Test("A line of squeue is a job")
    func jobs() {
        #expect(
            SlurmJob(line: "12_3|RUNNING|1-02:03:04")
                == SlurmJob(id: "12_3", state: .running, seconds: 93_784))
        #expect(
            SlurmJob(line: "12_4|PENDING|0:00")
                == SlurmJob(id: "12_4", state: .pending, seconds: 0))
        #expect(
            SlurmJob(line: "9|TIMEOUT|10:05")
                == SlurmJob(id: "9", state: .ended("TIMEOUT"), seconds: 605))
        #expect(
            SlurmJob(line: "9|CANCELLED|INVALID")
                == SlurmJob(id: "9", state: .ended("CANCELLED"), seconds: 0))
        #expect(SlurmJob(line: "9|COMPLETING|1:02:03")?.seconds == 3723)
    }

    @Test(
        "What is none is not taken for a job",
        arguments: [
            "", "|RUNNING|0:00", "12|RUNNING", "12|RUNNING|0:00|x", "12|RUNNING|soon",
            "12|RUNNING|1-2-3:00", "12|RUNNING|5", "slurm_load_jobs error: Unable to contact",
        ])
    func noJobs(_ line: String) { #expect(SlurmJob(line: line) == nil) }

    @Test("What sbatch says has the array's number, between whatever else is said")
    func submission() {
        #expect(SlurmJob.array(submission: ["12"]) == "12")
        #expect(SlurmJob.array(submission: ["sbatch: lua: hello", "12;west", ""]) == "12")
        #expect(SlurmJob.array(submission: ["Submitted batch job 12"]) == nil)
        #expect(SlurmJob.array(submission: []) == nil)
        #expect(SlurmJob(line: "12_3|RUNNING|0:01")?.array == "12")
        #expect(SlurmJob(line: "9|RUNNING|0:01")?.array == "9")
    }

    @Test("A tunnel leads from a host's loopback to where the coordinator listens")
    func tunnel() throws {
        for (endpoint, target) in [
            ("tcp://127.0.0.1:5555", "127.0.0.1"), ("tcp://10.0.0.1:5555", "10.0.0.1"),
            ("tcp://0.0.0.0:5555", "127.0.0.1"), ("tcp://*:5555", "127.0.0.1"),
            ("tcp://[fd00::1]:5555", "[fd00::1]"), ("tcp://login1:5555", "login1"),
        ] {
            let tunnel = try Tunnel(to: try Address(endpoint))
            #expect("\(tunnel.address)" == "tcp://127.0.0.1:5555")
            #expect(tunnel.forward == "127.0.0.1:5555:\(target):5555")
        }
    }

    @Test("What workers are told stands in the script, and Slurm is asked for their memory")
    func options() {
        let script = BatchScript(
            jobName: "concord-a-0", program: "/p", address: "tcp://a:1", key: "/k", slots: 1,
            logFolder: "/l", dataRoot: nil,
            worker: WorkerOptions(
                memory: 2, memoryTotal: 4.5, cache: "/scratch/my cache", cacheGib: 7,
                until: "18:30", tags: ["fast"]))
        #expect(script.text.contains("\n#SBATCH --mem=5120M\n"))
        #expect(
            script.text.contains(
                "--memory=2.0 --memory-total=4.5 '--cache=/scratch/my cache' --cache-gib=7.0 "
                    + "--until=18:30 --tag fast"))
    }

    @Test("The script of a job reads so")
    func script() {
        let script = BatchScript(
            jobName: "concord-my_study-0123abcd", program: "/home/eva/my tools/concord",
            address: "tcp://login1:5555", key: "/home/eva/k", slots: 4,
            logFolder: "/home/eva/my study.slurm",
            dataRoot: "/data/it's")
        #expect(
            script.text == #"""
                #!/bin/sh
                #SBATCH --job-name=concord-my_study-0123abcd
                #SBATCH --output="/home/eva/my study.slurm/%A_%a.log"
                #SBATCH --open-mode=append
                #SBATCH --nodes=1
                #SBATCH --ntasks=1
                #SBATCH --cpus-per-task=4
                #SBATCH --signal=B:USR1@90
                #SBATCH --requeue
                # Not every Slurm tells a job when it ends; its list does.
                if [ -z "${SLURM_JOB_END_TIME:-}" ]; then
                    end=$(squeue --noheader --jobs="$SLURM_JOB_ID" --format=%e) && [ -n "$end" ] &&
                        end=$(date -d "$end" +%s) && export SLURM_JOB_END_TIME="$end"
                fi
                # A worker of `concord run --on slurm`. Its spool is on the node's own disk, where
                # a job that is put back into the queue finds it if it gets the node again.
                exec '/home/eva/my tools/concord' work tcp://login1:5555 --key /home/eva/k \
                    --slots 4 --orphan-seconds 600.0 --data-root '/data/it'\''s' \
                    --spool "${TMPDIR:-/tmp}/concord-my_study-0123abcd-$SLURM_JOB_ID"

                """#)
    }
}
