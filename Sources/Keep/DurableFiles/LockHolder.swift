internal import Glibc

/// What this process writes into the lock file, so that whoever finds it taken knows whom to ask.
package enum LockHolder {
    /// `pid 4711 on host-name`
    package static var text: String {
        var name = utsname()
        guard unsafe uname(&name) == 0 else { return "pid \(getpid())\n" }
        let host = unsafe withUnsafeBytes(of: &name.nodename) { unsafe String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        return "pid \(getpid()) on \(host)\n"
    }
}
