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
        #expect(Set(read.map(\.summary)).count == Scheme.Kind.allCases.count)
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

    @Test(
        "The sentence of a scheme tells the options that change what its scores mean",
        arguments: [
            ("k-fold, folds: 3", "3 grouped folds over all cultures."),
            (
                "k-fold, folds: 3, repeats: 2, train: culture",
                "3 grouped folds over each culture, divided anew in each of 2 repetitions; mean "
                    + "and SD are over repetitions and seeds."
            ),
            (
                "leave-one-recording-out, partner: keep",
                "each recording in turn is tested, and nothing is learnt from the same person. "
                    + "Others of its session or dyad are learnt from (partner: keep), so scores "
                    + "may be too good."
            ),
            (
                "leave-one-subject-out, partner: keep, train: all",
                "each person in turn is tested, and nothing is learnt from the same person. Whom "
                    + "they met is learnt from (partner: keep), so scores may be too good. Other "
                    + "cultures are learnt from too."
            ),
            (
                "partition, from: a, to: b, train: culture",
                "the corpus's own division says what is learnt from (a) and what is tested (b), "
                    + "each culture by itself."
            ),
            (
                "few-shot, test: 0.25, repeats: 3",
                "a model learns from one culture and from some groups of another, whose test "
                    + "side, a share of 0.25 of its groups, is the same for all numbers of "
                    + "groups; more groups include fewer. They are drawn 3 times, different ones "
                    + "as far as there are such; mean and SD are over these repetitions and "
                    + "seeds. Models learn from both at once."
            ),
        ])
    func sentences(_ line: String, _ sentence: String) throws {
        #expect(try schemes(line)[0].summary == sentence)
    }
}
