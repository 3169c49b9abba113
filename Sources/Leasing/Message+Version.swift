extension WorkerMessage {
    /// The version of the messages between workers and coordinator.
    ///
    /// Raised whenever either side would misunderstand the other's older form.
    public static let protocolVersion = 3
}
