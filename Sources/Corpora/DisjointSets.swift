/// Items of which some are joined: what is joined, directly or through others, is one group.
package struct DisjointSets {
    private var parents: [Int]

    /// Items of which none is joined to another.
    package init(count: Int) { parents = Array(0..<count) }

    /// Joins two items, and with them their groups.
    package mutating func join(_ a: Int, _ b: Int) {
        let (a, b) = (root(a), root(b))
        parents[max(a, b)] = min(a, b)
    }

    /// The group of each item; groups count in the order of their first items.
    package mutating func groups() -> [Int] {
        var numbers = [Int](repeating: -1, count: parents.count)
        var count = 0
        return parents.indices.map { item in
            let root = root(item)
            if numbers[root] < 0 {
                numbers[root] = count
                count += 1
            }
            return numbers[root]
        }
    }

    /// The first item of the group.
    private mutating func root(_ item: Int) -> Int {
        var item = item
        while parents[item] != item {
            parents[item] = parents[parents[item]]
            item = parents[item]
        }
        return item
    }
}
