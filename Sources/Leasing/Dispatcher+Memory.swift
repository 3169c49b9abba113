import Planning

extension Dispatcher {
    /// Memory that one worker has, or several of one machine have together.
    struct Pool: Sendable {
        /// The least that one of its workers says.
        var capacity: Int
        /// What is set aside for the leases and surplus copies of its workers.
        var reserved = 0
        /// The workers that are there or awaited.
        var members: [Int] = []
    }

    /// The bytes that the trial needs, as predicted or, where that was too little, as raised.
    func bytes(of trial: Int) -> Int {
        outgrown.isEmpty ? demands[trial].bytes : outgrown[trial] ?? demands[trial].bytes
    }

    /// The highest ``MemoryTier`` of a trial that the worker has memory for now. Surplus copies of
    /// its own are ended for it.
    func room(on worker: Int) -> Int {
        let pool = pools[workers[worker].pool]
        guard pool.capacity < .max else { return MemoryTier.unlimited }
        let surplus = workers[worker].surplus.reduce(0) { $0 + $1.bytes }
        return MemoryTier.within(pool.capacity - pool.reserved + surplus)
    }

    func fits(_ trial: Int, _ worker: Int) -> Bool {
        MemoryTier.holding(bytes(of: trial)) <= room(on: worker)
    }

    /// Sets memory aside, or gives it back, and lets those who share it stand in the right lines.
    mutating func reserve(_ bytes: Int, on worker: Int) {
        let pool = workers[worker].pool
        guard bytes != 0, pools[pool].capacity < .max else { return }
        pools[pool].reserved += bytes
        for member in pools[pool].members where member != worker {
            if bytes < 0 { resting.remove(member) }
            place(member)
        }
    }

    /// Brings the worker to the memory and the machine that the journal says it has, with what is
    /// set aside for it.
    mutating func settle(_ worker: Int) {
        let known = history.workers[worker]
        let resources = known.resources
        if !resources.machine.isEmpty {
            workers[worker].machine = number(ofMachine: resources.machine)
        }
        let own = "worker \(known.id)"
        let pool =
            resources.memoryBytes == 0
            ? 0 : number(ofPool: resources.memoryPool.isEmpty ? own : resources.memoryPool)
        quitPool(worker)
        workers[worker].pool = pool
        if pool > 0 {
            pools[pool].members.append(worker)
            measure(pool)
        }
        reserve(heldBytes(of: worker), on: worker)
        line(up: worker)
    }

    /// Takes the worker and what is set aside for it out of its pool.
    mutating func quitPool(_ worker: Int) {
        let pool = workers[worker].pool
        guard pool > 0 else { return }
        reserve(-heldBytes(of: worker), on: worker)
        pools[pool].members.removeAll { $0 == worker }
        workers[worker].pool = 0
        measure(pool)
    }

    /// Finds a pool's capacity, which is another when a worker came or went.
    private mutating func measure(_ pool: Int) {
        let members = pools[pool].members
        pools[pool].capacity = members.map { history.workers[$0].resources.memoryBytes }.min() ?? 0
        for member in members {
            resting.remove(member)
            place(member)
        }
    }

    func heldBytes(of worker: Int) -> Int {
        workers[worker].leases.reduce(0) { $0 + $1.bytes }
            + workers[worker].surplus.reduce(0) { $0 + $1.bytes }
    }

    /// The trial needed more than its trainer was given, which was what is set aside or, if that is
    /// more, a slot's share: it is given twice as much, up to all that its worker has.
    mutating func raise(_ trial: Int, after held: Held, _ worker: Int) {
        let pool = pools[workers[worker].pool]
        guard pool.capacity < .max else { return }
        let slots = pool.members.reduce(0) { $0 + history.workers[$1].slots }
        let given = max(held.bytes, pool.capacity / max(1, slots))
        let most = MemoryTier.bytes(MemoryTier.within(pool.capacity))
        outgrown[trial] = max(held.bytes, min(2 * given, most))
    }

