import ByteCoding
import Foundation
import Testing

@Test func mappedFileIsReadAndOutlivesItsName() throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("image-\(UUID().uuidString)").path
    try Data([1, 2, 3, 4]).write(to: URL(fileURLWithPath: path))
    let image = try FileImage(mapping: path)
    try FileManager.default.removeItem(atPath: path)
    #expect(image.count == 4)
    #expect(image.withBytes(1..<3) { [UInt8]($0) } == [2, 3])
    #expect(image.withBytes(2..<5) { _ in true } == nil)
}

@Test func emptyFileHasAnEmptyImage() throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("image-\(UUID().uuidString)").path
    try Data().write(to: URL(fileURLWithPath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    #expect(try FileImage(mapping: path).count == 0)
}

@Test func missingFileHasNoImage() {
    #expect(throws: FileImageError.self) { try FileImage(mapping: "/nowhere/at/all") }
}

@Test func copiedBytesAreTheImage() {
    #expect(FileImage(copying: [7, 8]).withBytes { [UInt8]($0) } == [7, 8])
}
