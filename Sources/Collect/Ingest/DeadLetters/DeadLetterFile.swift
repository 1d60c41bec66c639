internal import Dispatch
internal import Glibc
internal import Synchronization

/// Keeps refused documents in a file of JSON lines for people to look at: bounded, rotated to one older file, and never in the way. What cannot be
/// queued or written is counted and forgotten.
package final class DeadLetterFile: Sendable {
    /// Bytes of letters that may wait for the disk. Beyond it letters are dropped: ingest must not wait for them, nor memory grow.
    package static let queueBytesMax = 8 << 20

    package struct Statistics: Sendable, Equatable {
        /// Letters written since the start.
        package var written: Int64 = 0
        /// Letters dropped because the queue was full.
        package var dropped: Int64 = 0
        /// Letters that could not be written because the system refused.
        package var failed: Int64 = 0
    }

    private struct State {
        var waiting: [[UInt8]] = []
        var waitingBytes = 0
        var isScheduled = false
        var statistics = Statistics()
    }

    /// The file's path; the older one is beside it with `.1` behind its name.
    package let path: String
    private let bytesMax: Int
    private let queue = DispatchQueue(label: "gatewatch.dead-letters", qos: .utility)
    private let state = Mutex(State())

    /// - Parameters:
    ///   - path: where to write; its folder must exist. The file is made, readable by its owner alone, when the first letter comes.
    ///   - bytesMax: the setting `ingest.dead_letter_bytes_max`: size at which the file becomes the older one, which is replaced. Default 64 MiB: some
    ///     50,000 letters, and with the older file never more than twice that on disk.
    package init(path: String, bytesMax: Int = 64 << 20) {
        self.path = path
        self.bytesMax = bytesMax
    }

    package var statistics: Statistics { state.withLock { $0.statistics } }

    /// Hands letters over and returns at once.
    package func submit(_ letters: [DeadLetter]) {
        guard !letters.isEmpty else { return }
        let lines = letters.map(\.line)
        let mustSchedule = state.withLock { state in
            for line in lines {
                guard state.waitingBytes + line.count <= Self.queueBytesMax else {
                    state.statistics.dropped += 1
                    continue
                }
                state.waiting.append(line)
                state.waitingBytes += line.count
            }
            defer { state.isScheduled = true }
            return !state.isScheduled
        }
        if mustSchedule { queue.async { self.drain() } }
    }

    /// Waits until everything submitted before has been written or given up.
    package func flush() { queue.sync {} }

    private func drain() {
        while true {
            let lines = state.withLock { state -> [[UInt8]] in
                defer {
                    state.waiting = []
                    state.waitingBytes = 0
                }
                if state.waiting.isEmpty { state.isScheduled = false }
                return state.waiting
            }
            if lines.isEmpty { return }
            let written = write(lines)
            state.withLock { state in
                state.statistics.written += Int64(written)
                state.statistics.failed += Int64(lines.count - written)
            }
        }
    }

    /// Appends the lines; the number that was written whole.
    private func write(_ lines: [[UInt8]]) -> Int {
        var written = 0
        var file = open()
        guard file >= 0 else { return 0 }
        defer { if file >= 0 { close(file) } }
        var size = Int(lseek(file, 0, SEEK_END))
        for line in lines {
            if size > 0, size + line.count > bytesMax {
                close(file)
                unsafe rename(path, path + ".1")
                file = open()
                if file < 0 { return written }
                size = 0
            }
            guard Self.writeAll(line, to: file) else {
                // A line cut short by a full disk must not spoil the next one.
                ftruncate(file, off_t(size))
                return written
            }
            size += line.count
            written += 1
        }
        return written
    }

    private func open() -> Int32 { unsafe Glibc.open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600) }

    private static func writeAll(_ line: [UInt8], to file: Int32) -> Bool {
        unsafe line.withUnsafeBytes { bytes in
            var offset = 0
            while offset < bytes.count {
                let count = unsafe Glibc.write(file, bytes.baseAddress.map { unsafe $0 + offset }, bytes.count - offset)
                if count < 0, errno == EINTR { continue }
                if count <= 0 { return false }
                offset += count
            }
            return true
        }
    }
}
