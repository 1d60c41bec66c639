internal import GatewayModel

/// A series' windows with numbers and histograms apart, as range functions look at them.
struct WindowedSamples {
    /// Of the numbers, milliseconds since 1970.
    let times: [Int64]
    let values: [Double]
    /// For each instant the numbers in its window.
    let windows: [Range<Int>]
    let histogramTimes: [Int64]
    let histograms: [NativeHistogram]
    /// For each instant the histograms in its window; empty when the series has none.
    let histogramWindows: [Range<Int>]

    init(_ series: WindowedSeries) {
        let samples = series.samples
        if samples.histograms.isEmpty {
            (times, values, windows) = (samples.times, samples.values, series.windows)
            (histogramTimes, histograms, histogramWindows) = ([], [], [])
            return
        }
        var numberTimes: [Int64] = [], numbers: [Double] = [], timesOfHistograms: [Int64] = [], found: [NativeHistogram] = []
        // How many numbers lie before each row; the rest of the rows before it are histograms.
        var numbersBefore: [Int] = []
        numbersBefore.reserveCapacity(samples.count + 1)
        for row in 0..<samples.count {
            numbersBefore.append(numbers.count)
            if let histogram = samples.histograms[row] {
                found.append(histogram)
                timesOfHistograms.append(samples.times[row])
            } else {
                numbers.append(samples.values[row])
                numberTimes.append(samples.times[row])
            }
        }
        numbersBefore.append(numbers.count)
        (times, values, histogramTimes, histograms) = (numberTimes, numbers, timesOfHistograms, found)
        windows = series.windows.map { numbersBefore[$0.lowerBound]..<numbersBefore[$0.upperBound] }
        histogramWindows = series.windows.map { window in
            (window.lowerBound - numbersBefore[window.lowerBound])..<(window.upperBound - numbersBefore[window.upperBound])
        }
    }

    /// Whether there is a histogram in an instant's window.
    func hasHistograms(_ step: Int) -> Bool { !histogramWindows.isEmpty && !histogramWindows[step].isEmpty }

    /// Says that histograms were left out of windows that also hold numbers.
    func noteIgnoredHistograms(_ labels: SeriesLabels, at place: SourceRange?, _ notes: inout QueryNotes) {
        guard !histograms.isEmpty else { return }
        if windows.indices.contains(where: { !windows[$0].isEmpty && hasHistograms($0) }) { notes.add(.ignoredInMixedRange(metric: labels.nameForNotes), at: place) }
    }
}

extension Call {
    /// Where the first argument stands, which is what most notes are about.
    var firstPlace: SourceRange? {
        guard var argument = arguments.first else { return nil }
        while case .parenthesised(let inner, _) = argument { argument = inner }
        return argument.range
    }
}
