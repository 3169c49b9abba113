/// Who stands in the door of a port: connections that came and have not proved yet to be admitted.
///
/// A connection that has said something is no stranger: ZeroMQ hands over messages of admitted
/// clients only. When there are too many strangers the door closes, and opens again when half of
/// them are gone, which the limit on handshakes sees to. So a flood of strangers costs bounded
/// memory and descriptors, and those who are in do not notice.
struct Doorway {
    /// Connections, by descriptor, that stand.
    private(set) var present: Set<Int32> = []
    /// Those of them that have said nothing yet.
    private(set) var strangers: Set<Int32> = []
    /// Whether newcomers may come.
    private(set) var isOpen = true
    private let strangersMax: Int

    init(strangersMax: Int) { self.strangersMax = strangersMax }

    /// A connection was accepted.
    mutating func came(_ descriptor: Int32) {
        present.insert(descriptor)
        strangers.insert(descriptor)
        judge()
    }

    /// It has said a message.
    mutating func spoke(_ descriptor: Int32) {
        guard strangers.remove(descriptor) != nil else { return }
        judge()
    }

    /// It is gone.
    mutating func left(_ descriptor: Int32) {
        present.remove(descriptor)
        strangers.remove(descriptor)
        judge()
    }

    private mutating func judge() {
        isOpen =
            isOpen ? strangers.count < strangersMax : strangers.count <= strangersMax / 2
    }
}
