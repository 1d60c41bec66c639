package import GatewayModel
internal import Synchronization

/// The appends between those who append and the one writer, with the door before them. Appenders call ``enter(_:)``, ``push(_:bytes:)`` and
/// ``leave(_:)``; the writer calls ``take(bytesMax:)``.
package final class AppendQueue<Item: Sendable>: Sendable {
    /// How an appender hears that it may come in: nil, or why not.
    private typealias Admission = CheckedContinuation<StorageError?, Never>

    private struct State: Sendable {
        var door: AdmissionDoor<Admission>
        var waiting: [(item: Item, bytes: Int)] = []
        var isDraining = false
    }

    private let state: Mutex<State>

    /// - Parameter bytesMax: bytes of the appends inside, as they count at the door.
    package init(bytesMax: Int) { state = Mutex(State(door: AdmissionDoor(bytesMax: bytesMax))) }

    // MARK: The door

    /// Waits until there is room for an append of this size.
    package func enter(_ bytes: Int) async throws(StorageError) {
        switch state.withLock({ $0.door.admit(bytes) }) {
        case .admitted: return
        case .refused(let error): throw error
        case .wait: break
        }
        let refusal = await withCheckedContinuation { (admission: Admission) in
            // Looked at again: the door may have opened meanwhile.
            let verdict = state.withLock { state in
                let verdict = state.door.admit(bytes)
                if case .wait = verdict { state.door.wait(bytes, admission) }
                return verdict
            }
            switch verdict {
            case .admitted: admission.resume(returning: nil)
            case .refused(let error): admission.resume(returning: error)
            case .wait: break
            }
        }
        if let refusal { throw refusal }
    }

    /// An append that came in has ended.
    package func leave(_ bytes: Int) {
        let admitted = state.withLock { $0.door.leave(bytes) }
        for admission in admitted { admission.resume(returning: nil) }
    }

    /// What keeps appenders out now.
    package var obstacle: AdmissionObstacle? { state.withLock { $0.door.obstacle } }

    /// Lets appenders in, makes them wait or refuses them.
    ///
    /// - Parameter obstacle: says how things stand; asked under the queue's lock, so that of two threads that look the later one has its way.
    package func update(_ obstacle: () -> AdmissionObstacle?) {
        let changed = state.withLock { state -> AdmissionDoor<Admission>.Changed in
            let obstacle = obstacle()
            return obstacle == state.door.obstacle ? .init() : state.door.set(obstacle)
        }
        for admission in changed.admitted { admission.resume(returning: nil) }
        for admission in changed.refused { admission.resume(returning: changed.refusal) }
    }

    // MARK: The queue

    /// Puts an append behind the others; true when the writer must be woken.
    ///
    /// - Parameter bytes: what it takes of a group.
    package func push(_ item: Item, bytes: Int) -> Bool {
        state.withLock { state in
            state.waiting.append((item, bytes))
            defer { state.isDraining = true }
            return !state.isDraining
        }
    }

    /// Takes the appends that waited, up to `bytesMax` and at least one; empty when there is none, and then the writer may rest.
    package func take(bytesMax: Int) -> [Item] {
        state.withLock { state in
            var count = 0
            var bytes = 0
            while count < state.waiting.count, count == 0 || bytes + state.waiting[count].bytes <= bytesMax {
                bytes += state.waiting[count].bytes
                count += 1
            }
            let group = state.waiting[..<count].map(\.item)
            state.waiting.removeFirst(count)
            state.isDraining = !group.isEmpty
            return group
        }
    }
}
