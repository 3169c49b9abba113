/// People who wait in lines with numbers, each in one at most; people have small numbers too.
///
/// Doubly linked lists in shared arrays: joining a line, leaving it from anywhere and looking at
/// its front take constant time, and finding the first line from a number on that is not empty
/// nearly so.
struct Lines: Sendable {
    private var after: [Int] = []
    private var before: [Int] = []
    /// The line of each member; −1 outside.
    private var line: [Int] = []
    private var heads: [Int]
    private var tails: [Int]
    /// A bit for each line that is not empty.
    private var busy: [UInt64]

    init(count: Int) {
        heads = Array(repeating: -1, count: count)
        tails = heads
        busy = Array(repeating: 0, count: (count + 63) / 64)
    }

    func contains(_ member: Int) -> Bool { member < line.count && line[member] >= 0 }

    /// The highest line in which somebody stands.
    var highest: Int? {
        for word in busy.indices.reversed() where busy[word] != 0 {
            return 64 * word + 63 - busy[word].leadingZeroBitCount
        }
        return nil
    }

    /// The lowest line from `number` on in which somebody stands.
    func lowest(from number: Int) -> Int? {
        guard number < heads.count else { return nil }
        var word = number / 64
        var bits = busy[word] & (~0 << UInt64(number % 64))
        while bits == 0 {
            word += 1
            guard word < busy.count else { return nil }
            bits = busy[word]
        }
        return 64 * word + bits.trailingZeroBitCount
    }

    /// Up to two who stand in front, in the lowest lines from `number` on.
    func front(from number: Int) -> (first: Int?, second: Int?) {
        guard let lowest = lowest(from: number) else { return (nil, nil) }
        let first = heads[lowest]
        if after[first] >= 0 { return (first, after[first]) }
        return (first, self.lowest(from: lowest + 1).map { heads[$0] })
    }

    /// Puts `member` at the end of the line, unless it stands in that line already.
    mutating func append(_ member: Int, to number: Int) {
        while line.count <= member {
            after.append(-1)
            before.append(-1)
            line.append(-1)
        }
        guard line[member] != number else { return }
        remove(member)
        line[member] = number
        before[member] = tails[number]
        after[member] = -1
        if tails[number] < 0 { heads[number] = member } else { after[tails[number]] = member }
        tails[number] = member
        busy[number / 64] |= 1 << UInt64(number % 64)
    }

    /// Takes `member` out, if it stands in a line.
    mutating func remove(_ member: Int) {
        guard member < line.count, line[member] >= 0 else { return }
        let number = line[member]
        line[member] = -1
        let (front, back) = (before[member], after[member])
        if front < 0 { heads[number] = back } else { after[front] = back }
        if back < 0 { tails[number] = front } else { before[back] = front }
        if heads[number] < 0 { busy[number / 64] &= ~(1 << UInt64(number % 64)) }
    }
}
