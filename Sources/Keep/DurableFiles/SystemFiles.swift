package import ByteCoding
package import GatewayModel
internal import Glibc

/// The operating system's files.
package struct SystemFiles: FileLayer {
    package init() {}

    package func createFolder(_ path: String) throws(StorageError) {
        if unsafe mkdir(path, 0o755) == 0 || errno == EEXIST { return }
        guard errno == ENOENT, FilePaths.folder(of: path) != path else { throw .refused("make folder", path, errno) }
        try createFolder(FilePaths.folder(of: path))
        guard unsafe mkdir(path, 0o755) == 0 || errno == EEXIST else { throw .refused("make folder", path, errno) }
    }

    package func list(_ folder: String) throws(StorageError) -> [String] {
        guard let stream = unsafe opendir(folder) else {
            if errno == ENOENT { return [] }
            throw .refused("list", folder, errno)
        }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) { unsafe String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    package func create(_ path: String, isPrivate: Bool) throws(StorageError) -> OpenFile {
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, isPrivate ? 0o600 : 0o644)
        guard descriptor >= 0 else { throw .refused("create", path, errno) }
        return OpenFile(descriptor: descriptor, path: path)
    }

    package func openForAppending(_ path: String) throws(StorageError) -> OpenFile {
        let descriptor = unsafe open(path, O_WRONLY | O_APPEND | O_CLOEXEC)
        guard descriptor >= 0 else { throw .refused("open", path, errno) }
        return OpenFile(descriptor: descriptor, path: path)
    }

    package func write(_ bytes: [UInt8], _ range: Range<Int>, to file: OpenFile) throws(StorageError) -> Int {
        while true {
            let written = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(file.descriptor, $0.baseAddress?.advanced(by: range.lowerBound), range.count) }
            if written > 0 { return written }
            // A write of nothing without an error would loop for ever; the system has it only for full devices.
            guard written < 0, errno == EINTR else { throw .refused("write", file.path, written == 0 ? ENOSPC : errno) }
        }
    }

    package func synchronize(_ file: OpenFile) throws(StorageError) {
        guard fdatasync(file.descriptor) == 0 else { throw .refused("synchronize", file.path, errno) }
    }

    package func truncate(_ file: OpenFile, to bytes: Int) throws(StorageError) {
        guard ftruncate(file.descriptor, bytes) == 0 else { throw .refused("cut", file.path, errno) }
    }

    package func close(_ file: OpenFile) { Glibc.close(file.descriptor) }

    package func rename(_ path: String, to target: String) throws(StorageError) {
        guard unsafe Glibc.rename(path, target) == 0 else { throw .refused("rename", path, errno) }
    }

    package func link(_ path: String, to target: String) throws(StorageError) {
        guard unsafe Glibc.link(path, target) == 0 else { throw .refused("link", path, errno) }
    }

    package func remove(_ path: String) throws(StorageError) {
        guard unsafe unlink(path) == 0 || errno == ENOENT else { throw .refused("remove", path, errno) }
    }

    package func removeFolderIfEmpty(_ path: String) { unsafe rmdir(path) }

    package func synchronizeFolder(_ path: String) throws(StorageError) {
        let descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .refused("open folder", path, errno) }
        defer { Glibc.close(descriptor) }
        guard fsync(descriptor) == 0 else { throw .refused("synchronize folder", path, errno) }
    }

    package func image(_ path: String) throws(StorageError) -> FileImage? {
        do throws(FileImageError) {
            return try FileImage(mapping: path)
        } catch {
            if error.code == ENOENT { return nil }
            throw .refused(error.operation.description, path, error.code)
        }
    }

    package func space(_ folder: String) throws(StorageError) -> (free: Int64, total: Int64) {
        var status = statvfs()
        guard unsafe statvfs(folder, &status) == 0 else { throw .refused("ask for free space", folder, errno) }
        let unit = Int64(clamping: status.f_frsize)
        func bytes(_ blocks: UInt) -> Int64 {
            let (product, isTooLarge) = Int64(clamping: blocks).multipliedReportingOverflow(by: unit)
            return isTooLarge ? .max : product
        }
        return (bytes(status.f_bavail), bytes(status.f_blocks))
    }

    package func lock(_ path: String, holder: String) throws(StorageError) -> OpenFile {
        let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw .refused("create", path, errno) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            Glibc.close(descriptor)
            guard code == EWOULDBLOCK else { throw .refused("lock", path, code) }
            throw .locked(folder: FilePaths.folder(of: path), holder: text(path))
        }
        let file = OpenFile(descriptor: descriptor, path: path)
        try truncate(file, to: 0)
        // A full disk must not keep the program from starting: then the lock names nobody.
        _ = try? write(Array(holder.utf8), 0..<holder.utf8.count, to: file)
        return file
    }

    /// What the holder wrote into the lock file, in one line.
    private func text(_ path: String) -> String {
        guard let image = try? image(path) else { return "unknown" }
        let text = unsafe image.withBytes { unsafe String(decoding: $0.prefix(200).prefix { $0 >= 0x20 }, as: UTF8.self) }
        return text.isEmpty ? "unknown" : text
    }
}

extension StorageError {
    /// The error for a system call that failed.
    ///
    /// - Parameter operation: what was tried, as in "cannot ... FILE".
    static func refused(_ operation: String, _ file: String, _ code: Int32) -> StorageError {
        switch code {
        case ENOSPC, EDQUOT: .full(reason: "no space left on the device (\(operation) \(file))")
        default: .system(operation: operation, file: file, code: code)
        }
    }
}
