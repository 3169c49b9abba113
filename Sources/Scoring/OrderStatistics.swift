/// Quantiles of many values without sorting them: each is selected by halving, and what was learnt
/// for one serves the next.
struct OrderStatistics {
    private var values: [Double]
    /// Places where all that is before is smaller or equal and all that is behind larger or equal.
    private var fixed: [Int] = []

    /// The order of `values`, which are finite and at least one. They are taken over.
    init(_ values: inout [Double]) {
        self.values = values
        values = []
    }

    /// Linear between the order statistics.   Hyndman and Fan 1996, definition 7.
    mutating func quantile(_ share: Double) -> Double {
        let place = share * Double(values.count - 1)
        let below = Int(place)
        let low = value(below)
        guard place > Double(below) else { return low }
        return low + (place - Double(below)) * (value(below + 1) - low)
    }

    /// The value of a rank, from 0.   Hoare 1961, pivots by the median of three.
    private mutating func value(_ rank: Int) -> Double {
        var low = (fixed.last { $0 < rank } ?? -1) + 1
        var high = (fixed.first { $0 > rank } ?? values.count) - 1
        values.withUnsafeMutableBufferPointer { values in
            while low < high {
                let pivot = Self.median(values[low], values[(low + high) / 2], values[high])
                var (i, j) = (low - 1, high + 1)
                while true {
                    repeat { i += 1 } while values[i] < pivot
                    repeat { j -= 1 } while values[j] > pivot
                    guard i < j else { break }
                    values.swapAt(i, j)
                }
                if rank <= j { high = j } else { low = j + 1 }
            }
        }
        if !fixed.contains(rank) {
            fixed.append(rank)
            fixed.sort()
        }
        return values[rank]
    }

    private static func median(_ a: Double, _ b: Double, _ c: Double) -> Double {
        max(min(a, b), min(max(a, b), c))
    }
}
