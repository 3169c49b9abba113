import Testing

@testable import Leasing

@Suite("Heap and Line")
struct HeapAndLineTests {
    @Test("A heap gives what was put in, least first, however it is filled")
    func heap() {
        var random = SplitMix(seed: 1)
        for count in [0, 1, 2, 3, 7, 8, 31, 200] {
            var heap = Heap<Int>()
            var model: [Int] = []
            for _ in 0..<count {
                let value = random.below(50)
                heap.insert(value)
                model.append(value)
                if random.below(4) == 0 {
                    model.sort()
                    #expect(heap.popFirst() == model.removeFirst())
                }
                #expect(heap.first == model.min())
            }
            model.sort()
            for value in model { #expect(heap.popFirst() == value) }
            #expect(heap.popFirst() == nil)
        }
    }

    @Test("A line does as an array without repetitions does")
    func line() {
        var random = SplitMix(seed: 2)
        var line = Line()
        var model: [Int] = []
        for _ in 0..<5_000 {
            let member = random.below(12)
            if random.below(2) == 0 {
                line.append(member)
                if !model.contains(member) { model.append(member) }
            } else {
                line.remove(member)
                model.removeAll { $0 == member }
            }
            #expect(line.first == model.first)
            #expect(line.second == model.dropFirst().first)
            #expect(line.contains(member) == model.contains(member))
        }
    }
}
