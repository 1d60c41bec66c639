package import GatewayModel

/// Why nobody is let in although there is room.
package enum AdmissionObstacle: Sendable, Equatable {
    /// Memory is full until a flush ends.
    case flushing
    /// Memory is full and flushes fail.
    case failing(StorageError)
    /// For good.
    case closed
}

/// The door before the append queue: lets appenders in while the bytes inside stay below a limit (or nobody is inside), in order of arrival.
///
/// A pure state machine; `Waiter` is whatever can be told that it may come in.
package struct AdmissionDoor<Waiter: Sendable>: Sendable {
    package enum Verdict: Sendable, Equatable { case admitted, wait, refused(StorageError) }

    /// Who is let in now, and who is sent away with what.
    package struct Changed: Sendable {
        package var admitted: [Waiter] = []
        package var refused: [Waiter] = []
        package var refusal: StorageError = .closed

        package init(admitted: [Waiter] = [], refused: [Waiter] = [], refusal: StorageError = .closed) {
            (self.admitted, self.refused, self.refusal) = (admitted, refused, refusal)
        }
    }

    private let bytesMax: Int
    /// Bytes of those inside, and how many they are.
    package private(set) var bytes = 0
    private var inside = 0
    private var waiting: [(bytes: Int, waiter: Waiter)] = []
    package private(set) var obstacle: AdmissionObstacle?

    package init(bytesMax: Int) { self.bytesMax = bytesMax }

    /// Lets an append of this size in if that is possible now.
    package mutating func admit(_ bytes: Int) -> Verdict {
        if let refusal { return .refused(refusal) }
        guard obstacle == nil, waiting.isEmpty, hasRoom(bytes) else { return .wait }
        enter(bytes)
        return .admitted
    }

    /// Waits for ``leave(_:)`` or ``set(_:)``.
    package mutating func wait(_ bytes: Int, _ waiter: Waiter) { waiting.append((bytes, waiter)) }

    /// An admitted append has ended; returns who is let in now.
    package mutating func leave(_ bytes: Int) -> [Waiter] {
        inside -= 1
        self.bytes -= bytes
        return open()
    }

    /// Sets the obstacle. A closed door stays closed.
    package mutating func set(_ obstacle: AdmissionObstacle?) -> Changed {
        if self.obstacle != .closed { self.obstacle = obstacle }
        guard let refusal else { return Changed(admitted: open()) }
        defer { waiting = [] }
        return Changed(refused: waiting.map(\.waiter), refusal: refusal)
    }

    /// What appenders are refused with now; nil when they may come in or wait.
    private var refusal: StorageError? {
        switch obstacle {
        case .closed: .closed
        case .failing(let error): .full(reason: "memory is full and parts cannot be written: \(error)")
        case .flushing, nil: nil
        }
    }

    private func hasRoom(_ bytes: Int) -> Bool { inside == 0 || self.bytes + bytes <= bytesMax }

    private mutating func open() -> [Waiter] {
        guard obstacle == nil else { return [] }
        var count = 0
        while count < waiting.count, hasRoom(waiting[count].bytes) {
            enter(waiting[count].bytes)
            count += 1
        }
        defer { waiting.removeFirst(count) }
        return waiting[..<count].map(\.waiter)
    }

    private mutating func enter(_ bytes: Int) {
        inside += 1
        self.bytes += bytes
    }
}
