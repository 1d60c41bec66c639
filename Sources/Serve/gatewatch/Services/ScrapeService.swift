import ConfigurationText
import Foundation
import GatewayModel
import Glibc
import Logging
import Outbound
import SeriesIngest
import ServiceLifecycle

/// Scrapes the targets of `scrape.config_file` while the program runs, and says at its end that their series ended.
struct ScrapeService: Service {
    let manager: ScrapeManager
    private let client: ScrapeClient

    init(_ configuration: ScrapeConfiguration, writer: any SeriesWriter, version: String, logger: Logger) {
        client = ScrapeClient(version: version)
        manager = ScrapeManager(
            configuration, fetcher: client, writer: writer, clock: SystemScrapeClock(), folder: DiskTargetFolder(), onEvent: { Self.write($0, to: logger) })
    }

    func run() async throws {
        try? await cancelWhenGracefulShutdown { await manager.run() }
        try? await gracefulShutdown()
        await client.shutdown()
    }

    static func write(_ event: ScrapeManager.Event, to logger: Logger) {
        switch event {
        case .targetDown(let url, let reason): logger.warning("a target cannot be scraped", metadata: ["url": "\(url)", "reason": "\(reason)"])
        case .targetUp(let url): logger.info("a target is scraped again", metadata: ["url": "\(url)"])
        case .discovery(let job, let reason): logger.warning("targets could not be read", metadata: ["job": "\(job)", "reason": "\(reason)"])
        case .notStored(let url, let reason): logger.error("a scrape was not stored", metadata: ["url": "\(url)", "reason": "\(reason)"])
        case .refused(let url, let reason): logger.warning("samples of a scrape were refused", metadata: ["url": "\(url)", "reason": "\(reason)"])
        }
    }
}

/// The system's clock.
struct SystemScrapeClock: ScrapeClock {
    func now() -> Int64 { Timestamp.now().microseconds / 1_000 }

    func sleep(until time: Int64) async throws {
        // The wall clock may be set while we sleep: looked at again at least once a minute.
        while case let rest = time - now(), rest > 0 { try await Task.sleep(for: .milliseconds(min(rest, 60_000))) }
    }
}

/// Files of targets on disk.
struct DiskTargetFolder: TargetFolder {
    func files(_ path: String) -> [(path: String, version: String)] {
        let url = URL(fileURLWithPath: path)
        let name = url.lastPathComponent
        guard name.contains("*") else { return version(path).map { [(path, $0)] } ?? [] }
        let folder = url.deletingLastPathComponent()
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.sorted().filter { Self.matches($0, name) }.compactMap { name in
            let path = folder.appendingPathComponent(name).path
            return version(path).map { (path, $0) }
        }
    }

    func text(_ path: String) throws(ConfigurationFault) -> String {
        guard let size = (try? FileManager.default.attributesOfItem(atPath: path))?[.size] as? Int else { throw ConfigurationFault("cannot be read") }
        guard size <= TargetFile.bytesMax else { throw ConfigurationFault("larger than \(TargetFile.bytesMax) bytes") }
        do { return try String(contentsOfFile: path, encoding: .utf8) } catch { throw ConfigurationFault("cannot be read: \(error.localizedDescription)") }
    }

    /// When the file was changed, and its size.
    private func version(_ path: String) -> String? {
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: path), let changed = attributes[.modificationDate] as? Date else { return nil }
        return "\(changed.timeIntervalSince1970) \(attributes[.size] as? Int ?? 0) \(attributes[.systemFileNumber] as? Int ?? 0)"
    }

    /// Whether a name matches a pattern in which `*` stands for anything.
    static func matches(_ name: String, _ pattern: String) -> Bool {
        let pieces = pattern.split(separator: "*", omittingEmptySubsequences: false)
        guard pieces.count > 1, let first = pieces.first, let last = pieces.last else { return name == pattern }
        guard name.count >= first.count + last.count, name.hasPrefix(first), name.hasSuffix(last) else { return false }
        var rest = name.dropFirst(first.count).dropLast(last.count)
        for piece in pieces.dropFirst().dropLast() where !piece.isEmpty {
            guard let found = rest.range(of: piece) else { return false }
            rest = rest[found.upperBound...]
        }
        return true
    }
}
