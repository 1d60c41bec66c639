internal import ByteCoding
package import GatewayModel

/// Appends frames to the current log file. One caller at a time.
///
/// Nothing behind ``end`` counts: it was never acknowledged. After a failed write the file is cut back to `end`. After a failed
/// synchronisation, or when it cannot be cut, the file is never written again, because the system may have thrown away what it could not
/// write and say so only once ("fsyncgate"); a new file takes over and notes in its header where the old one ends.
package struct LogWriter: Sendable {
    private let files: any FileLayer
    private let folder: LogFolder
    private var file: OpenFile
    /// The current file's number.
    package private(set) var number: UInt64
    /// Bytes of the current file that are on the disk and count.
    package private(set) var end: Int
    /// Why the current file takes no more frames; nil when it does.
    package private(set) var failure: StorageError?

    /// Bytes collected before a write: one system call for many small frames, no copy of large memory.
    private static let writeBytes = 1 << 20

    /// Continues a file whose content ends at `end`.
    package init(continuing number: UInt64, end: Int, folder: LogFolder, files: any FileLayer) throws(StorageError) {
        file = try files.openForAppending(folder.path(number))
        (self.number, self.end, self.folder, self.files) = (number, end, folder, files)
    }

    /// Begins a file. `previous` is the log before it and its end; number 0 when there is none.
    package init(beginning number: UInt64, previous: (number: UInt64, end: Int), folder: LogFolder, files: any FileLayer) throws(StorageError) {
        let header = LogFileHeader(number: number, previousNumber: previous.number, previousEnd: UInt64(previous.end))
        file = try Self.create(header, folder, files)
        (self.number, self.folder, self.files) = (number, folder, files)
        end = LogFileHeader.bytes
    }

    /// Writes the frames and returns when they are on the disk; otherwise none of them counts.
    ///
    /// - Parameter groups: frames with the sequence number of the first row of each group; a group's rows are numbered one by one.
    package mutating func append(_ groups: [(firstSequence: Int64, frames: [EncodedFrame])]) throws(StorageError) {
        if failure != nil { try roll() }
        let written: Int
        do throws(StorageError) {
            written = try write(groups)
        } catch {
            do throws(StorageError) { try files.truncate(file, to: end) } catch let cutting { failure = cutting }
            throw error
        }
        do throws(StorageError) {
            try files.synchronize(file)
        } catch {
            failure = error
            throw error
        }
        end += written
    }

    private func write(_ groups: [(firstSequence: Int64, frames: [EncodedFrame])]) throws(StorageError) -> Int {
        var buffer: [UInt8] = []
        var written = 0
        for group in groups {
            var sequence = group.firstSequence
            for frame in group.frames {
                buffer += frame.header(firstSequence: sequence).encode()
                buffer += frame.payload
                if frame.kind == .rows { sequence += Int64(frame.rows) }
                guard buffer.count >= Self.writeBytes else { continue }
                try files.writeAll(buffer, to: file)
                written += buffer.count
                buffer.removeAll(keepingCapacity: true)
            }
        }
        if !buffer.isEmpty { try files.writeAll(buffer, to: file) }
        return written + buffer.count
    }

    /// Begins the next file; the current one stays as it is.
    package mutating func roll() throws(StorageError) {
        let header = LogFileHeader(number: number + 1, previousNumber: number, previousEnd: UInt64(end))
        let next: OpenFile
        do throws(StorageError) { next = try Self.create(header, folder, files) } catch {
            // A leftover that could not be removed says where this file ends: nothing may be written behind that before another says so anew.
            if (try? files.image(folder.path(header.number))) != nil { failure = error }
            throw error
        }
        files.close(file)
        file = next
        number += 1
        end = LogFileHeader.bytes
        failure = nil
    }

    package func close() { files.close(file) }

    private static func create(_ header: LogFileHeader, _ folder: LogFolder, _ files: any FileLayer) throws(StorageError) -> OpenFile {
        let file = try files.create(folder.path(header.number), isPrivate: false)
        do throws(StorageError) {
            try files.writeAll(header.encode(), to: file)
            try files.synchronize(file)
            try files.synchronizeFolder(folder.path)
        } catch {
            files.close(file)
            // The next try takes the same number; a leftover with a whole header would only say the same.
            try? files.remove(file.path)
            throw error
        }
        return file
    }
}
