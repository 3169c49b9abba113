import Testing

@testable import Planning

@Suite("Schemes in a sweep") struct SchemeTextTests {
    private func schemes(_ lines: String...) throws -> [Scheme] {
        let list = lines.map { "  - {scheme: \($0)}\n" }.joined()
        return try Sweep(yaml: "corpora: [a.yaml]\nschemes:\n" + list, file: "s.yaml").schemes
    }

    @Test("Each scheme is read with its defaults")
    func defaults() throws {
        let read = try Scheme.Kind.allCases.map { try schemes($0.rawValue)[0] }
        #expect(
            read.map(\.division) == [
                .withinCulture(folds: 5), .crossCulture(folds: nil), .pooled(folds: 5),
                .leaveOneCultureOut(folds: nil),
                .leaveOneOut(.recording, partner: .exclude, train: .culture),
                .leaveOneOut(.subject, partner: .exclude, train: .culture),
                .leaveOneOut(.dyad, partner: .exclude, train: .culture),
                .kFold(folds: 5, repeats: 1, train: .all),
                .partition(from: "train", to: "devel", validation: nil, train: .all),
                .fewShot(shots: nil, test: 0.5, repeats: 1), .sizeMatched(folds: 5, size: nil),
                .crossCorpus(folds: nil),
            ])
        #expect(read.map(\.kind) == Scheme.Kind.allCases)
        #expect(read.allSatisfy { $0.group == nil && $0.selection == .validation })
        #expect(Set(Scheme.Kind.allCases.map(\.summary)).count == Scheme.Kind.allCases.count)
    }

    @Test("Each scheme is read with all of its options, which its label tells")
    func options() throws {
        let read = try schemes(
            "k-fold, folds: 3, repeats: 9, train: culture, group: run",
            "leave-one-subject-out, partner: keep, train: all",
            "leave-one-dyad-out, train: all",
            "partition, from: a, validation: b, to: c, train: culture, selection: test",
            "few-shot, shots: [0, 3], test: 0.25, repeats: 2", "size-matched, folds: 3, size: 6",
            "cross-corpus, folds: 2", "leave-one-culture-out, folds: 2")
        #expect(
            read == [
                Scheme(.kFold(folds: 3, repeats: 9, train: .culture), group: "run"),
                Scheme(.leaveOneOut(.subject, partner: .keep, train: .all)),
                Scheme(.leaveOneOut(.dyad, partner: .exclude, train: .all)),
                Scheme(
                    .partition(from: "a", to: "c", validation: "b", train: .culture),
                    selection: .test),
                Scheme(.fewShot(shots: [0, 3], test: 0.25, repeats: 2)),
                Scheme(.sizeMatched(folds: 3, size: 6)), Scheme(.crossCorpus(folds: 2)),
                Scheme(.leaveOneCultureOut(folds: 2)),
            ])
        #expect(
            read.map(\.label) == [
                "k-fold(folds=3,repeats=9,train=culture,group=run)",
                "leave-one-subject-out(partner=keep,train=all)", "leave-one-dyad-out(train=all)",
                "partition(from=a,to=c,validation=b,train=culture,selection=test)",
                "few-shot(shots=0+3,test=0.25,repeats=2)", "size-matched(folds=3,size=6)",
                "cross-corpus(folds=2)", "leave-one-culture-out(folds=2)",
            ])
    }
}
