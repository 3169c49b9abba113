import Kernels

/// A pre-norm transformer layer over the residual stream.   x (R, d) → x (R, d).
///
/// x += out_proj(attention(in_proj(norm1(x))));  x += linear2(max(0, linear1(norm2(x)))).
/// Vaswani et al. 2017; Xiong et al. 2020, "On layer normalization in the transformer
/// architecture".
///
/// What is of one frame alone is done block by block, so that it is used while it is in cache.
struct TransformerLayer: Sendable {
    let width: Int
    let inner: Int
    let attention: SelfAttention
    let projection: Dense, mixing: Dense
    let expansion: Dense, contraction: Dense
    let attentionNorm: Normalisation, innerNorm: Normalisation

    init(_ layout: inout ParameterLayout, _ name: String, _ recipe: TransformerRecipe) {
        let d = recipe.hidden
        width = d
        inner = recipe.inner
        attention = SelfAttention(width: d, heads: recipe.heads, window: recipe.window)
        let attentionName = "\(name).self_attn"
        projection = Dense(
            &layout, weight: "\(attentionName).in_proj_weight",
            bias: "\(attentionName).in_proj_bias", shape: [3 * d, d])
        mixing = Dense(&layout, "\(attentionName).out_proj", inputs: d, outputs: d)
        expansion = Dense(&layout, "\(name).linear1", inputs: d, outputs: recipe.inner)
        contraction = Dense(&layout, "\(name).linear2", inputs: recipe.inner, outputs: d)
        attentionNorm = Normalisation(
            &layout, "\(name).norm1", width: d, epsilon: recipe.normEpsilon)
        innerNorm = Normalisation(
            &layout, "\(name).norm2", width: d, epsilon: recipe.normEpsilon)
    }

    func initialise(_ parameters: UnsafeMutablePointer<Float>, from random: inout RandomStream) {
        for layer in [projection, mixing, expansion, contraction] {
            layer.initialise(parameters, from: &random)
        }
        attentionNorm.initialise(parameters)
        innerNorm.initialise(parameters)
    }

    /// Where a layer keeps its values: offsets into the work space.
    struct Space: Sendable {
        /// x̂ (R, d) and its scales (R) of both normalisations; of a block without training.
        var attentionNormal = 0, attentionScales = 0, innerNormal = 0, innerScales = 0
        /// Queries, keys, values (R, 3 d); what attention makes of them (R, d).
        var projected = 0, context = 0
        /// The units between (R, inner); of a block without training.
        var units = 0
    }

    /// What all layers share while one runs: offsets into the work space.
    struct Scratch: Sendable {
        var attention = SelfAttention.Space()
        /// Rows of a block: (B, d) twice, (B, inner).
        var rows = 0, moreRows = 0, units = 0
        /// The gradient of the context (R, d).
        var dContext = 0
        /// Packed weights of each of the four products.
        var panels = [0, 0, 0, 0]
        /// What `InstructionSet.gradient` works in.
        var gradient = 0
    }

    /// Plans what the layer keeps between its passes; without training, what all layers share.
    func keep(_ batch: SequenceBatch, training: Bool, _ plan: inout WorkspacePlan) -> Space {
        let kept = training ? batch.rows : Pass.largestBlock(of: batch)
        var space = Space()
        space.attentionNormal = plan.take(kept * width)
        space.attentionScales = plan.take(kept)
        space.innerNormal = plan.take(kept * width)
        space.innerScales = plan.take(kept)
        space.projected = plan.take(batch.rows * 3 * width)
        space.context = plan.take(batch.rows * width)
        space.units = plan.take(kept * inner)
        return space
    }

    /// Plans what all layers share while one runs.
    func scratch(_ batch: SequenceBatch, training: Bool, _ plan: inout WorkspacePlan) -> Scratch {
        let block = Pass.largestBlock(of: batch)
        var scratch = Scratch()
        scratch.attention = attention.plan(batch, training: training, &plan)
        scratch.rows = plan.take(block * width)
        scratch.panels = products.map { plan.take($0.panels) }
        guard training else { return scratch }
        scratch.moreRows = plan.take(block * width)
        scratch.units = plan.take(block * inner)
        scratch.dContext = plan.take(batch.rows * width)
        scratch.gradient = plan.take(
            InstructionSet.gradientScratch(n: products.map(\.inputs).max() ?? 0))
        return scratch
    }

    /// The four products, in the order of their panels.
    private var products: [Dense] { [projection, mixing, expansion, contraction] }

    /// Packs the weights of all products, forwards or backwards.
    func pack(_ pass: Pass, _ scratch: Scratch, backward: Bool) {
        for (layer, panels) in zip(products, scratch.panels) {
            if backward {
                layer.packBackward(pass, into: pass.space(panels))
            } else {
                layer.pack(pass, into: pass.space(panels))
            }
        }
    }

    /// The values of a normalisation that are kept for these rows.
    func kept(_ pass: Pass, _ normal: Int, _ scales: Int, _ rows: Range<Int>) -> Normalisation.Kept
    {
        Normalisation.Kept(
            normal: pass.space(normal, step: width), scales: pass.space(scales)
        ).from(row: pass.training ? rows.lowerBound : 0)
    }

    /// Runs the layer over the batch, on the residual stream `x` (R, d).
    func forward(_ pass: Pass, _ space: Space, _ scratch: Scratch, _ x: Rows) {
        pack(pass, scratch, backward: false)
        let panels = scratch.panels.map { pass.space($0) }
        let normed = pass.space(scratch.rows, step: width)
        let projected = pass.space(space.projected, step: 3 * width)
        let context = pass.space(space.context, step: width)
        for rows in pass.rowBlocks {
            attentionNorm.forward(
                pass, rows: rows.count, x.from(row: rows.lowerBound),
                keeping: kept(pass, space.attentionNormal, space.attentionScales, rows),
                into: normed)
            projection.forward(
                pass, rows: rows.count, normed, panels: panels[0],
                into: projected.from(row: rows.lowerBound))
        }
        attention.forward(pass, scratch.attention, projected: projected, into: context)
        for rows in pass.rowBlocks {
            let x = x.from(row: rows.lowerBound)
            let units = pass.kept(space.units, step: inner, rows)
            mixing.forward(
                pass, rows: rows.count, context.from(row: rows.lowerBound), panels: panels[1],
                into: normed)
            pass.kernels.add(rows: rows.count, n: width, normed, to: x)
            innerNorm.forward(
                pass, rows: rows.count, x,
                keeping: kept(pass, space.innerNormal, space.innerScales, rows), into: normed)
            expansion.forward(pass, rows: rows.count, normed, panels: panels[2], into: units)
            pass.kernels.rectify(rows: rows.count, n: inner, units, into: units)
            contraction.forward(pass, rows: rows.count, units, panels: panels[3], into: normed)
            pass.kernels.add(rows: rows.count, n: width, normed, to: x)
        }
    }
}
