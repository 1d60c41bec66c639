import ByteCoding
import GatewayModel
import DurableFiles
import Synchronization

/// A file system in memory that can be told to fail or to stop at any step, and that knows what a power cut would leave.
///
/// Content counts as safe after ``synchronize(_:)``, names after ``synchronizeFolder(_:)``. Steps that change or synchronise something are counted.
package final class MemoryFiles: FileLayer {
    /// What happens at which step.
    package struct Plan: Sendable {
        /// Steps from this one on (counted from 1) ...
        package var from = Int.max
        /// ... up to and without this one ...
        package var until = Int.max
        /// ... fail with this error number; nil: the process has died, and this and all later steps do nothing.
        package var code: Int32?
        /// Writes are cut to this many bytes a call.
        package var writeBytesMax = Int.max
        /// Only steps of this kind count.
        package var only: Step?

        package init(from: Int = .max, until: Int = .max, code: Int32? = nil, writeBytesMax: Int = .max, only: Step? = nil) {
            (self.from, self.until, self.code, self.writeBytesMax, self.only) = (from, until, code, writeBytesMax, only)
        }
    }

    package enum Step: Sendable, Equatable { case create, write, synchronize, truncate, rename, remove, synchronizeFolder }

    /// The error number that a dead process's steps fail with; nothing acknowledges after it.
    package static let dead: Int32 = 9_999

    private struct Node: Sendable {
        var content: [UInt8] = []
        var safe: [UInt8] = []
    }

    private struct Disk: Sendable {
        var nodes: [Int: Node] = [:]
        var names: [String: Int] = [:]
        var safeNames: [String: Int] = [:]
        var open: [Int32: Int] = [:]
        var locks: Set<String> = []
        var nextNode = 1
        var nextDescriptor: Int32 = 1
        var steps = 0
        var plan = Plan()
        var free: Int64 = 1 << 40
        var hasLinks = true
    }

    private let disk: Mutex<Disk>

    package init() { disk = Mutex(Disk()) }

    private init(_ names: [String: [UInt8]]) {
        var disk = Disk()
        for (name, content) in names {
            disk.nodes[disk.nextNode] = Node(content: content, safe: content)
            disk.names[name] = disk.nextNode
            disk.safeNames[name] = disk.nextNode
            disk.nextNode += 1
        }
        self.disk = Mutex(disk)
    }

    package var steps: Int { disk.withLock { $0.steps } }
    package var names: [String] { disk.withLock { $0.names.keys.sorted() } }

    package func plan(_ plan: Plan) { disk.withLock { ($0.plan, $0.steps) = (plan, 0) } }
    /// Whether a file can have two names, as it cannot over two file systems.
    package func setLinks(_ hasLinks: Bool) { disk.withLock { $0.hasLinks = hasLinks } }
    package func setFree(_ bytes: Int64) { disk.withLock { $0.free = bytes } }

    package func content(_ path: String) -> [UInt8] { disk.withLock { disk in disk.names[path].flatMap { disk.nodes[$0]?.content } ?? [] } }

    package func setContent(_ path: String, _ bytes: [UInt8]) {
        disk.withLock { disk in if let node = disk.names[path] { disk.nodes[node] = Node(content: bytes, safe: bytes) } }
    }

    /// The disk as the next process finds it after this one was killed: all that was written is there.
    package func afterKill() -> MemoryFiles { MemoryFiles(disk.withLock { disk in disk.names.mapValues { disk.nodes[$0]?.content ?? [] } }) }

    /// The disk after a power cut: what was synchronised, and of files that grew since a part of the rest.
    package func afterPowerCut() -> MemoryFiles {
        MemoryFiles(disk.withLock { disk in
            disk.safeNames.mapValues { number in
                let node = disk.nodes[number] ?? Node()
                let grown = node.content.starts(with: node.safe) ? node.content.count - node.safe.count : 0
                return node.safe + node.content.dropFirst(node.safe.count).prefix(grown / 2)
            }
        })
    }

    private func step(_ step: Step, _ path: String) throws(StorageError) {
        let code = disk.withLock { disk -> Int32? in
            let plan = disk.plan
            if plan.only == nil || plan.only == step { disk.steps += 1 }
            guard plan.only == nil || plan.only == step || plan.code == nil, disk.steps >= plan.from, disk.steps < plan.until else { return nil }
            return plan.code ?? Self.dead
        }
        switch code {
        case nil: return
        case 28: throw .full(reason: "no space: \(step) \(path)")
        case let code?: throw .system(operation: "\(step)", file: path, code: code)
        }
    }

    private func folder(_ path: String) -> String { path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/") }

    private func missing(_ path: String) -> StorageError { .system(operation: "open", file: path, code: 2) }

    // MARK: FileLayer

    package func createFolder(_ path: String) throws(StorageError) {}

    package func list(_ folder: String) throws(StorageError) -> [String] {
        let prefix = folder + "/"
        let names = disk.withLock { $0.names.keys.filter { $0.hasPrefix(prefix) } }
        return Set(names.compactMap { $0.dropFirst(prefix.count).split(separator: "/").first.map(String.init) }).sorted()
    }

    package func create(_ path: String, isPrivate: Bool) throws(StorageError) -> OpenFile {
        try step(.create, path)
        return disk.withLock { disk in
            disk.nodes[disk.nextNode] = Node()
            disk.names[path] = disk.nextNode
            disk.open[disk.nextDescriptor] = disk.nextNode
            disk.nextNode += 1
            defer { disk.nextDescriptor += 1 }
            return OpenFile(descriptor: disk.nextDescriptor, path: path)
        }
    }

    package func openForAppending(_ path: String) throws(StorageError) -> OpenFile {
        let file = disk.withLock { disk -> OpenFile? in
            guard let node = disk.names[path] else { return nil }
            disk.open[disk.nextDescriptor] = node
            defer { disk.nextDescriptor += 1 }
            return OpenFile(descriptor: disk.nextDescriptor, path: path)
        }
        guard let file else { throw missing(path) }
        return file
    }

    package func write(_ bytes: [UInt8], _ range: Range<Int>, to file: OpenFile) throws(StorageError) -> Int {
        do throws(StorageError) {
            try step(.write, file.path)
        } catch {
            // A failing write may have written something.
            if disk.withLock({ $0.plan.code }) != nil || range.count > 1 { append(bytes, range.prefix(range.count / 2), file) }
            throw error
        }
        let count = min(range.count, disk.withLock { $0.plan.writeBytesMax })
        append(bytes, range.prefix(count), file)
        return count
    }

    private func append(_ bytes: [UInt8], _ range: Range<Int>, _ file: OpenFile) {
        disk.withLock { disk in if let node = disk.open[file.descriptor] { disk.nodes[node]?.content += bytes[range] } }
    }

    package func synchronize(_ file: OpenFile) throws(StorageError) {
        try step(.synchronize, file.path)
        disk.withLock { disk in
            guard let node = disk.open[file.descriptor], let content = disk.nodes[node]?.content else { return }
            disk.nodes[node]?.safe = content
        }
    }

    package func truncate(_ file: OpenFile, to bytes: Int) throws(StorageError) {
        try step(.truncate, file.path)
        disk.withLock { disk in
            guard let node = disk.open[file.descriptor], let content = disk.nodes[node]?.content else { return }
            disk.nodes[node]?.content = Array(content.prefix(bytes))
        }
    }

    package func close(_ file: OpenFile) {
        disk.withLock { disk in
            disk.open[file.descriptor] = nil
            disk.locks.remove("\(file.descriptor) \(file.path)")
        }
    }

    package func rename(_ path: String, to target: String) throws(StorageError) {
        try step(.rename, path)
        disk.withLock { disk in disk.names[target] = disk.names.removeValue(forKey: path) }
    }

    package func link(_ path: String, to target: String) throws(StorageError) {
        if disk.withLock({ $0.hasLinks }) == false { throw .system(operation: "link", file: path, code: 18) }
        try step(.rename, path)
        disk.withLock { disk in disk.names[target] = disk.names[path] }
    }

    package func remove(_ path: String) throws(StorageError) {
        try step(.remove, path)
        disk.withLock { _ = $0.names.removeValue(forKey: path) }
    }

    package func removeFolderIfEmpty(_ path: String) {}

    package func synchronizeFolder(_ path: String) throws(StorageError) {
        try step(.synchronizeFolder, path)
        disk.withLock { disk in
            for name in disk.safeNames.keys where folder(name) == path { disk.safeNames[name] = nil }
            for (name, node) in disk.names where folder(name) == path { disk.safeNames[name] = node }
        }
    }

    package func image(_ path: String) throws(StorageError) -> FileImage? {
        disk.withLock { disk in disk.names[path].flatMap { disk.nodes[$0] }.map { FileImage(copying: $0.content) } }
    }

    package func space(_ folder: String) throws(StorageError) -> (free: Int64, total: Int64) { (disk.withLock { $0.free }, 1 << 41) }

    package func lock(_ path: String, holder: String) throws(StorageError) -> OpenFile {
        let file = disk.withLock { disk -> OpenFile? in
            guard !disk.locks.contains(where: { $0.hasSuffix(" \(path)") }) else { return nil }
            disk.locks.insert("\(disk.nextDescriptor) \(path)")
            defer { disk.nextDescriptor += 1 }
            return OpenFile(descriptor: disk.nextDescriptor, path: path)
        }
        guard let file else { throw .locked(folder: path, holder: holder) }
        return file
    }
}
