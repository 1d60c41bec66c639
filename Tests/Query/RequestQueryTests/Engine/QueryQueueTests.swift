import Testing

@testable import RequestQuery

struct QueryQueueTests {
    /// Jobs are their own numbers here.
    static func queue(running: Int = 1, waiting: Int = 100, perAsker: Int = 100, _ arrivals: [(asker: String, job: Int)]) -> QueryQueue<Int> {
        var queue = QueryQueue<Int>(runningMax: running, waitingMax: waiting, waitingPerAskerMax: perAsker)
        for arrival in arrivals { _ = queue.add(arrival.job, number: arrival.job, asker: arrival.asker) }
        return queue
    }

    /// The jobs in the order in which they get their turn.
    static func order(_ queue: QueryQueue<Int>) -> [Int] {
        var queue = queue
        var order: [Int] = []
        while let job = queue.next() { order.append(job) }
        return order
    }

    @Test func oneAskerIsServedInOrderOfArrival() {
        #expect(Self.order(Self.queue((0...4).map { ("a", $0) })) == [1, 2, 3, 4])
    }

    @Test func askersTakeTurns() {
        let arrivals = (0...5).map { ("slow", $0) } + [("b", 10), ("b", 11), ("c", 20)]
        #expect(Self.order(Self.queue(arrivals)) == [1, 10, 20, 2, 11, 3, 4, 5])
    }

    @Test func nineteenOthersWaitForOneQuestionOfTheGreedyOneAndNotForThirty() {
        let arrivals = (0...30).map { ("greedy", $0) } + (0..<19).map { ("user \($0)", 100 + $0) }
        #expect(Self.order(Self.queue(arrivals)).prefix(20).elementsEqual([1] + (100..<119)))
    }

    @Test func whoComesBackStandsAtTheEnd() {
        var queue = Self.queue([("a", 0), ("a", 1), ("b", 2), ("c", 3)])
        #expect(queue.next() == 1)
        #expect(queue.add(4, number: 4, asker: "a") == .waits)
        #expect(Self.order(queue) == [2, 3, 4])
    }

    @Test func limitsCountFromTheFirstElementOn() {
        var queue = QueryQueue<Int>(runningMax: 2, waitingMax: 3, waitingPerAskerMax: 2)
        let admissions = ["a", "a", "a", "a", "a", "b", "b", "c"].enumerated().map { queue.add($0, number: $0, asker: $1) }
        #expect(admissions == [.starts, .starts, .waits, .waits, .askerIsFull, .waits, .queueIsFull, .queueIsFull])
        #expect((queue.running, queue.waiting) == (2, 3))
    }

    @Test func whatLeftTheLineGetsNoTurnAndFreesItsPlace() {
        var queue = Self.queue(waiting: 3, [("a", 0), ("a", 1), ("b", 2), ("b", 3)])
        #expect(queue.remove(1, of: "a") == 1)
        #expect(queue.remove(1, of: "a") == nil)
        #expect(queue.remove(0, of: "a") == nil)
        #expect(queue.remove(3, of: "b") == 3)
        #expect(queue.waiting == 1)
        #expect(queue.add(5, number: 5, asker: "a") == .waits)
        #expect(Self.order(queue) == [2, 5])
    }

    /// Whatever comes and goes in whatever order: no more run than may, the counts agree with a list, and no job is lost or given twice.
    @Test(arguments: 0..<40) func countsAgreeWithAList(_ seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        var queue = QueryQueue<Int>(runningMax: 2, waitingMax: 8, waitingPerAskerMax: 3)
        var waiting: [(job: Int, asker: String)] = []
        var running = 0
        for job in 0..<400 {
            let asker = "\(Int(random.next() % 4))"
            switch random.next() % 4 {
            case 0, 1:
                let admission = queue.add(job, number: job, asker: asker)
                let expected: QueryQueue<Int>.Admission =
                    running < 2 ? .starts : waiting.count == 8 ? .queueIsFull : waiting.count(where: { $0.asker == asker }) == 3 ? .askerIsFull : .waits
                #expect(admission == expected)
                if expected == .starts { running += 1 }
                if expected == .waits { waiting.append((job, asker)) }
            case 2 where running > 0:
                let next = queue.next()
                if waiting.isEmpty { running -= 1 }
                let place = waiting.firstIndex { $0.job == next }
                #expect((place == nil) == waiting.isEmpty)
                if let place {
                    #expect(!waiting[..<place].contains { $0.asker == waiting[place].asker })
                    waiting.remove(at: place)
                }
            default:
                guard let place = waiting.indices.randomElement(using: &random) else { continue }
                let gone = waiting.remove(at: place)
                #expect(queue.remove(gone.job, of: gone.asker) == gone.job)
            }
            #expect((queue.running, queue.waiting) == (running, waiting.count))
        }
    }
}
