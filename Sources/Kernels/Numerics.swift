/// What names the arithmetic: both enter every trial's key.
public enum Numerics {
    /// Raised whenever any trial's numbers change for the same recipe, data and seed.
    public static let version = 1

    /// Machines of one numeric class give the same bits for the same trial.
    public static let numericClass = "cpu"
}
