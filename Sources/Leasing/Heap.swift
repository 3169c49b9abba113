/// A priority queue: the least element comes out first.
package struct Heap<Element: Comparable & Sendable>: Sendable {
    /// Every element is no greater than its children, at 2i + 1 and 2i + 2.
    package private(set) var elements: [Element] = []

    package var first: Element? { elements.first }

    package init() {}

    /// - Complexity: O(log n).
    package mutating func insert(_ element: Element) {
        elements.append(element)
        var child = elements.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard elements[child] < elements[parent] else { return }
            elements.swapAt(child, parent)
            child = parent
        }
    }

    /// - Complexity: O(log n).
    package mutating func popFirst() -> Element? {
        guard let last = elements.popLast() else { return nil }
        guard let first = elements.first else { return last }
        elements[0] = last
        var parent = 0
        while true {
            var least = parent
            for child in (2 * parent + 1)..<(2 * parent + 3) where child < elements.count {
                if elements[child] < elements[least] { least = child }
            }
            guard least != parent else { return first }
            elements.swapAt(least, parent)
            parent = least
        }
    }
}
