/// Quantiles of many values without sorting them all: values are put into bins of equal width, and
/// only the bins that hold a wanted rank are sorted.
struct OrderStatistics {
    /// Bin by bin; sorted within those that were asked for.
    private var values: [Double]
    /// Where each bin begins, and the end of the last one.
    private let starts: [Int]
    private var isSorted: [Bool]

    /// The order of `values`, which are finite and at least one. They are taken over.
    init(_ values: inout [Double]) {
        var (low, high) = (values[0], values[0])
        for value in values {
            low = min(low, value)
            high = max(high, value)
        }
        // Rounding keeps the order: a larger value is in no earlier bin.
        let most = max(1, values.count / Self.valuesOfBin)
        let perUnit = Double(most) / (high - low)
        let bins = perUnit.isFinite && perUnit > 0 ? most : 1
        func bin(_ value: Double) -> Int {
            bins == 1 ? 0 : min(bins - 1, Int((value - low) * perUnit))
        }
        var starts = [Int](repeating: 0, count: bins + 1)
        for value in values { starts[bin(value) + 1] += 1 }
        for bin in 0..<bins { starts[bin + 1] += starts[bin] }
        var next = starts
        var binned = values
        for value in values {
            let place = bin(value)
            binned[next[place]] = value
            next[place] += 1
        }
        self.values = binned
        self.starts = starts
        isSorted = [Bool](repeating: false, count: bins)
        values = []
    }

    /// About so many values share a bin.
    private static let valuesOfBin = 8

    /// Linear between the order statistics.   Hyndman and Fan 1996, definition 7.
    mutating func quantile(_ share: Double) -> Double {
        let place = share * Double(values.count - 1)
        let below = Int(place)
        let low = value(below)
        guard place > Double(below) else { return low }
        return low + (place - Double(below)) * (value(below + 1) - low)
    }

    /// The value of a rank, from 0.
    private mutating func value(_ rank: Int) -> Double {
        var (low, high) = (0, isSorted.count)
        while high - low > 1 {
            let middle = (low + high) / 2
            if starts[middle] <= rank { low = middle } else { high = middle }
        }
        if !isSorted[low] {
            values[starts[low]..<starts[low + 1]].sort()
            isSorted[low] = true
        }
        return values[rank]
    }
}
