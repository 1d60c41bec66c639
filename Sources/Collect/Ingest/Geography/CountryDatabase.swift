internal import CMaxMindDB
internal import Glibc

/// A local file that knows the countries of addresses, in MaxMind's format: GeoLite2-Country, GeoIP2, DB-IP, IPinfo.
///
/// Source: [MaxMind DB file format specification 2.0](https://maxmind.github.io/MaxMind-DB/), read by libmaxminddb. The file is mapped: put a new one in its
/// place by renaming, as geoipupdate does, and start again; never write into the one that is open.
///
/// `@unchecked Sendable` holds because nothing is written after `init` has returned, and libmaxminddb's look-ups only read.
@safe package final class CountryDatabase: @unchecked Sendable {
    /// What the file says it is, for example `GeoLite2-Country`.
    package let kind: String
    /// When the file was made, in seconds since 1970.
    package let made: UInt64

    /// Safe: opened before `init` returns, closed in `deinit`, never changed between.
    private let database: UnsafeMutablePointer<MMDB_s>

    /// Opens a file.
    ///
    /// - Throws: what libmaxminddb says of a file that is not there, is none, or is damaged.
    package init(path: String) throws(CountryDatabaseError) {
        let opened = UnsafeMutablePointer<MMDB_s>.allocate(capacity: 1)
        unsafe opened.initialize(to: MMDB_s())
        let status = unsafe MMDB_open(path, UInt32(MMDB_MODE_MMAP), opened)
        guard status == MMDB_SUCCESS else {
            unsafe opened.deallocate()
            throw CountryDatabaseError(message: unsafe String(cString: MMDB_strerror(status)))
        }
        unsafe database = opened
        kind = unsafe opened.pointee.metadata.database_type.map { unsafe String(cString: $0) } ?? ""
        made = unsafe opened.pointee.metadata.build_epoch
    }

    deinit {
        unsafe MMDB_close(database)
        unsafe database.deallocate()
    }

    /// The country of an address of 4 or 16 bytes; nil when the file does not know it. Costs some 200 ns.
    func country(of address: UnsafeRawBufferPointer) -> CountryCode? {
        guard address.count == 4 || address.count == 16, let base = address.baseAddress else { return nil }
        var letters: (CChar, CChar) = (0, 0)
        let isKnown = unsafe withUnsafeMutableBytes(of: &letters) { letters in
            unsafe gw_country(database, base.assumingMemoryBound(to: UInt8.self), Int32(address.count), letters.assumingMemoryBound(to: CChar.self).baseAddress)
        }
        return isKnown == 1 ? CountryCode(UInt8(bitPattern: letters.0), UInt8(bitPattern: letters.1)) : nil
    }
}

/// Why a file of countries cannot be used: a sentence of libmaxminddb.
package struct CountryDatabaseError: Error, Sendable, Equatable {
    package let message: String
}

/// Two letters of ISO 3166-1 alpha-2, in capitals, or the mark of an address that is nobody's in public.
struct CountryCode: Equatable, BitwiseCopyable {
    /// The first letter in the lower byte; 0 for an address of a private network.
    let letters: UInt16

    /// Stands for networks that the public internet does not route.
    static let privateNetwork = CountryCode(letters: 0)

    private init(letters: UInt16) { self.letters = letters }

    /// nil when the two are no letters, or stand for "unknown" (XX) or for Tor (T1), as Cloudflare writes them.
    init?(_ first: UInt8, _ second: UInt8) {
        let (upper, next) = (first & ~0x20, second & ~0x20)
        let capitals = UInt8(ascii: "A")...UInt8(ascii: "Z")
        guard capitals.contains(upper), capitals.contains(next) else { return nil }
        if upper == UInt8(ascii: "X"), next == UInt8(ascii: "X") { return nil }
        letters = UInt16(upper) | UInt16(next) << 8
    }
}
