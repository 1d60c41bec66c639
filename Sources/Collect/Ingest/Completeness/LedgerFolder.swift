internal import Foundation
internal import GatewayModel
internal import Glibc

/// The ledger's files: one per UTC day, appended to line by line. Only one queue writes; anybody may read at any time.
struct LedgerFolder: Sendable {
    /// The system refused.
    struct Failure: Error, Equatable {
        /// What was done: `open`, `write`, ...
        let operation: String
        let file: String
        let code: Int32

        /// A sentence's end for people: `write 2026-11-21.ledger: No space left on device`.
        var sentence: String { unsafe "\(operation) \(file): \(String(cString: strerror(code)))" }
    }

    /// What a file holds.
    struct Content {
        /// nil when the file has no readable first line; its entries are then taken as they are.
        var header: LedgerLine.Header?
        /// In the file's order; of two of the same minute and source the later one holds.
        var entries: [LedgerLine.Entry] = []
        /// Lines that were torn or damaged.
        var damagedLines = 0
        var bytes = 0

        /// Whether a newer version of the program wrote it.
        var isFromTheFuture: Bool { (header?.version ?? 0) > LedgerLine.version }
    }

    let path: String

    /// The largest file that is read, in bytes. A day of a hundred sources in minutes has some 60 MB; what is larger is no ledger.
    static let fileBytesMax = 256 << 20

    /// The file of a UTC day, in days since 1970.
    func file(ofDay day: Int32) -> String {
        path + "/" + Timestamp(microseconds: Int64(day) * Timestamp.microsecondsPerDay).iso8601.prefix(10) + ".ledger"
    }

    /// The days that have files, ascending; empty when the folder cannot be read.
    func days() -> [Int32] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        return names.compactMap { name -> Int32? in
            guard name.hasSuffix(".ledger"), name.utf8.count == 17, let start = Timestamp(iso8601: name.prefix(10) + "T00:00:00Z") else { return nil }
            return start.utcDay
        }.sorted()
    }

    // MARK: Reading

    /// A day's content; nil when there is no file or it cannot be read.
    func read(day: Int32) -> Content? {
        let name = file(ofDay: day)
        let size = (try? FileManager.default.attributesOfItem(atPath: name)[.size] as? Int) ?? nil
        guard let size, size <= Self.fileBytesMax, let data = FileManager.default.contents(atPath: name) else { return nil }
        var content = Content()
        content.bytes = data.count
        var isFirst = true
        for line in [UInt8](data).split(separator: 0x0a) {
            if isFirst, let header = LedgerLine.readHeader(line) {
                content.header = header
                if content.isFromTheFuture { return content }
            } else if let entry = LedgerLine.read(line) {
                content.entries.append(entry)
            } else {
                content.damagedLines += 1
            }
            isFirst = false
        }
        return content
    }

    // MARK: Writing

    /// Appends lines to a day's file, which is made if need be, and waits until they are on disk. What was written of a failed append is cut off again.
    ///
    /// - Returns: the file's size.
    func append(_ lines: [UInt8], day: Int32) throws(Failure) -> Int {
        let name = file(ofDay: day)
        let descriptor = unsafe open(name, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure("open", name) }
        defer { close(descriptor) }
        let size = Int(lseek(descriptor, 0, SEEK_END))
        var text = size == 0 ? LedgerLine.header(minutes: 1) : []
        // A line that a crash tore must not take the next one with it.
        if size > 0, !Self.endsWithLineFeed(descriptor, size) { text.append(0x0a) }
        text += lines
        guard Self.writeAll(text, to: descriptor), fdatasync(descriptor) == 0 else {
            let failure = failure("write", name)
            ftruncate(descriptor, off_t(size))
            throw failure
        }
        return size + text.count
    }

    /// Puts a file in the place of a day's, whole or not at all.
    func replace(day: Int32, _ lines: [UInt8]) throws(Failure) {
        let name = file(ofDay: day)
        let temporary = name + ".new"
        let descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure("open", temporary) }
        let isWritten = Self.writeAll(lines, to: descriptor) && fsync(descriptor) == 0
        let writeFailure = failure("write", temporary)
        close(descriptor)
        guard isWritten else {
            unsafe unlink(temporary)
            throw writeFailure
        }
        guard unsafe rename(temporary, name) == 0 else { throw failure("rename", temporary) }
    }

    func remove(day: Int32) {
        unsafe unlink(file(ofDay: day))
    }

    private func failure(_ operation: String, _ file: String) -> Failure {
        let code = errno
        return Failure(operation: operation, file: file.split(separator: "/").last.map(String.init) ?? file, code: code)
    }

    private static func endsWithLineFeed(_ descriptor: Int32, _ size: Int) -> Bool {
        var byte: UInt8 = 0
        return unsafe pread(descriptor, &byte, 1, off_t(size - 1)) == 1 && byte == 0x0a
    }

    private static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        unsafe bytes.withUnsafeBytes { bytes in
            var offset = 0
            while offset < bytes.count {
                let count = unsafe Glibc.write(descriptor, bytes.baseAddress.map { unsafe $0 + offset }, bytes.count - offset)
                if count < 0, errno == EINTR { continue }
                if count <= 0 { return false }
                offset += count
            }
            return true
        }
    }
}
