internal import GatewayModel

/// Alerts, their groups and when each group's turn is: a pure state machine. Time, and what was told before, are told to it.
struct RoutingState: Sendable {
    let configuration: RoutingConfiguration
    let tree: RouteTree
    let limits: RoutingLimits
    private let intervals: [String: [TimeInterval]]
    private var inhibitor: Inhibitor
    private(set) var alerts: [AlertFingerprint: TrackedAlert] = [:]
    private(set) var groups: [AlertGroupID: AlertGroup] = [:]
    /// Where each alert belongs: what a label set leads to never changes while a configuration holds.
    private var places: [AlertFingerprint: [AlertGroupID]] = [:]
    var silences: SilenceLedger
    private var silenceMemo: [AlertFingerprint: (version: UInt64, ids: [String])] = [:]
    var counters = RoutingCounters()
    /// Whether the alerts that fire are other ones than when this was last set to false.
    var hasNewAlerts = false

    init(_ configuration: RoutingConfiguration, defaults: RouteDefaults, silences: SilenceLedger, limits: RoutingLimits) {
        self.configuration = configuration
        self.limits = limits
        self.silences = silences
        tree = RouteTree(configuration.route, defaults: defaults)
        intervals = Dictionary(configuration.timeIntervals.map { ($0.name, $0.intervals) }) { first, _ in first }
        inhibitor = Inhibitor(configuration.inhibitRules)
    }

    // MARK: Coming in

    /// Takes alerts in.
    ///
    /// - Parameter wasTold: whether somebody was told that an alert fires, for one that is over and not known here: then its end is news.
    /// - Returns: how many found no room, as alerts and as groups.
    mutating func receive(_ incoming: [TrackedAlert], now: Timestamp, wasTold: (AlertFingerprint, [NotificationKey]) -> Bool) -> (alerts: Int, groups: Int) {
        var lost = (alerts: 0, groups: 0)
        for new in incoming {
            let fingerprint = new.alert.fingerprint
            let isOver = new.isResolved(at: now)
            if isOver { counters.resolved += 1 } else { counters.firing += 1 }
            if alerts[fingerprint] == nil {
                if isOver, !wasTold(fingerprint, keys(for: new.alert.labels)) { continue }
                guard alerts.count < limits.alertsMax else {
                    lost.alerts += 1
                    continue
                }
            }
            lost.groups += take(new, fingerprint, now)
        }
        counters.dropped += lost.alerts
        counters.groupsDropped += lost.groups
        return lost
    }

    private mutating func take(_ new: TrackedAlert, _ fingerprint: AlertFingerprint, _ now: Timestamp) -> Int {
        if let old = alerts[fingerprint] {
            var merged = old.merged(with: new)
            merged.isHeld = new.isHeld
            if old.isResolved(at: now) != merged.isResolved(at: now) { hasNewAlerts = true }
            alerts[fingerprint] = merged
        } else {
            alerts[fingerprint] = new
            inhibitor.add(fingerprint, new.alert.labels)
            places[fingerprint] = tree.match(new.alert.labels).map { AlertGroupID(route: $0.index, labels: $0.groupLabels(of: new.alert.labels)) }
            hasNewAlerts = true
        }
        var lost = 0
        for id in places[fingerprint] ?? [] where !join(fingerprint, id, now) { lost += 1 }
        return lost
    }

    /// Puts an alert into its group; false when there is no room for the group.
    private mutating func join(_ fingerprint: AlertFingerprint, _ id: AlertGroupID, _ now: Timestamp) -> Bool {
        let route = tree.routes[id.route]
        if groups[id] == nil {
            guard groups.count < limits.groupsMax else { return false }
            groups[id] = AlertGroup(id, route: route, now: now)
        }
        guard groups[id]?.members.insert(fingerprint).inserted ?? false, route.digest == nil, let alert = alerts[fingerprint], !alert.isHeld else { return true }
        // It has waited long enough already.
        if groups[id]?.hasFlushed == false, alert.alert.startsAt.advanced(milliseconds: route.groupWait) < now { groups[id]?.nextFlush = now }
        return true
    }

    /// Lets alerts that are only known from before a restart end when their time is over.
    mutating func release(_ isMeant: (TrackedAlert) -> Bool) {
        for (fingerprint, alert) in alerts where alert.isHeld && isMeant(alert) { alerts[fingerprint]?.isHeld = false }
    }

    /// All keys under which somebody may have been told of an alert with these labels.
    private func keys(for labels: SeriesLabels) -> [NotificationKey] {
        tree.match(labels).flatMap { route in keys(route, AlertGroup.key(route, route.groupLabels(of: labels))) }
    }

