import Running

/// The script of a worker's job, as sbatch reads it.
struct BatchScript {
    /// What all jobs of the run are called, and found again by.
    let jobName: String
    /// The executable, on a file system that the nodes share.
    let program: String
    /// Where the nodes reach the coordinator.
    let address: String
    /// The file of the workers' key, on a file system that the nodes share.
    let key: String
    /// Trials at a time, each on a core of its own.
    let slots: Int
    /// The folder for the jobs' logs.
    let logFolder: String
    /// The folder that the corpora's files lie in, where it is not the manifests' own.
    let dataRoot: String?
    /// What else the worker is told.
    var worker = WorkerOptions()

    /// Seconds before its time limit at which Slurm tells a worker, which then gives back what it
    /// holds, with checkpoints.
    static let warningSeconds = 90
    /// MiB that a worker may take beside its trainers.
    private static let ownMebibytes = 512

    /// The script. What the user gives to sbatch stands on its command line, and overrides the
    /// lines here.
    var text: String {
        var options = ["--slots", "\(slots)", "--orphan-seconds", "\(LaunchSite.rebootSeconds)"]
        if let dataRoot { options += ["--data-root", dataRoot] }
        options += worker.arguments
        let memory = worker.memoryTotal.map {
            "\n#SBATCH --mem=\(Int($0 * 1024) + BatchScript.ownMebibytes)M"
        }
        return """
            #!/bin/sh
            #SBATCH --job-name=\(jobName)
            #SBATCH --output=\(BatchScript.directive(logFolder + "/%A_%a.log"))
            #SBATCH --open-mode=append
            #SBATCH --nodes=1
            #SBATCH --ntasks=1
            #SBATCH --cpus-per-task=\(slots)\(memory ?? "")
            #SBATCH --signal=B:USR1@\(BatchScript.warningSeconds)
            #SBATCH --requeue
            # Not every Slurm tells a job when it ends; its list does.
            if [ -z "${SLURM_JOB_END_TIME:-}" ]; then
                end=$(squeue --noheader --jobs="$SLURM_JOB_ID" --format=%e) && [ -n "$end" ] &&
                    end=$(date -d "$end" +%s) && export SLURM_JOB_END_TIME="$end"
            fi
            # A worker of `concord run --on slurm`. Its spool is on the node's own disk, where
            # a job that is put back into the queue finds it if it gets the node again.
            exec \(Shell.line([program, "work", address, "--key", key])) \\
                \(Shell.line(options)) \\
                --spool "${TMPDIR:-/tmp}/\(jobName)-$SLURM_JOB_ID"

            """
    }

    /// A value for a line of sbatch, which reads words as a shell does, but for quotes of its own.
    private static func directive(_ value: String) -> String {
        value.contains(where: \.isWhitespace) ? "\"\(value)\"" : value
    }
}
