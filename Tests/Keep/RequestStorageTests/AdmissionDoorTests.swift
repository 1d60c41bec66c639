import DurableFiles
import GatewayModel
@testable import RequestStorage
import Testing

@Test func doorAdmitsUpToItsBytesAndAlwaysOne() {
    var door = AdmissionDoor<String>(bytesMax: 100)
    #expect(door.admit(1_000) == .admitted, "a batch larger than the limit comes in alone")
    #expect(door.admit(1) == .wait)
    #expect(door.leave(1_000) == [])
    #expect(door.admit(60) == .admitted && door.admit(40) == .admitted && door.admit(1) == .wait)
    #expect(door.bytes == 100)
}

@Test func waitersAreLetInInOrderOfArrival() {
    var door = AdmissionDoor<String>(bytesMax: 10)
    #expect(door.admit(6) == .admitted && door.admit(4) == .admitted)
    door.wait(8, "large")
    door.wait(1, "small")
    #expect(door.leave(4) == [], "the small one must not overtake the large one, which would wait for ever")
    #expect(door.admit(1) == .wait, "nor may a newcomer")
    #expect(door.leave(6) == ["large", "small"])
    #expect(door.bytes == 9)
}

@Test func obstaclesMakeAppendersWaitOrGo() {
    var door = AdmissionDoor<String>(bytesMax: 10)
    _ = door.set(.flushing)
    #expect(door.admit(1) == .wait)
    door.wait(1, "patient")
    #expect(door.set(nil).admitted == ["patient"])
    _ = door.set(.flushing)
    door.wait(1, "unlucky")
    let changed = door.set(.failing(.system(operation: "rename", file: "part", code: 5)))
    #expect(changed.refused == ["unlucky"] && changed.refusal.isRetryable)
    #expect(door.admit(1) == .refused(changed.refusal))
}

@Test func closedDoorStaysClosed() {
    var door = AdmissionDoor<String>(bytesMax: 10)
    _ = door.admit(10)
    door.wait(1, "late")
    #expect(door.set(.closed).refused == ["late"])
    #expect(door.set(nil).admitted == [])
    #expect(door.leave(10) == [])
    #expect(door.admit(1) == .refused(.closed))
}