    private func keys(_ route: Route, _ group: String) -> [NotificationKey] {
        (configuration.receiver(route.receiver)?.integrations ?? []).map {
            NotificationKey(receiver: route.receiver, integration: $0.name, index: $0.index, group: group)
        }
    }

    // MARK: Muting

    /// Ids of the silences that hold for an alert now.
    mutating func silences(of fingerprint: AlertFingerprint, _ labels: SeriesLabels, now: Timestamp) -> [String] {
        if silences.isEmpty { return [] }
        if silenceMemo[fingerprint]?.version != silences.version { silenceMemo[fingerprint] = (silences.version, silences.matching(labels, now: now)) }
        return (silenceMemo[fingerprint]?.ids ?? []).filter { silences[$0]?.state(at: now) == .active }
    }

    /// Alerts that keep one from being told.
    func inhibitors(of labels: SeriesLabels, now: Timestamp) -> [AlertFingerprint] {
        inhibitor.sources(muting: labels) { fingerprint in alerts[fingerprint].flatMap { $0.isResolved(at: now) ? nil : $0.alert.labels } }
    }

    /// Names of the time intervals that keep a route from telling anything now; empty when it may.
    func intervals(muting route: Route, now: Timestamp) -> [String] {
        func holds(_ name: String) -> Bool { intervals[name]?.contains { $0.contains(now) } ?? false }
        let muting = route.muteTimeIntervals.filter(holds)
        if !muting.isEmpty { return muting }
        return route.activeTimeIntervals.isEmpty || route.activeTimeIntervals.contains(where: holds) ? [] : route.activeTimeIntervals
    }

    // MARK: Telling

    /// When the next group's turn is; nil without groups.
    var nextFlush: Timestamp? { groups.values.lazy.map(\.nextFlush).min() }

    /// Groups whose turn has come, in the order of their turns.
    mutating func due(now: Timestamp) -> [AlertGroupID] {
        for (id, group) in groups where tree.routes[id.route].digest == nil {
            // Only a clock that was set back puts a turn further off than a group ever waits.
            let latest = now.advanced(milliseconds: max(tree.routes[id.route].groupWait, tree.routes[id.route].groupInterval))
            if group.nextFlush > latest { groups[id]?.nextFlush = latest }
        }
        return groups.values.filter { $0.nextFlush <= now }.sorted { ($0.nextFlush, $0.key) < ($1.nextFlush, $1.key) }.map(\.id)
    }

    /// Decides what a group tells now, and when its next turn is.
    mutating func plan(_ id: AlertGroupID, now: Timestamp, told: (NotificationKey) -> NotifiedState?, newID: () -> String) -> FlushPlan {
        var plan = FlushPlan(group: id)
        guard let group = groups[id] else { return plan }
        let route = tree.routes[id.route]
        let mutedBy = intervals(muting: route, now: now)
        groups[id]?.mutedBy = mutedBy
        groups[id]?.hasFlushed = true
        groups[id]?.nextFlush = route.digest?.next(after: now) ?? now.advanced(milliseconds: route.groupInterval)
        let members = group.members.compactMap { alerts[$0] }.map { NotifiedAlert($0.alert, isResolved: $0.isResolved(at: now)) }
        let loud = mutedBy.isEmpty ? members.filter { !isMuted($0.alert, now) } : []
        if loud.isEmpty, !members.isEmpty { counters.mutedGroups += 1 }
        let integrations = configuration.receiver(route.receiver)?.integrations ?? []
        let states = integrations.map { told(key($0, route, group)) }
        if !loud.isEmpty {
            for (integration, state) in zip(integrations, states) { decide(integration, state, loud, route, group, now, newID, &plan) }
        }
        plan.settled = settled(members, loud, states, route, mutedBy)
        return plan
    }

    private func key(_ integration: ReceiverIntegration, _ route: Route, _ group: AlertGroup) -> NotificationKey {
        NotificationKey(receiver: route.receiver, integration: integration.name, index: integration.index, group: group.key)
    }

    private mutating func isMuted(_ alert: Alert, _ now: Timestamp) -> Bool {
        !inhibitors(of: alert.labels, now: now).isEmpty || !silences(of: alert.fingerprint, alert.labels, now: now).isEmpty
    }

