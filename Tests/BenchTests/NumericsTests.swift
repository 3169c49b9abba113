import Kernels
import Testing

/// The bits of every model, pinned.
@Suite struct NumericsTests {
    /// The numerics version that these digests belong to.
    static let version = 1

    /// The digest of the outcome of each model of `concord-bench numerics`.
    static let pinned = """
        baseline 5b62ea8aec9d8be312bab9d4bbba02f706f30ccfd8dbe55d011e2c67e98e69c3
        eaf f93843353e756be2f27b2572d7c1a259557f5a036b642d080eeb7a97927587df
        eaf-modality e95170a9e9082bef4949c8c6d5ab7fbfac24ed9d4869bf74e7094545313b2884
        eaf-none b441d3c6c809fb5dbe786f31b6a7f2ba31a5e3d7b2db914865bb2cf9c045881d
        eaf-projected fd63654e647ef1708f0c58e521c1d05eef685eb688730df465485adcb9e8f2f4
        aed 3c839f31e7574b2609ef94fde75d461994997a1d0dcfe5ff9b997245998257f8
        aed-previous 47fb8baf6c5876d7880c17b9a349d9fb4b9ca67864ddf11f9c3811cd845d4b6a
        emafn e47b569312fd8619bb7364b804b056dce0bc3361f2f9c4aa1ebbe4bd654d39b2
        emafn-early 9d843621bd8e178607ec90823718418228deff63848ccea23125717c250b4e1a
        tcn 012385cb479643b0387b05740fae39970facadddb90d721dc247e7dcef07cd8b
        transformer 73e939887bc70681172ad909adc63486d7e3b890abfd787cc7854719b470fddf
        transformer-window c24002ed406a786d991fd6244c285c5e9b94e1d7c11ed3556c93a56648c60711
        adversary 8bfb6945b88ce970873a97e8055fb3acc8afd8ce109a7ac6d50556af9323e092
        late 1a68487d053f419a886cbc7a679d78192b7a4564381cb55d913013b23813795a
        ridge 8fa1439d38961dd02d0ccdd59c508e1a2cc3495c7c65050d0bf754038eaecd0d
        svr 98f8e3a1fa5505fee10aeab9848823ae8867261263dd9d68359e727e16d88a9c
        whole 3dafbacef84e19d8ff59eb2da1a1e42bb173ee61073db24596568c962c97d0a9
        dropped 92a98135c15977e4d7b69ac007c7cad5dbe78ca9079f79bb80ed994209fc65db
        rmsprop 7d8fa44e6a43db8951570ba66b5f63e96963f8aedfc83d224e46ce9597cb3ea5
        adamw 1674115233a49b12e4b2ee9c90922f3550685c49c9a763860c31120d8699c0f4
        per-target 57cc7c1513b336250139f028dc3d9dc222168e6203c010ebd6726ee1a82a1f03
        lags cb657380f0aceed8b7f5af5d6845aaf01fbbbd95fb4bc07654556bacdb2fcf49
        mse 06c09412bb292ad5c870149e6e1b4676a80dddf1bdcbdf7946a3eb8c195340da
        ccc-sequence 7490f86f79d09002ab0245a5e213eb1c584f08be0796bbe1e84ed48ef11adbaa
        fine-tuned b6302616f159efeccbff7831e8a97fbf32aa7a33959d84674b56b8501aa8654f
        """

    @Test("The outcome of every model has the pinned bits under every instruction set")
    func pinnedBits() throws {
        let pinned = Self.pinned.split(separator: "\n").map(String.init)
        let sets = InstructionSet.available.map(\.name)
        #expect(sets.contains("scalar"))
        for set in sets {
            let made = try Tool.run(Tool.bench, ["numerics"], environment: ["CONCORD_ISA": set])
            try #require(made.status == 0, "\(made.output)")
            let lines = made.output.split(separator: "\n").map(String.init)
            #expect(lines.count == pinned.count)
            for line in lines where !pinned.contains(line) {
                Issue.record(
                    """
                    Under \(set) this line is not pinned: \(line)
                    If a change of the arithmetic was meant, raise Numerics.version (once for all \
                    changes since the last release), and pin the new lines and the version here. \
                    If outcomes only say more than they did and no number is another, pin the new \
                    lines alone. If neither was meant, or if another instruction set gives \
                    another line, it is a fault.
                    """)
            }
        }
    }

    @Test("The pinned digests are those of this numerics version")
    func version() {
        #expect(
            Numerics.version == Self.version,
            "Numerics.version was raised: pin the outcomes anew, and this version.")
    }
}