    private mutating func number(ofPool name: String) -> Int {
        if let known = poolIndex[name] { return known }
        poolIndex[name] = pools.count
        pools.append(Pool(capacity: 0))
        return pools.count - 1
    }

    private mutating func number(ofMachine name: String) -> Int {
        if let known = machineIndex[name] { return known }
        machineIndex[name] = machines.count
        machines.append([])
        return machines.count - 1
    }

    // MARK: What was learnt

    func cost(of shape: Demands.Shape) -> Double { costs.seconds(shape) ?? shape.work }

    /// Takes in how long a first attempt took, and now and then, after four times as many as last
    /// time, puts what waits into the order that follows.
    mutating func learn(from held: Held) {
        guard held.attempt == 1, let begunAt = held.begunAt else { return }
        costs.learn(demands[held.trial], seconds: now - begunAt)
        guard costs.count >= costsDue else { return }
        costsDue = 4 * costsDue
        guard demands.shapes.count > 1 else { return }
        let waiting = Set(fresh.buckets.flatMap { $0.waiting.elements.map(\.trial) })
        fresh.removeAll()
        for trial in waiting.sorted()
        where isQueued(trial) && history.trials[trial].faults.isEmpty { file(trial) }
    }

    /// How long the rest will take, with the workers that are there; nil while that is not known.
    ///
    /// - Complexity: O(shapes + leases).
    public var forecast: CostModel.Forecast? {
        let elapsed = workers.reduce(0) { sum, worker in
            worker.leases.reduce(sum) { $0 + ($1.begunAt.map { now - $0 } ?? 0) }
        }
        return costs.forecast(
            left: zip(demands.shapes, left).map { ($0, $1) }, elapsed: elapsed,
            slots: min(available.slots, left.reduce(0, +)))
    }

    /// What waits for a worker with more memory than any that is there; nil when nothing does.
    ///
    /// - Complexity: O(workers + sizes + trials that wait so).
    public var outsized: Outsized? {
        let rooms = workers.filter(\.isAvailable).map { pools[$0.pool].capacity }
        guard let room = rooms.max(), room < .max else { return nil }
        let tier = MemoryTier.within(room)
        let waiting = Set(
            fresh.buckets.filter { $0.tier > tier }
                .flatMap { $0.waiting.elements.map(\.trial) }.filter(isQueued))
        return Outsized(bytes: waiting.map(bytes(of:)), room: room)
    }
}

/// Trials that no worker has memory for.
public struct Outsized: Hashable, Sendable {
    /// How many.
    public let count: Int
    /// What the smallest of them needs.
    public let bytes: Int
    /// What the largest worker has for all of its trainers.
    public let room: Int

    /// Nil when there are none.
    init?(bytes: [Int], room: Int) {
        guard let least = bytes.min() else { return nil }
        (count, self.bytes, self.room) = (bytes.count, least, room)
    }
}

extension Dispatcher.History {
    /// What waits for a worker with more memory than any that is there, as far as the journal says.
    public func outsized(_ demands: Demands) -> Outsized? {
        let rooms = workers.filter { $0.present && !$0.cordoned }.map(\.resources.memoryBytes)
        guard let room = rooms.max(), !rooms.contains(0) else { return nil }
        let tier = MemoryTier.within(room)
        let bytes = keys.indices.filter { trials[$0].state == .queued }
            .map { demands[$0].bytes }.filter { MemoryTier.holding($0) > tier }
        return Outsized(bytes: bytes, room: room)
    }

    /// How many open trials there are of each shape, and the slots of the workers that are there.
    public func left(
        _ demands: Demands
    ) -> (shapes: [(shape: Demands.Shape, count: Int)], slots: Int) {
        var counts = Array(repeating: 0, count: demands.shapes.count)
        for trial in keys.indices where isOpen(keys[trial]) {
            counts[demands.index(of: trial)] += 1
        }
        let slots = workers.reduce(0) { $0 + ($1.present && !$1.cordoned ? $1.slots : 0) }
        return (zip(demands.shapes, counts).map { ($0, $1) }, slots)
    }
}
