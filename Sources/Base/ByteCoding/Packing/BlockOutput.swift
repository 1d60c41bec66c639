/// What is made of each value of a block while it is unpacked. Types and not closures: see ``CodeMapping``.
protocol BlockOutput {
    associatedtype Element: BitwiseCopyable
    func element(_ value: Int64) -> Element
}

/// Values as they are.
struct WholeIntegers: BlockOutput {
    @inline(__always) func element(_ value: Int64) -> Int64 { value }
}

/// Dictionary codes in 32 bits.
struct ShortCodes: BlockOutput {
    @inline(__always) func element(_ value: Int64) -> UInt32 { UInt32(truncatingIfNeeded: value) }
}

/// A byte from a table by code; 0 behind its end.
@unsafe struct LookedUpCodes: BlockOutput {
    let table: UnsafeBufferPointer<UInt8>

    @inline(__always) func element(_ value: Int64) -> UInt8 {
        let code = UInt64(bitPattern: value)
        return unsafe code < UInt64(table.count) ? table[Int(truncatingIfNeeded: code)] : 0
    }
}

/// 1 for values in `lowest ... lowest + width`, else 0; with `flip` 1 the other way round.
struct RangeTest: BlockOutput {
    let lowest: Int64
    let width: UInt64
    let flip: UInt8

    @inline(__always) func element(_ value: Int64) -> UInt8 { (UInt64(bitPattern: value &- lowest) <= width ? 1 : 0) ^ flip }
}

// MARK: Codes of a body

/// base + code
struct OffsetCodes<Output: BlockOutput>: CodeMapping {
    let base: Int64
    let output: Output

    @inline(__always) func element(_ code: UInt64) -> Output.Element { output.element(base &+ Int64(bitPattern: code)) }
}

/// base + code x scale
struct ScaledCodes<Output: BlockOutput>: CodeMapping {
    let base: Int64
    let scale: Int64
    let output: Output

    @inline(__always) func element(_ code: UInt64) -> Output.Element { output.element(base &+ Int64(bitPattern: code) &* scale) }
}

/// Code 0 is absent, all others count from one step before the base.
struct AbsentOrScaledCodes<Output: BlockOutput>: CodeMapping {
    let before: Int64
    let scale: Int64
    let output: Output

    @inline(__always) func element(_ code: UInt64) -> Output.Element {
        output.element(code == 0 ? IntegerBlock.absent : before &+ Int64(bitPattern: code) &* scale)
    }
}

/// Codes that are places in a table, which is long enough for all codes of its width.
@unsafe struct ListedCodes<Element: BitwiseCopyable>: CodeMapping {
    let table: UnsafeBufferPointer<Element>

    @inline(__always) func element(_ code: UInt64) -> Element { unsafe table[Int(truncatingIfNeeded: code)] }
}
