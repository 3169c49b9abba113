/// What this program is.
public enum Release {
    /// The version, which `--version` shows and imported files name.
    public static let version = "0.1.0"
}
