import Glibc

/// The number of files and sockets that the process may have open.
enum FileDescriptorLimit {
    /// Raises the soft limit to `wanted`, or as far as the hard limit allows; shells give 1,024, which would be the true limit of connections.
    ///
    /// - Returns: the soft limit now; nil when the system does not say.
    static func raise(to wanted: Int) -> Int? {
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        var limit = rlimit()
        // Safe: the system writes one `rlimit` into the variable, and reads one from it.
        guard unsafe getrlimit(resource, &limit) == 0 else { return nil }
        let target = min(rlim_t(wanted), limit.rlim_max)
        guard limit.rlim_cur < target else { return Int(clamping: limit.rlim_cur) }
        limit.rlim_cur = target
        return unsafe setrlimit(resource, &limit) == 0 ? Int(clamping: target) : nil
    }
}
