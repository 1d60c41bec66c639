internal import Glibc

/// Memory that the program has given back to the allocator, and the allocator not yet to the system.
package enum ReleasedMemory {
    /// Gives it back to the system; returns whether anything went. Takes milliseconds: for the end of large work, not for every piece.
    ///
    /// glibc keeps freed memory in its arenas in the hope that it is wanted again; after a burst of hundreds of megabytes that hope holds
    /// memory which others need. `malloc_trim` (a function of glibc that the Swift overlay does not show) releases whole free pages of all
    /// arenas. With another C library nothing happens.
    @discardableResult package static func returnToSystem() -> Bool {
        guard let symbol = unsafe dlsym(nil, "malloc_trim") else { return false }
        // Safe: the name belongs to `int malloc_trim(size_t)`, and such pointers are functions on this platform.
        let trim = unsafe unsafeBitCast(symbol, to: (@convention(c) (Int) -> Int32).self)
        return trim(0) == 1
    }
}