    private func decide(
        _ integration: ReceiverIntegration, _ told: NotifiedState?, _ alerts: [NotifiedAlert], _ route: Route, _ group: AlertGroup, _ now: Timestamp, _ newID: () -> String,
        _ plan: inout FlushPlan
    ) {
        let firing = Set(alerts.filter { !$0.isResolved }.map(\.alert.fingerprint))
        let resolved = Set(alerts.filter(\.isResolved).map(\.alert.fingerprint))
        let decision = route.digest == nil
            ? MessageDecision(told: told, firing: firing, resolved: resolved, sendsResolved: integration.sendsResolved, repeatInterval: route.repeatInterval, now: now)
            : MessageDecision(digestOf: firing, resolved: resolved, told: told, sendsResolved: integration.sendsResolved, repeatInterval: route.repeatInterval, now: now)
        let key = key(integration, route, group)
        switch decision {
        case .nothing: return
        case .note:
            plan.notes.append(
                FlushPlan.Note(key: key, state: NotifiedState(firing: [], resolved: resolved, at: now), until: now.advanced(milliseconds: 2 * route.repeatInterval)))
        case .tell(let reason):
            let told = alerts.filter { integration.sendsResolved || !$0.isResolved }.sorted { left, right in
                left.isResolved == right.isResolved ? left.alert.labels < right.alert.labels : right.isResolved
            }
            plan.messages.append(
                Notification(
                    id: newID(), key: key, reason: reason, groupLabels: group.id.labels, alerts: told, createdAt: now, expiresAt: now.advanced(milliseconds: route.repeatInterval)))
        }
    }

    /// Resolved members that may be forgotten: all but those that are muted just now while somebody still believes that they fire.
    private func settled(_ members: [NotifiedAlert], _ loud: [NotifiedAlert], _ states: [NotifiedState?], _ route: Route, _ mutedBy: [String]) -> [AlertFingerprint: Timestamp] {
        var settled: [AlertFingerprint: Timestamp] = [:]
        let heard = Set(loud.map(\.alert.fingerprint))
        for member in members where member.isResolved {
            let fingerprint = member.alert.fingerprint
            let isAwaited = !heard.contains(fingerprint) && (states.contains { $0?.firing.contains(fingerprint) ?? false } || route.digest != nil && !mutedBy.isEmpty)
            if !isAwaited, let alert = alerts[fingerprint] { settled[fingerprint] = alert.updatedAt }
        }
        return settled
    }

    /// A plan was carried out: what is over leaves the group, an empty group goes, and what is in no group is forgotten.
    mutating func finish(_ plan: FlushPlan) {
        for (fingerprint, updatedAt) in plan.settled where alerts[fingerprint]?.updatedAt == updatedAt {
            groups[plan.group]?.members.remove(fingerprint)
            let isElsewhere = places[fingerprint]?.contains { groups[$0]?.members.contains(fingerprint) ?? false } ?? false
            if !isElsewhere { forget(fingerprint) }
        }
        if groups[plan.group]?.members.isEmpty ?? false { groups[plan.group] = nil }
        for message in plan.messages { counters.messages[message.key.integration, default: 0] += 1 }
    }

    /// A plan could not be carried out: the group has another turn soon.
    mutating func retry(_ plan: FlushPlan, at time: Timestamp, refused: [String]) {
        if let next = groups[plan.group]?.nextFlush { groups[plan.group]?.nextFlush = min(next, time) }
        for integration in refused { counters.messagesRefused[integration, default: 0] += 1 }
    }

    private mutating func forget(_ fingerprint: AlertFingerprint) {
        guard let alert = alerts.removeValue(forKey: fingerprint) else { return }
        inhibitor.remove(fingerprint, alert.alert.labels)
        places[fingerprint] = nil
        silenceMemo[fingerprint] = nil
        hasNewAlerts = true
    }

    /// Alerts that are over and in no group, as those that found no room for one.
    mutating func forgetUngrouped(now: Timestamp) {
        for (fingerprint, alert) in alerts where alert.isResolved(at: now) {
            if !(places[fingerprint]?.contains { groups[$0]?.members.contains(fingerprint) ?? false } ?? false) { forget(fingerprint) }
        }
    }
}

extension MessageDecision {
    /// A digest tells everything that fires or is over since the last one, when any of it is other than before.
    fileprivate init(
        digestOf firing: Set<AlertFingerprint>, resolved: Set<AlertFingerprint>, told: NotifiedState?, sendsResolved: Bool, repeatInterval: Int64, now: Timestamp
    ) {
        let isChanged = firing != told?.firing ?? [] || sendsResolved && !resolved.isEmpty
        if firing.isEmpty, !sendsResolved {
            self = told?.firing.isEmpty ?? true ? .nothing : .note
        } else if isChanged {
            self = .tell(told == nil ? .first : .changed)
        } else if let told, !firing.isEmpty, told.at.advanced(milliseconds: repeatInterval) < now {
            self = .tell(.repeated)
        } else {
            self = .nothing
        }
    }
}
