/// People who wait in a line, named by small numbers; each stands in it at most once.
///
/// A doubly linked list in two arrays: joining, leaving from anywhere and looking at the front take
/// constant time.
struct Line: Sendable {
    private var after: [Int] = []
    private var before: [Int] = []
    private var standing: [Bool] = []
    private var head = -1
    private var tail = -1

    /// Who stands at the front.
    var first: Int? { head < 0 ? nil : head }

    /// Who stands behind the front.
    var second: Int? { head < 0 || after[head] < 0 ? nil : after[head] }

    func contains(_ member: Int) -> Bool { member < standing.count && standing[member] }

    /// Puts `member` at the end, unless it stands in the line already.
    mutating func append(_ member: Int) {
        guard !contains(member) else { return }
        while standing.count <= member {
            after.append(-1)
            before.append(-1)
            standing.append(false)
        }
        standing[member] = true
        before[member] = tail
        after[member] = -1
        if tail < 0 { head = member } else { after[tail] = member }
        tail = member
    }

    /// Takes `member` out, if it stands in the line.
    mutating func remove(_ member: Int) {
        guard contains(member) else { return }
        standing[member] = false
        let (front, back) = (before[member], after[member])
        if front < 0 { head = back } else { after[front] = back }
        if back < 0 { tail = front } else { before[back] = front }
    }
}
