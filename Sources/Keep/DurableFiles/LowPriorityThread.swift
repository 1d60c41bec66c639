internal import Glibc

/// Work on a thread of its own that the system prefers all others to. Queues do not do: their threads are lent, and a thread's niceness can
/// only be raised.
package enum LowPriorityThread {
    /// The niceness: a tenth of the time of a thread that is not nice, when both want the same core.
    private static let niceness: Int32 = 10

    private final class Work: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    /// Runs `body` on a new thread and returns when it has ended; on the caller's thread when the system gives no other.
    package static func run(_ body: @escaping @Sendable () -> Void) {
        let work = unsafe Unmanaged.passRetained(Work(body)).toOpaque()
        if unsafe !start(work) { unsafe enter(work) }
    }

    /// Returns when a thread has done the work; false, and nothing done, when there is none.
    private static func start(_ work: UnsafeMutableRawPointer) -> Bool {
        var thread = pthread_t()
        let code = unsafe pthread_create(&thread, nil, { pointer in
            // 0 means the calling thread to Linux, not the whole process.
            setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, LowPriorityThread.niceness)
            if let pointer = unsafe pointer { unsafe LowPriorityThread.enter(pointer) }
            return nil
        }, work)
        guard code == 0 else { return false }
        pthread_join(thread, nil)
        return true
    }

    private static func enter(_ work: UnsafeMutableRawPointer) { unsafe Unmanaged<Work>.fromOpaque(work).takeRetainedValue().body() }

    /// Nanoseconds of processor time that the calling thread has used.
    package static var processorNanoseconds: Int64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    package static func sleep(nanoseconds: Int64) { usleep(UInt32(clamping: nanoseconds / 1_000)) }
}
